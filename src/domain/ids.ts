declare const brand: unique symbol

/**
 * One identity, printed the same by every API: `c` and 24 base-36 digits, 122 bits of which the
 * first 48 are the creation time in Unix milliseconds, so ids sort as they were made.
 */
export type Id<Kind extends string> = string & { readonly [brand]: Kind }

export type AccountId = Id<'account'>
export type SubjectId = Id<'subject'>
export type TeamId = Id<'team'>
export type TokenId = Id<'token'>
export type GroupId = Id<'group'>
export type SecretId = Id<'secret'>
export type VariableId = Id<'variable'>
export type BindingId = Id<'binding'>
export type StoreId = Id<'store'>
export type InstallationId = Id<'installation'>

const shape = /^c[0-9a-z]{24}$/

/** The id in `raw`, or `null` when it has not the shape of one (and so names nothing). */
export const parseId = <Kind extends string>(raw: string): Id<Kind> | null =>
  shape.test(raw) ? (raw as Id<Kind>) : null

const RANDOM_BITS = 74n

/** The id of something made at `time` (Unix ms) with 74 bits of `chance`. */
export const formatId = <Kind extends string>(time: number, chance: bigint): Id<Kind> =>
  `c${((BigInt(time) << RANDOM_BITS) | chance).toString(36).padStart(24, '0')}` as Id<Kind>

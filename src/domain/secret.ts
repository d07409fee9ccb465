import type { AccountId, GroupId, SecretId, SubjectId } from './ids.ts'
import type { Group } from './group.ts'
import type { StoreRef } from './store.ts'
import type { SubjectKind } from './subject.ts'

/** Who did something, as it was when it was done. */
export interface Doer {
  readonly id: SubjectId
  readonly kind: SubjectKind
}

/** What is known of a name in a group; never the value. */
export interface SecretInfo {
  readonly id: SecretId
  readonly account: AccountId
  readonly group: GroupId
  readonly name: string
  readonly description: string | null
  /** A free word of the owner's, such as `key` or `json`. */
  readonly type: string | null
  /** Free JSON of the owner's, kept as the text it came in. */
  readonly metadata: string | null
  /** Whether the value is a file's bytes (and not text). */
  readonly file: boolean
  /** Where its values live. */
  readonly store: StoreRef
  /** Its path there; `null` in the embedded store. */
  readonly path: string | null
  readonly current: number
  readonly latest: number
  readonly createdAt: number
  readonly createdBy: Doer
  readonly updatedAt: number
  /** `null` until the first change. */
  readonly updatedBy: Doer | null
  readonly deletedAt: number | null
  /** When what was deleted is wiped; `null` for what is live, and for what is wiped. */
  readonly wipeAt: number | null
  readonly revision: number
}

/** A secret, with the MAC that shows that its row is as it was written. */
export interface Secret extends SecretInfo {
  readonly rowMac: Uint8Array
}

/** A secret together with what decides who may touch it. */
export interface PlacedSecret {
  readonly secret: Secret
  readonly group: Group
}

/** A secret of one group made visible in another, under a name of its own. */
export interface Link {
  readonly id: SecretId
  readonly group: GroupId
  readonly name: string
  readonly secret: SecretId
  readonly createdAt: number
  readonly createdBy: Doer
}

/** The stored form of a value: the value itself, sealed, or sealed where it is in another store. */
export interface Sealed {
  readonly store: StoreRef
  readonly generation: number
  readonly bytes: Uint8Array
}

/** One immutable value of a secret. `deleted` can be undone; `destroyed` cannot. */
export type Version = {
  readonly secret: SecretId
  readonly n: number
  readonly createdAt: number
  readonly createdBy: Doer
} & (
  | { readonly state: 'live'; readonly sealed: Sealed }
  | { readonly state: 'deleted'; readonly sealed: Sealed; readonly deletedAt: number }
  | { readonly state: 'destroyed'; readonly deletedAt: number }
)

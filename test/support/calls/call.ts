import type { Estate } from '#test/support/estate.ts'

/** A request for a route: what stands in its path, its query and its body. */
export interface Call {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: Body | null
  /** What is shown in place of a token of the caller's; `null` where that one is shown. */
  readonly token: string | null
}

export type Body = Readonly<Record<string, unknown>>

export type Of<T> = (estate: Estate) => T

type ByRoute<T> = Readonly<Record<string, T>>

/** What the calls of one API are made from. */
export interface Calls {
  /** What stands for a parameter, by the segment before it and its name. */
  readonly params: Readonly<Record<string, Of<string>>>
  /** Where a route needs another one than the rest. */
  readonly special?: ByRoute<Readonly<Record<string, Of<string>>>>
  /** Queries that a route cannot do without. */
  readonly queries?: ByRoute<Of<Readonly<Record<string, string>>>>
  /** Values begin with `value-`, as those of an estate do. */
  readonly bodies: ByRoute<Of<Body>>
  /** Tokens that are of one route alone. */
  readonly tokens?: ByRoute<Of<string>>
}

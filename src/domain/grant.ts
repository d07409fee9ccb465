import type { Action } from './action.ts'
import type { Caller } from './subject.ts'
import type { Target } from './audit.ts'

declare const granted: unique symbol
declare const received: unique symbol

/** Proof of a decision: this caller may do this action to this thing. Only authorize.ts makes one. */
export interface Grant<A extends Action = Action> {
  readonly [granted]: true
  readonly action: A
  readonly caller: Caller
  readonly target: Target | null
}

/** Proof that a decision, and what it did, are durably on the record. Only commit.ts makes one. */
export interface Receipt<A extends Action = Action> {
  readonly [received]: true
  readonly grant: Grant<A>
}

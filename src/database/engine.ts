import type { Params, Statement, Step } from './statement.ts'

/** A transaction to run: all of its steps, or none. The first step may carry the guard. */
export interface Batch {
  readonly steps: readonly Step[]
}

export type Ran =
  | { readonly kind: 'committed' }
  /** The step at this place wrote no row though it had to. */
  | { readonly kind: 'missed'; readonly step: number }
  /** The step at this place met a unique index. */
  | { readonly kind: 'taken'; readonly step: number }

/** What an engine of the Database port must do; everything else is shared. */
export interface Engine {
  readonly kind: 'sqlite' | 'postgres'
  all<P extends Params, R>(of: Statement<P, R>, params: P): Promise<readonly R[]>
  get<P extends Params, R>(of: Statement<P, R>, params: P): Promise<R | null>
  /** Durable on return. Throws `DatabaseDown` when the transaction could not be done or confirmed. */
  run(batch: Batch): Promise<Ran>
  /** Gives entries that have no place in the log the next ones. */
  settle(): Promise<void>
  close(): Promise<void>
}

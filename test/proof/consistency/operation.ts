/** What a client asks of a name. `id` and `number` are of the secret and version it knows there. */
export type Operation =
  | { readonly kind: 'create'; readonly value: string }
  | { readonly kind: 'read' }
  | { readonly kind: 'cas'; readonly id: string; readonly number: number; readonly value: string }
  | { readonly kind: 'activate'; readonly id: string; readonly number: number }
  | { readonly kind: 'delete'; readonly id: string }

/** What it was told. */
export type Outcome =
  /** `number` is that of the version that is current now, where the answer says it. */
  | {
      readonly outcome: 'done'
      readonly gotId?: string
      readonly gotNumber?: number
      readonly gotValue?: string
    }
  /** The name is taken; or another version is current, and which. */
  | { readonly outcome: 'conflict'; readonly gotCurrent?: number }
  | { readonly outcome: 'absent' }
  /** Nothing: it may have been done or not. */
  | { readonly outcome: 'open' }

export interface Vault {
  ask(key: string, operation: Operation): Promise<Outcome>
}

/** One operation with its time, in nanoseconds of one clock; the judge's line. */
export type Recorded = Operation &
  Outcome & {
    readonly history: string
    readonly key: string
    readonly client: number
    readonly call: number
    readonly return: number
  }

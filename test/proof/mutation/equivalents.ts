/** A change to a file that no test can see, because nothing that is promised changes by it. */
export interface Equivalent {
  readonly file: string
  /** The line that it starts in. */
  readonly within: string
  readonly from: string
  readonly to: string
}

interface Reasoned extends Equivalent {
  readonly because: string
}

export const EQUIVALENTS: readonly Reasoned[] = []

/** What putting something by its name came to: it was made, or what was there was changed. */
export interface Put<T> {
  readonly action: 'CREATE' | 'UPDATE'
  /** The manifest that it had before, as it was sent; `null` for none. */
  readonly existing: string | null
  readonly data: T
}

/** A thing as its manifest describes it. */
export interface Described {
  readonly name: string
  /** JSON text, kept as it was sent. */
  readonly manifest: string
  /** Only say what would be done. */
  readonly dryRun: boolean
}

/**
 * Seals over rows that say who may read, so that a writer of the database cannot give rights. Each
 * is over the name of a table and the members of one row, in an order that never changes.
 */
export interface RightsSeal {
  /** Throws RangeError for text without UTF-8 form and for numbers other than 0 to 2^53 - 1. */
  seal(table: string, members: readonly (string | number | null)[]): Uint8Array
  /** Whether `seal` was made over just these members. Never throws, whatever they are. */
  holds(table: string, members: readonly unknown[], seal: unknown): boolean
}

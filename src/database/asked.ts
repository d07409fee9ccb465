import { DatabaseDown } from '#ports/database.ts'

/**
 * The row, when it has what it was asked for by. A database takes a key from an index and the rest from
 * the row: one that is damaged, or was written to, leads to another row, and that must not pass for
 * the one that was asked for. Of the index's own columns the row must be read by another way
 * (sql/secrets.ts). Throws `DatabaseDown`.
 */
export function asked<T extends Row | null>(row: T, key: KeyOf<T>): T {
  if (row === null) return row
  for (const [name, value] of Object.entries(key)) {
    if (row[name] !== value) {
      throw new DatabaseDown('the database is damaged: an index leads to another row')
    }
  }
  return row
}

/** The same for each of several rows. */
export const allAsked = <T extends Row>(rows: readonly T[], key: KeyOf<T>): readonly T[] =>
  rows.map((row) => asked(row, key))

type Row = Readonly<Record<string, unknown>>
type KeyOf<T> = NoInfer<Partial<NonNullable<T>>>

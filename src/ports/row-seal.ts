import type { Secret } from '#domain/secret.ts'

/** The members of a secret's row that its MAC covers: all that can be renamed, moved or switched. */
export type SealedRow = Pick<
  Secret,
  | 'id'
  | 'account'
  | 'group'
  | 'name'
  | 'description'
  | 'type'
  | 'metadata'
  | 'file'
  | 'current'
  | 'deletedAt'
>

/** MACs over rows, so that a writer of the database cannot swap two rows of one tenant. */
export interface RowSeal {
  seal(row: SealedRow): Promise<Uint8Array>
  holds(row: SealedRow, mac: Uint8Array): Promise<boolean>
}

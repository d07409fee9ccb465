import { DatabaseDown } from '#ports/database.ts'
import type { RightsSeal } from '#ports/rights-seal.ts'
import type { SqlValue } from './statement.ts'

/** What a seal covers: the columns of each row that say who may do what, in the order of its format. */
export const SEALED = {
  installation: ['id', 'operator'],
  subject: ['id', 'account_id', 'kind', 'role', 'state', 'name', 'email'],
  token: ['id', 'account_id', 'subject_id', 'kind', 'form', 'key_id', 'scopes', 'expires_at'],
  team: ['id', 'account_id', 'name'],
  team_member: ['team_id', 'subject_id', 'manager'],
  secret_group: ['id', 'account_id', 'kind', 'name', 'owner_kind', 'owner_id', 'open_to_all'],
  collaborator: ['group_id', 'grantee_id', 'origin', 'grantee_kind', 'role'],
  link: ['id', 'account_id', 'group_id', 'name', 'links_to'],
  slug: ['owner_id', 'account_id', 'slug'],
  login_challenge: ['code', 'public_key', 'expires_at'],
} as const

export type SealedTable = keyof typeof SEALED

type Column<T extends SealedTable> = (typeof SEALED)[T][number]
type Unsealed<T extends SealedTable> = Readonly<Record<Column<T>, string | number | null>>
type Sealed<T extends SealedTable> = Readonly<Record<Column<T> | 'seal', SqlValue>>

/** A column with the seal of its row. */
export type WithSeal = { seal: Uint8Array }

/** Puts seals on rows of rights, and looks at them where such a row is read. */
export class Seals {
  readonly #rights: RightsSeal

  constructor(rights: RightsSeal) {
    this.#rights = rights
  }

  /** The row with its seal. */
  sealed<T extends SealedTable, R extends Unsealed<T>>(table: T, row: R): R & WithSeal {
    const columns: readonly Column<T>[] = SEALED[table]
    const members = columns.map((column) => row[column])
    return { ...row, seal: this.#rights.seal(table, members) }
  }

  /** The row, as it was written. Throws `DatabaseDown` when it is another, or has no seal. */
  checked<T extends SealedTable, R extends Sealed<T>>(table: T, row: R): R {
    const columns: readonly Column<T>[] = SEALED[table]
    const members = columns.map((column) => row[column])
    if (this.#rights.holds(table, members, row.seal)) return row
    throw new DatabaseDown('the database is damaged: a row of rights is not as it was written')
  }
}

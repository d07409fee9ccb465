import {
  SECRET_INFO_COLUMNS,
  secretInfoRow,
  type SecretInfoRow,
  type SecretRow,
  type VersionRow,
} from '#database/rows.ts'
import { statement } from '#database/statement.ts'
import type { SecretSort } from '#ports/database.ts'

const COLUMNS = [...SECRET_INFO_COLUMNS, 'row_mac'] as const

/** Without the MAC, which only opening a value needs. */
const INFO = SECRET_INFO_COLUMNS.join(', ')
const SECRET = COLUMNS.join(', ')
const S_SECRET = COLUMNS.map((column) => `s.${column}`).join(', ')

const VERSION = `v.secret_id, v.n, v.state, v.store AS version_store, v.generation, v.sealed,
  v.created_at AS version_created_at, v.created_by AS version_created_by,
  v.created_kind AS version_created_kind, v.deleted_at AS version_deleted_at`

export const getSecret = statement<{ account: string; id: string }, SecretRow>(
  'get-secret',
  `SELECT ${SECRET} FROM secret WHERE id = :id AND account_id = :account AND links_to IS NULL`,
)

export const getSecretAndVersion = statement<
  { account: string; id: string },
  SecretRow & (VersionRow | Record<keyof VersionRow, null>)
>(
  'get-secret-and-version',
  `SELECT ${S_SECRET}, ${VERSION}
   FROM secret s LEFT JOIN version v ON v.secret_id = s.id AND v.n = s.current_n
   WHERE s.id = :id AND s.account_id = :account AND s.links_to IS NULL`,
)

// SQLite takes the columns that an index has from the index. What a row was found by is to be compared
// with the row itself (asked.ts), so such a row is read by its id.

export const getEntryByName = statement<{ group: string; name: string }, SecretInfoRow>(
  'get-entry-by-name',
  `SELECT ${INFO} FROM secret WHERE id =
     (SELECT id FROM secret WHERE group_id = :group AND name = :name AND deleted_at IS NULL)`,
)

export const listDeletedSecrets = statement<
  { account: string; after: string; limit: number },
  SecretRow
>(
  'list-deleted-secrets',
  `SELECT ${SECRET} FROM secret
   WHERE account_id = :account AND id > :after AND wipe_at IS NOT NULL ORDER BY id LIMIT :limit`,
)

export const listSecretsToWipe = statement<{ now: number; limit: number }, SecretRow>(
  'list-secrets-to-wipe',
  `SELECT ${SECRET} FROM secret
   WHERE wipe_at IS NOT NULL AND wipe_at <= :now ORDER BY wipe_at LIMIT :limit`,
)

export const getLink = statement<{ group: string; id: string }, SecretInfoRow>(
  'get-link',
  `SELECT ${INFO} FROM secret WHERE id =
     (SELECT id FROM secret
      WHERE links_to = :id AND group_id = :group AND deleted_at IS NULL AND links_to IS NOT NULL)`,
)

export const listLinksTo = statement<{ id: string }, SecretInfoRow>(
  'list-links-to',
  `SELECT ${INFO} FROM secret
   WHERE links_to = :id AND deleted_at IS NULL AND links_to IS NOT NULL`,
)

export type PositionRow = { id: string; name: string; updated_at: number }

export const getPosition = statement<{ group: string; id: string }, PositionRow>(
  'get-position',
  `SELECT id, name, updated_at FROM secret
   WHERE id = :id AND group_id = :group AND links_to IS NULL`,
)

/** Of the links that a group had to a secret, the newest: the one that is live, if any is. */
export const getLinkPosition = statement<{ group: string; id: string }, PositionRow>(
  'get-link-position',
  `SELECT id, name, updated_at FROM secret
   WHERE links_to = :id AND group_id = :group AND links_to IS NOT NULL
   ORDER BY id DESC LIMIT 1`,
)

export type PageParams = {
  group: string
  id: string
  name: string
  updated_at: number
  limit: number
  offset: number
}

const sorts = {
  id: { place: '(id)', from: '(:id)' },
  name: { place: '(name)', from: '(:name)' },
  updated_at: { place: '(updated_at, id)', from: '(:updated_at, :id)' },
} as const satisfies Record<SecretSort, { place: string; from: string }>

const pageOf = (sort: SecretSort, descending: boolean) => {
  const { place, from } = sorts[sort]
  const columns = place.slice(1, -1).split(', ')
  const order = columns.map((column) => (descending ? `${column} DESC` : column)).join(', ')
  return statement<PageParams, SecretInfoRow>(
    `list-secrets-by-${sort}-${descending ? 'descending' : 'ascending'}`,
    `SELECT ${INFO} FROM secret
     WHERE group_id = :group AND deleted_at IS NULL AND ${place} ${descending ? '<' : '>'} ${from}
     ORDER BY ${order} LIMIT :limit OFFSET :offset`,
    secretInfoRow,
  )
}

export const listSecrets = {
  id: [pageOf('id', false), pageOf('id', true)],
  name: [pageOf('name', false), pageOf('name', true)],
  updated_at: [pageOf('updated_at', false), pageOf('updated_at', true)],
} as const

export const searchSecrets = statement<
  { group: string; pattern: string; after: string; limit: number },
  SecretInfoRow
>(
  'search-secrets',
  `SELECT ${INFO} FROM secret
   WHERE group_id = :group AND deleted_at IS NULL AND id > :after
     AND LOWER(name) LIKE :pattern ESCAPE '!'
   ORDER BY id LIMIT :limit`,
  secretInfoRow,
)

export const addSecret = statement<SecretRow>(
  'add-secret',
  `INSERT INTO secret (${SECRET}) VALUES (${COLUMNS.map((column) => `:${column}`).join(', ')})`,
)

export const changeSecret = statement<
  Omit<
    SecretRow,
    'account_id' | 'links_to' | 'created_at' | 'created_by' | 'created_kind' | 'file' | 'seal'
  >
>(
  'change-secret',
  `UPDATE secret SET group_id = :group_id, name = :name, description = :description, type = :type,
     metadata = :metadata, store = :store, path = :path, current_n = :current_n, latest_n = :latest_n, updated_at = :updated_at,
     updated_by = :updated_by, updated_kind = :updated_kind, deleted_at = :deleted_at,
     wipe_at = :wipe_at, row_mac = :row_mac, revision = :revision
   WHERE id = :id AND revision = :revision - 1`,
)

/** Without its seal a link that was removed is none, whatever `deleted_at` says. */
export const removeLink = statement<{ id: string; at: number }>(
  'remove-link',
  `UPDATE secret SET deleted_at = :at, seal = NULL
   WHERE id = :id AND deleted_at IS NULL AND links_to IS NOT NULL`,
)

export const getVersion = statement<{ secret: string; n: number }, VersionRow>(
  'get-version',
  `SELECT ${VERSION} FROM version v WHERE v.secret_id = :secret AND v.n = :n`,
)

export const listVersions = statement<
  { secret: string; before: number; limit: number },
  VersionRow
>(
  'list-versions',
  `SELECT ${VERSION} FROM version v
   WHERE v.secret_id = :secret AND v.n < :before ORDER BY v.n DESC LIMIT :limit`,
)

export type NewVersion = {
  secret_id: string
  n: number
  state: string
  store: string | null
  generation: number | null
  sealed: Uint8Array | null
  created_at: number
  created_by: string
  created_kind: string
  deleted_at: number | null
}

export const addVersion = statement<NewVersion>(
  'add-version',
  `INSERT INTO version
     (secret_id, n, state, store, generation, sealed, created_at, created_by, created_kind, deleted_at)
   VALUES (:secret_id, :n, :state, :store, :generation, :sealed, :created_at, :created_by,
     :created_kind, :deleted_at)`,
)

export const changeVersion = statement<
  Pick<NewVersion, 'secret_id' | 'n' | 'state' | 'store' | 'generation' | 'sealed' | 'deleted_at'>
>(
  'change-version',
  `UPDATE version
   SET state = :state, store = :store, generation = :generation, sealed = :sealed,
     deleted_at = :deleted_at
   WHERE secret_id = :secret_id AND n = :n AND state <> 'destroyed'`,
)

export const destroyVersions = statement<{ secret: string; at: number }>(
  'destroy-versions',
  `UPDATE version
   SET state = 'destroyed', store = NULL, generation = NULL, sealed = NULL, deleted_at = :at
   WHERE secret_id = :secret AND state <> 'destroyed'`,
)

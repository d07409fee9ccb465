import type { AccountRow } from '#database/rows.ts'
import type { WithSeal } from '#database/seals.ts'
import { statement, type NoParams } from '#database/statement.ts'

export type InstallationRow = {
  id: string
  created_at: number
  operator: string
  root_key: string
  server_key: Uint8Array
  signing_key: Uint8Array
  public_key: Uint8Array
} & WithSeal

export type AccountKeyRow = {
  account_id: string
  generation: number
  wrapped: Uint8Array
  root_key: string
  created_at: number
}

const KEY = 'account_id, generation, wrapped, root_key, created_at'

export const getInstallation = statement<NoParams, InstallationRow>(
  'get-installation',
  `SELECT id, created_at, operator, root_key, server_key, signing_key, public_key, seal
   FROM installation WHERE only_row = 1`,
)

export const addInstallation = statement<InstallationRow>(
  'add-installation',
  `INSERT INTO installation
     (only_row, id, created_at, operator, root_key, server_key, signing_key, public_key,
      seal)
   VALUES (1, :id, :created_at, :operator, :root_key, :server_key, :signing_key, :public_key,
     :seal)`,
)

export const rewrapInstallation = statement<{
  from: string
  root_key: string
  server_key: Uint8Array
  signing_key: Uint8Array
}>(
  'rewrap-installation',
  `UPDATE installation
   SET root_key = :root_key, server_key = :server_key, signing_key = :signing_key
   WHERE only_row = 1 AND root_key = :from`,
)

export const getAccount = statement<{ id: string }, AccountRow>(
  'get-account',
  `SELECT id, name, authority, created_at FROM account WHERE id = :id`,
)

export const listAccounts = statement<{ after: string; limit: number }, AccountRow>(
  'list-accounts',
  `SELECT id, name, authority, created_at FROM account
   WHERE id > :after ORDER BY id LIMIT :limit`,
)

export const addAccount = statement<AccountRow>(
  'add-account',
  `INSERT INTO account (id, name, authority, created_at)
   VALUES (:id, :name, :authority, :created_at)`,
)

export const raiseAuthority = statement<{ id: string }>(
  'raise-authority',
  `UPDATE account SET authority = authority + 1 WHERE id = :id`,
)

export const addAccountKey = statement<AccountKeyRow>(
  'add-account-key',
  `INSERT INTO account_key (${KEY})
   VALUES (:account_id, :generation, :wrapped, :root_key, :created_at)`,
)

/** Changes nothing, and misses while the installation is under another root key. */
export const restOnRootKey = statement<{ root_key: string }>(
  'rest-on-root-key',
  `UPDATE installation SET root_key = root_key WHERE only_row = 1 AND root_key = :root_key`,
)

export const getAccountKey = statement<{ account: string; generation: number }, AccountKeyRow>(
  'get-account-key',
  `SELECT ${KEY} FROM account_key WHERE account_id = :account AND generation = :generation`,
)

export const newestAccountKey = statement<{ account: string }, AccountKeyRow>(
  'newest-account-key',
  `SELECT ${KEY} FROM account_key WHERE account_id = :account ORDER BY generation DESC LIMIT 1`,
)

/** Two ranges of the index instead of "<>", which no index serves. */
export const accountKeysBelow = statement<{ root_key: string; limit: number }, AccountKeyRow>(
  'account-keys-below-root-key',
  `SELECT ${KEY} FROM account_key WHERE root_key < :root_key LIMIT :limit`,
)

export const accountKeysAbove = statement<{ root_key: string; limit: number }, AccountKeyRow>(
  'account-keys-above-root-key',
  `SELECT ${KEY} FROM account_key WHERE root_key > :root_key LIMIT :limit`,
)

export const rewrapAccountKey = statement<{
  account: string
  generation: number
  from: string
  root_key: string
  wrapped: Uint8Array
}>(
  'rewrap-account-key',
  `UPDATE account_key SET wrapped = :wrapped, root_key = :root_key
   WHERE account_id = :account AND generation = :generation AND root_key = :from`,
)

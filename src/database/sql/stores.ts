import type { StoreRow, StoreTaskRow } from '#database/store-rows.ts'
import { statement } from '#database/statement.ts'

/** Stores beside this database, and what is to be looked at again in them. */

const STORE =
  'id, account_id, name, kind, config, generation, credential, created_at, updated_at, revision'

export const getStore = statement<{ account: string; id: string }, StoreRow>(
  'get-store',
  `SELECT ${STORE} FROM store WHERE id = :id AND account_id = :account AND removed_at IS NULL`,
)

export const getStoreByName = statement<{ account: string; name: string }, StoreRow>(
  'get-store-by-name',
  `SELECT ${STORE} FROM store
   WHERE account_id = :account AND name = :name AND removed_at IS NULL`,
)

export const listStores = statement<{ account: string }, StoreRow>(
  'list-stores',
  `SELECT ${STORE} FROM store WHERE account_id = :account AND removed_at IS NULL ORDER BY name`,
)

export const addStore = statement<StoreRow>(
  'add-store',
  `INSERT INTO store (${STORE})
   VALUES (:id, :account_id, :name, :kind, :config, :generation, :credential, :created_at,
     :updated_at, :revision)`,
)

export const changeStore = statement<Omit<StoreRow, 'account_id' | 'kind' | 'created_at'>>(
  'change-store',
  `UPDATE store SET name = :name, config = :config, generation = :generation,
     credential = :credential, updated_at = :updated_at, revision = :revision
   WHERE id = :id AND revision = :revision - 1 AND removed_at IS NULL`,
)

/** A store that a secret is in, or on its way in or out, stays where it is. */
export const relocateStore = statement<Omit<StoreRow, 'account_id' | 'kind' | 'created_at'>>(
  'relocate-store',
  `UPDATE store SET name = :name, config = :config, generation = :generation,
     credential = :credential, updated_at = :updated_at, revision = :revision
   WHERE id = :id AND revision = :revision - 1 AND removed_at IS NULL
     AND NOT EXISTS (SELECT 1 FROM secret s WHERE s.store = :id AND s.store <> 'embedded'
       AND (s.deleted_at IS NULL OR s.wipe_at IS NOT NULL))
     AND NOT EXISTS (SELECT 1 FROM store_task t WHERE t.store_id = :id)`,
)

/** A store that holds anything, or may yet be given something, stays. */
export const removeStore = statement<{ id: string; revision: number; at: number }>(
  'remove-store',
  `UPDATE store SET removed_at = :at, credential = NULL
   WHERE id = :id AND revision = :revision AND removed_at IS NULL
     AND NOT EXISTS (SELECT 1 FROM secret s WHERE s.store = :id AND s.store <> 'embedded'
       AND (s.deleted_at IS NULL OR s.wipe_at IS NOT NULL))
     AND NOT EXISTS (SELECT 1 FROM secret_group g WHERE g.store = :id AND g.store <> 'embedded'
       AND g.deleted_at IS NULL)
     AND NOT EXISTS (SELECT 1 FROM store_task t WHERE t.store_id = :id)`,
)

/** One that holds anything, or may yet be given something: `NULL` for what nothing is in. */
export const isStoreUsed = statement<{ id: string }, { used: number }>(
  'is-store-used',
  `SELECT CASE WHEN EXISTS (SELECT 1 FROM secret s WHERE s.store = :id AND s.store <> 'embedded'
       AND (s.deleted_at IS NULL OR s.wipe_at IS NOT NULL))
     OR EXISTS (SELECT 1 FROM secret_group g WHERE g.store = :id AND g.store <> 'embedded'
       AND g.deleted_at IS NULL)
     OR EXISTS (SELECT 1 FROM store_task t WHERE t.store_id = :id)
     THEN 1 ELSE 0 END AS used`,
)

export const doesStoreHold = statement<{ id: string }, { held: number }>(
  'does-store-hold',
  `SELECT CASE WHEN EXISTS (SELECT 1 FROM secret s WHERE s.store = :id AND s.store <> 'embedded'
       AND (s.deleted_at IS NULL OR s.wipe_at IS NOT NULL))
     OR EXISTS (SELECT 1 FROM store_task t WHERE t.store_id = :id)
     THEN 1 ELSE 0 END AS held`,
)

export const listSecretsInStore = statement<
  { store: string; after: string; limit: number },
  { id: string; account_id: string }
>(
  'list-secrets-in-store',
  `SELECT id, account_id FROM secret
   WHERE store = :store AND store <> 'embedded' AND id > :after ORDER BY id LIMIT :limit`,
)

export const getDefaultStore = statement<{ account: string }, { default_store: string }>(
  'get-default-store',
  `SELECT default_store FROM account WHERE id = :account`,
)

export const setDefaultStore = statement<{ account: string; store: string }>(
  'set-default-store',
  `UPDATE account SET default_store = :store WHERE id = :account`,
)

export const setGroupStore = statement<{ id: string; store: string }>(
  'set-group-store',
  `UPDATE secret_group SET store = :store WHERE id = :id AND deleted_at IS NULL`,
)

const TASK = 'id, account_id, store_id, secret_id, path, due_at, attempts, claimed'

export const addStoreTask = statement<StoreTaskRow>(
  'add-store-task',
  `INSERT INTO store_task (${TASK})
   VALUES (:id, :account_id, :store_id, :secret_id, :path, :due_at, :attempts, :claimed)`,
)

/** Nothing is settled that was claimed meanwhile: what it put may be gone. */
export const settleStoreTask = statement<{ id: string }>(
  'settle-store-task',
  `DELETE FROM store_task WHERE id = :id AND claimed = 0`,
)

export const claimStoreTask = statement<{ id: string; due_at: number }>(
  'claim-store-task',
  `UPDATE store_task SET claimed = 1, attempts = attempts + 1, due_at = :due_at WHERE id = :id`,
)

export const makeStoreTaskDue = statement<{ id: string; due_at: number }>(
  'make-store-task-due',
  `UPDATE store_task SET due_at = :due_at WHERE id = :id`,
)

export const makeStoreTasksDue = statement<{ now: number }>(
  'make-store-tasks-due',
  `UPDATE store_task SET due_at = :now WHERE due_at > :now`,
)

export const removeStoreTask = statement<{ id: string }>(
  'remove-store-task',
  `DELETE FROM store_task WHERE id = :id`,
)

export const listDueStoreTasks = statement<{ now: number; limit: number }, StoreTaskRow>(
  'list-due-store-tasks',
  `SELECT ${TASK} FROM store_task WHERE due_at <= :now ORDER BY due_at, id LIMIT :limit`,
)

export const listStoreTasksOf = statement<{ secret: string }, StoreTaskRow>(
  'list-store-tasks-of',
  `SELECT ${TASK} FROM store_task WHERE secret_id = :secret`,
)

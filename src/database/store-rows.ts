import type { AccountId, SecretId, StoreId } from '#domain/ids.ts'
import type { RemoteStoreKind, Store, StoreConfig, StoreTask } from '#domain/store.ts'

/** What the tables of other stores hold, row by row. */

export type StoreRow = {
  id: string
  account_id: string
  name: string
  kind: string
  config: string
  generation: number | null
  credential: Uint8Array | null
  created_at: number
  updated_at: number
  revision: number
}

export const toStore = (row: StoreRow): Store => ({
  id: row.id as StoreId,
  account: row.account_id as AccountId,
  name: row.name,
  kind: row.kind as RemoteStoreKind,
  config: JSON.parse(row.config) as StoreConfig,
  credential:
    row.credential === null ? null : { generation: row.generation ?? 0, bytes: row.credential },
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  revision: row.revision,
})

export const storeRow = (of: Store): StoreRow => ({
  id: of.id,
  account_id: of.account,
  name: of.name,
  kind: of.kind,
  config: JSON.stringify(of.config),
  generation: of.credential?.generation ?? null,
  credential: of.credential?.bytes ?? null,
  created_at: of.createdAt,
  updated_at: of.updatedAt,
  revision: of.revision,
})

export type StoreTaskRow = {
  id: string
  account_id: string
  store_id: string
  secret_id: string
  path: string
  due_at: number
  attempts: number
  claimed: number
}

export const toStoreTask = (row: StoreTaskRow): StoreTask => ({
  id: row.id,
  account: row.account_id as AccountId,
  store: row.store_id as StoreId,
  secret: row.secret_id as SecretId,
  path: row.path,
  dueAt: row.due_at,
  attempts: row.attempts,
  claimed: row.claimed === 1,
})

export const storeTaskRow = (of: StoreTask): StoreTaskRow => ({
  id: of.id,
  account_id: of.account,
  store_id: of.store,
  secret_id: of.secret,
  path: of.path,
  due_at: of.dueAt,
  attempts: of.attempts,
  claimed: of.claimed ? 1 : 0,
})

import type { SecretId } from '#domain/ids.ts'
import type { StoreRef } from '#domain/store.ts'
import type { Reads } from '#ports/database.ts'
import type { Engine } from './engine.ts'
import { orNull } from './rows.ts'
import * as stores from './sql/stores.ts'
import { toStore, toStoreTask } from './store-rows.ts'

type StoreReads = Pick<
  Reads,
  | 'store'
  | 'storeNamed'
  | 'stores'
  | 'storeUsed'
  | 'storeHolds'
  | 'defaultStore'
  | 'secretsIn'
  | 'storeTasksDue'
  | 'storeTasksOf'
>

export const storeReads = (engine: Engine): StoreReads => ({
  async store(account, id) {
    return orNull(await engine.get(stores.getStore, { account, id }), toStore)
  },
  async storeNamed(account, name) {
    return orNull(await engine.get(stores.getStoreByName, { account, name }), toStore)
  },
  async stores(account) {
    return (await engine.all(stores.listStores, { account })).map(toStore)
  },
  async storeUsed(id) {
    return (await engine.get(stores.isStoreUsed, { id }))?.used === 1
  },
  async storeHolds(id) {
    return (await engine.get(stores.doesStoreHold, { id }))?.held === 1
  },
  async defaultStore(account) {
    const row = await engine.get(stores.getDefaultStore, { account })
    return (row?.default_store ?? 'embedded') as StoreRef
  },
  async secretsIn(store, page) {
    const rows = await engine.all(stores.listSecretsInStore, { store, ...page })
    return rows.map(({ id }) => id as SecretId)
  },
  async storeTasksDue(now, limit) {
    return (await engine.all(stores.listDueStoreTasks, { now, limit })).map(toStoreTask)
  },
  async storeTasksOf(secret) {
    return (await engine.all(stores.listStoreTasksOf, { secret })).map(toStoreTask)
  },
})

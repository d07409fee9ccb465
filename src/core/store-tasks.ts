import type { Secret } from '#domain/secret.ts'
import type { StoreTask } from '#domain/store.ts'
import type { Write } from '#ports/database.ts'
import type { Core } from './core.ts'

/** Longer than any write to a store takes: its guard ends it in 12 s. */
const WRITE_MS = 20_000

/**
 * The intent to write `values` values to the store of a secret; `null` in the embedded one, where a
 * commit is all.
 */
export const writeTask = (core: Core, secret: Secret, values = 1): StoreTask | null =>
  taskOf(core, secret, core.world.now() + WRITE_MS * values)

/** What has the values of a secret looked at in its store, once they are none of ours any more. */
export function removalTask(core: Core, secret: Secret): readonly Write[] {
  const row = taskOf(core, secret, core.world.now())
  return row === null ? [] : [{ write: 'store-task', row }]
}

function taskOf(core: Core, secret: Secret, dueAt: number): StoreTask | null {
  const { account, store, id, path } = secret
  if (store === 'embedded' || path === null) return null
  return newTask(core, { account, store, secret: id, path }, dueAt)
}

/** A path that is to be looked at, now or from `dueAt` on. */
export const newTask = (
  core: Core,
  at: Pick<StoreTask, 'account' | 'store' | 'secret' | 'path'>,
  dueAt = core.world.now(),
): StoreTask => ({ ...at, id: core.newId<'task'>(), dueAt, attempts: 0, claimed: false })

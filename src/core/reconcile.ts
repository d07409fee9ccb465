import type { Version } from '#domain/secret.ts'
import type { StoreTask } from '#domain/store.ts'
import { StoreFault } from '#ports/remote-store.ts'
import type { OutsideStore } from '#ports/secret-store.ts'
import { commitUnseen } from './commit.ts'
import type { Core } from './core.ts'
import { markOf } from './mark.ts'

const BATCH = 200
const PAUSE_FIRST_MS = 5_000
const PAUSE_MAX_MS = 30_000
const VERSIONS_MAX = 100_000

/**
 * Looks again at every path in a store where a write may have been left behind or all is to go, and
 * takes away what no record points at; gives how many are done. What a store does not let it do now
 * it tries again, within half a minute.
 */
export async function reconcileStores(core: Core): Promise<number> {
  const due = await core.database.reads.storeTasksDue(core.world.now(), BATCH)
  const byStore = Map.groupBy(due, ({ store }) => store)
  // One store that is slow or down must not keep the others waiting.
  const done = await Promise.all([...byStore.values()].map((tasks) => inTurn(core, tasks)))
  return done.reduce((sum, n) => sum + n, 0)
}

/**
 * To begin with, where no other server works on this database: whoever was at a write is gone, so
 * nothing is waited for.
 */
export async function abandonWrites(core: Core): Promise<void> {
  if (core.database.engine !== 'sqlite') return
  await commitUnseen(core, [{ write: 'due-store-tasks', now: core.world.now() }])
}

async function inTurn(core: Core, tasks: readonly StoreTask[]): Promise<number> {
  let done = 0
  for (const task of tasks) {
    try {
      if (await reconcile(core, task)) done += 1
    } catch (error) {
      if (!(error instanceof StoreFault)) throw error
      // Asking for the rest would only wait again, and keep other stores out of the next batch.
      if (error.kind === 'down') return done + (await postponed(core, tasks))
    }
  }
  return done
}

/** Claims what waits for a store that is down, for a later turn; gives how many are done: none. */
async function postponed(core: Core, tasks: readonly StoreTask[]): Promise<number> {
  const dueAt = core.world.now() + PAUSE_FIRST_MS
  for (const { id } of tasks) await commitUnseen(core, [{ write: 'claimed-store-task', id, dueAt }])
  return 0
}

async function reconcile(core: Core, task: StoreTask): Promise<boolean> {
  const pause = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** Math.min(task.attempts, 8))
  const dueAt = core.world.now() + pause
  // From here on the write that the task stood for cannot be settled any more.
  const claimed = await commitUnseen(core, [{ write: 'claimed-store-task', id: task.id, dueAt }])
  if (claimed.kind !== 'committed') return true
  if (!(await tidied(core, task))) return false
  await commitUnseen(core, [{ write: 'done-store-task', id: task.id }])
  return true
}

/**
 * Takes away what is at the path and in no record; `false` while another write is under way there.
 * The order is what makes it safe: what is there is looked at first, then what is under way, then
 * the record. A version that was put before the first look is under way or on the record after it.
 */
async function tidied(core: Core, task: StoreTask): Promise<boolean> {
  const { account, secret, path } = task
  const store = await core.stores.outside(account, task.store)
  const mark = markOf(core, account, secret)
  const there = await versionsAt(store, path, mark)
  if (there === null) return true
  const others = await core.database.reads.storeTasksOf(secret)
  if (others.some(({ id, claimed }) => id !== task.id && !claimed)) return false
  const kept = await onRecord(core, task, store)
  if (kept.size === 0) {
    await store.remove(path, mark)
    return true
  }
  const orphans = there.filter((version) => !kept.has(version))
  if (orphans.length > 0) await store.drop(path, mark, orphans)
  return true
}

async function versionsAt(
  store: OutsideStore,
  path: string,
  mark: Parameters<OutsideStore['versions']>[1],
): Promise<readonly string[] | null> {
  try {
    return await store.versions(path, mark)
  } catch (error) {
    // What is there now is somebody else's: nothing of ours is left to look after.
    if (error instanceof StoreFault && error.kind === 'not_ours') return null
    throw error
  }
}

/** The store's names of the versions that our record points at. */
async function onRecord(
  core: Core,
  { account, secret: id, store: ref }: StoreTask,
  store: OutsideStore,
): Promise<ReadonlySet<string>> {
  const { reads } = core.database
  const secret = await reads.secret(account, id)
  if (secret === null) return new Set()
  const versions = await reads.versions(id, Number.MAX_SAFE_INTEGER, VERSIONS_MAX)
  const here = versions.filter(isIn(ref))
  const names = here.map(({ n, sealed }) =>
    store.versionOf({ installation: core.installation.id, secret, n }, sealed),
  )
  return new Set(await Promise.all(names))
}

type Held = Exclude<Version, { readonly state: 'destroyed' }>

const isIn =
  (ref: StoreTask['store']) =>
  (version: Version): version is Held =>
    version.state !== 'destroyed' && version.sealed.store === ref

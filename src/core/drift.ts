import { createHash } from 'node:crypto'
import type { SecretId } from '#domain/ids.ts'
import type { Store } from '#domain/store.ts'
import type { Write } from '#ports/database.ts'
import type { Mark } from '#ports/remote-store.ts'
import type { OutsideStore } from '#ports/secret-store.ts'
import type { Core } from './core.ts'
import { markOf } from './mark.ts'
import { newTask } from './store-tasks.ts'

/** What a store and our record say that does not agree. Nothing in it is a value. */
export interface Drift {
  /** How many secrets of ours are there. */
  readonly ours: number
  /** On our record, and nothing at their path. */
  readonly missing: readonly { readonly secret: SecretId; readonly path: string }[]
  /** In the store with our mark, and on no record: what `sync` takes away. */
  readonly orphans: readonly { readonly path: string; readonly mark: Mark }[]
  /**
   * Under our prefix and somebody else's: never touched. Where the operator lent the credential, only
   * what is at paths of the account's own.
   */
  readonly foreign: readonly string[]
  /** What `sync` must be given, so that it does what was seen here and nothing else. */
  readonly plan: string
}

/** Compares what is in a store with what is on our record. */
export async function driftOf(core: Core, store: Store): Promise<Drift> {
  const outside = await core.stores.outside(store.account, store.id)
  const recorded = new Map<string, SecretId>()
  for await (const { secret, path } of secretsIn(core, store)) recorded.set(path, secret)
  const orphans: Drift['orphans'][number][] = []
  const foreign: string[] = []
  const shown = shownBeginning(core, store, outside)
  const seen = new Set<string>()
  for await (const { path, mark } of itemsIn(outside)) {
    seen.add(path)
    const here = mark?.installation === core.installation.id
    if (mark === null || !here) {
      if (path.startsWith(shown)) foreign.push(path)
    } else if (
      mark.account === store.account &&
      !recorded.has(path) &&
      !(await underWay(core, mark))
    ) {
      orphans.push({ path, mark })
    }
    // What is another account's is nothing that this one may know of.
  }
  const missing: Drift['missing'][number][] = []
  for (const [path, secret] of recorded) {
    if (!seen.has(path) && !(await whole(core, store, outside, secret, path))) {
      missing.push({ secret, path })
    }
  }
  const ours = recorded.size - missing.length
  return { ours, missing, orphans, foreign, plan: planOf(orphans) }
}

/**
 * What the names begin with that may be shown. A lent credential lists more than is its borrower's,
 * under any prefix: of that nobody else than the operator is told.
 */
function shownBeginning(core: Core, { account, config }: Store, outside: OutsideStore): string {
  if (config.lent !== true || account === core.installation.operator) return ''
  const secret = core.newId<'secret'>()
  const path = outside.pathOf({ account, secret, group: '', name: '' })
  return path.slice(0, path.indexOf(account) + account.length)
}

const planOf = (orphans: Drift['orphans']): string =>
  createHash('sha256')
    .update(JSON.stringify(orphans.map(({ path }) => path).toSorted()))
    .digest('hex')
    .slice(0, 16)

/** What has the orphans of a plan taken away. */
export const removals = (core: Core, store: Store, { orphans }: Drift): readonly Write[] =>
  orphans.map(({ path, mark: { secret } }) => ({
    write: 'store-task',
    row: newTask(core, { account: store.account, store: store.id, secret, path }),
  }))

const PAGE = 500

/** What our record says is in a store, deleted ones that can come back too. */
export async function* secretsIn(core: Core, { id, account }: Store) {
  const { reads } = core.database
  let after = ''
  for (;;) {
    const page = await reads.secretsIn(id, { after, limit: PAGE })
    for (const secret of page) {
      const row = await reads.secret(account, secret)
      const gone = row === null || (row.deletedAt !== null && row.wipeAt === null)
      if (!gone && row.path !== null) yield { secret, path: row.path }
    }
    after = page.at(-1) ?? after
    if (page.length < PAGE) return
  }
}

async function* itemsIn(outside: OutsideStore) {
  let after: string | null = null
  do {
    const page = await outside.list(after)
    yield* page.items
    after = page.next
  } while (after !== null)
}

/** Whether somebody is at it, or it waits to be looked at: then it is no orphan yet. */
const underWay = async (core: Core, { secret }: Mark): Promise<boolean> =>
  (await core.database.reads.storeTasksOf(secret)).length > 0

/** A list may be behind: whether it is there is asked of the path itself. */
async function whole(
  core: Core,
  { account }: Store,
  outside: OutsideStore,
  secret: SecretId,
  path: string,
): Promise<boolean> {
  return (await outside.versions(path, markOf(core, account, secret))) !== null
}

import type { RemoteItem, RemoteList } from '#ports/remote-store.ts'
import { markIn } from '#stores/mark.ts'
import { markAt, type Engine } from './engine.ts'

/** How many secrets are looked at for one page; each is a request. */
export const PAGE = 100

/** The secrets beneath a folder, those that come after `after`, in the order of their bytes. */
export async function pageAfter(
  engine: Engine,
  folder: string,
  after: string | null,
  what: string,
  signal: AbortSignal,
): Promise<RemoteList> {
  const items: RemoteItem[] = []
  for await (const path of pathsAfter(engine, folder, after ?? '', what, signal)) {
    if (items.length === PAGE) return { items, next: items.at(-1)?.path ?? null }
    const metadata = await engine.metadata(path, what, signal)
    if (metadata === null) continue
    items.push({ path, mark: await markAt(engine, path, metadata, what, signal) })
  }
  return { items, next: null }
}

/** As `pageAfter`, of all whose path begins so; only the words beside a secret tell its mark. */
export async function pageFrom(
  engine: Engine,
  beginning: string,
  after: string | null,
  what: string,
  signal: AbortSignal,
): Promise<RemoteList> {
  const items: RemoteItem[] = []
  const folder = beginning.slice(0, Math.max(0, beginning.lastIndexOf('/')))
  for await (const path of pathsAfter(engine, folder, after ?? '', what, signal)) {
    if (!path.startsWith(beginning)) continue
    if (items.length === PAGE) return { items, next: items.at(-1)?.path ?? null }
    const metadata = await engine.metadata(path, what, signal)
    if (metadata !== null) items.push({ path, mark: markIn(metadata.words) })
  }
  return { items, next: null }
}

/**
 * What is in a folder sorts as whole paths do: a folder's name ends in a slash, and no other name in
 * it begins with that.
 */
async function* pathsAfter(
  engine: Engine,
  folder: string,
  after: string,
  what: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for (const name of await engine.names(folder, what, signal)) {
    const path = folder === '' ? name : `${folder}/${name}`
    if (!name.endsWith('/')) {
      if (path > after) yield path
    } else if (path > after || after.startsWith(path)) {
      yield* pathsAfter(engine, path.slice(0, -1), after, what, signal)
    }
  }
}

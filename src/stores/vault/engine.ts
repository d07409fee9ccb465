import { StoreFault } from '#ports/remote-store.ts'
import type { Mark } from '#ports/remote-store.ts'
import { markIn } from '#stores/mark.ts'
import { faultOf, isMissing, isStale } from './faults.ts'
import type { Answer, Ask } from './http.ts'
import { segments, type Session } from './session.ts'
import { memberIn, objectIn } from './shape.ts'

/** What stands beside the versions of a secret. */
export interface Metadata {
  /** The newest version's number; 0 when there never was one. */
  readonly current: number
  /** The versions that can be read. */
  readonly live: readonly string[]
  readonly words: Readonly<Record<string, unknown>>
}

type Members = Readonly<Record<string, unknown>>

/** A KV v2 engine: each method is one request. */
export class Engine {
  readonly #session: Session
  readonly #mount: string

  constructor(session: Session, mount: string) {
    this.#session = session
    this.#mount = segments(mount)
  }

  /** `null` when nothing is there. */
  async metadata(path: string, what: string, signal: AbortSignal): Promise<Metadata | null> {
    const answer = await this.#ask(what, 'GET', `metadata/${segments(path)}`, signal)
    if (isMissing(answer)) return null
    const data = memberIn(done(what, answer), 'data')
    const current = memberIn(data, 'current_version')
    const versions = objectIn(memberIn(data, 'versions'))
    if (typeof current !== 'number' || versions === null) throw unreadable(what)
    const live = Object.keys(versions).filter((n) => isLive(versions[n]))
    return { current, live, words: objectIn(memberIn(data, 'custom_metadata')) ?? {} }
  }

  /** Replaces the words that stand beside a secret, and says how many versions are kept. */
  async describe(
    path: string,
    settings: { readonly custom_metadata: Members; readonly max_versions?: number },
    what: string,
    signal: AbortSignal,
  ): Promise<void> {
    done(what, await this.#ask(what, 'POST', `metadata/${segments(path)}`, signal, settings))
  }

  /** The members of a version; `null` when it is not there, or can no longer be read. */
  async read(
    path: string,
    version: number,
    what: string,
    signal: AbortSignal,
  ): Promise<Members | null> {
    const at = `data/${segments(path)}?version=${version}`
    const answer = await this.#ask(what, 'GET', at, signal)
    if (isMissing(answer)) return null
    const members = objectIn(memberIn(done(what, answer), 'data', 'data'))
    if (members === null) throw unreadable(what)
    return members
  }

  /** Adds a version if the newest is still this one; gives its number, `null` when it is not. */
  async write(
    path: string,
    data: Members,
    newest: number,
    what: string,
    signal: AbortSignal,
  ): Promise<number | null> {
    const body = { options: { cas: newest }, data }
    const answer = await this.#ask(what, 'POST', `data/${segments(path)}`, signal, body)
    if (isStale(answer)) return null
    const version = memberIn(done(what, answer), 'data', 'version')
    if (typeof version !== 'number') throw unreadable(what)
    return version
  }

  /** Takes away versions for good; numbers that are not there are passed over. */
  async destroy(
    path: string,
    versions: readonly number[],
    what: string,
    signal: AbortSignal,
  ): Promise<void> {
    const at = `destroy/${segments(path)}`
    done(what, await this.#ask(what, 'POST', at, signal, { versions }))
  }

  /** Takes away a secret with all its versions. */
  async remove(path: string, what: string, signal: AbortSignal): Promise<void> {
    done(what, await this.#ask(what, 'DELETE', `metadata/${segments(path)}`, signal))
  }

  /** The names in a folder (`''` for the whole engine), folders' with a slash at their end, by bytes. */
  async names(folder: string, what: string, signal: AbortSignal): Promise<readonly string[]> {
    const at = folder === '' ? 'metadata' : `metadata/${segments(folder)}`
    const answer = await this.#ask(what, 'GET', `${at}/?list=true`, signal)
    if (isMissing(answer)) return []
    const keys = memberIn(done(what, answer), 'data', 'keys')
    if (!Array.isArray(keys)) throw unreadable(what)
    return keys.filter((key) => typeof key === 'string').toSorted(byCodeUnit)
  }

  #ask(
    what: string,
    method: Ask['method'],
    path: string,
    signal: AbortSignal,
    body?: object,
  ): Promise<Answer> {
    const ask = { what, method, path: `${this.#mount}/${path}` }
    return this.#session.ask(body === undefined ? ask : { ...ask, body }, signal)
  }
}

/**
 * Whose a secret is. Its first version and the words beside it are two writes: if the second never
 * came, the newest version tells.
 */
export async function markAt(
  engine: Engine,
  path: string,
  { words, current }: Metadata,
  what: string,
  signal: AbortSignal,
): Promise<Mark | null> {
  if (Object.keys(words).length > 0 || current === 0) return markIn(words)
  return markIn(await engine.read(path, current, what, signal))
}

/** The body of an answer that says it was done; without one for 204. */
function done(what: string, answer: Answer): unknown {
  if (answer.status < 200 || answer.status > 299) throw faultOf(what, answer)
  if (answer.body === undefined && answer.status !== 204) throw unreadable(what)
  return answer.body
}

export const unreadable = (what: string): StoreFault =>
  new StoreFault('down', `${what}: the answer cannot be read`)

const isLive = (version: unknown): boolean =>
  memberIn(version, 'destroyed') === false && memberIn(version, 'deletion_time') === ''

export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

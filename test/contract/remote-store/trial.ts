import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SecretValue } from '#domain/secret-value.ts'
import { StoreFault } from '#ports/remote-store.ts'
import type { Mark, Named, RemoteList, RemoteStore, StoreFaultKind } from '#ports/remote-store.ts'
import { idOf } from '#test/support/places.ts'

/** A secret of somebody else’s, put there behind our back; its value is `theirs`. */
export interface Plant {
  /** Whether it is still as it was planted, with nothing added. */
  readonly untouched: () => Promise<boolean>
  readonly uproot: () => Promise<void>
}

/** A store with nothing under its prefix, and what it takes to try it. */
export interface RemoteUnderTest {
  readonly store: RemoteStore
  /** Puts a secret without a mark at a path of the store. */
  readonly plant: (path: string) => Promise<Plant>
  /** One whose credential the vendor does not know; `null` where an emulator takes any. */
  readonly refused: (() => Promise<RemoteStore>) | null
  /** One that speaks to another address than the vendor’s, `http://127.0.0.1:PORT`. */
  readonly at: (url: string) => Promise<RemoteStore>
  readonly limits: {
    /** The size of the smallest value. */
    readonly least: 0 | 1
    /** The largest value that is text; `null` when ours is smaller. */
    readonly text: number | null
    /** The largest value that is not. */
    readonly bytes: number | null
    /** Sizes of text that something changes at. */
    readonly also?: readonly number[]
  }
  /** What a put that is done again with its operation gives, as far as the store can tell. */
  readonly repeats: 'same version' | 'another version'
  /** How many secrets `list` gives in one page, at most. */
  readonly page: number
}

/** A prefix that nothing else uses. */
export const ownPrefix = (): string => `t${randomBytes(6).toString('hex')}`

export interface Whose extends Named {
  readonly mark: Mark
}

interface Digits {
  readonly account?: string
  readonly secret?: string
  readonly group?: string
  readonly name?: string
}

/** A secret to write: the same at each call but for what is asked for. */
export function here(digits: Digits = {}): Whose {
  const account = idOf<'account'>(digits.account ?? '2')
  const secret = idOf<'secret'>(digits.secret ?? '3')
  const { group = 'production', name = 'API_KEY' } = digits
  return { account, secret, group, name, mark: { installation: idOf('1'), account, secret } }
}

/** The time that one request may take. */
export const soon = (): AbortSignal => AbortSignal.timeout(60_000)

export const bytesOf = (value: SecretValue): Buffer => Buffer.from(value.reveal())

export interface Put {
  readonly value: SecretValue
  readonly of?: Whose
  readonly operation?: string
  readonly description?: string | null
}

export interface Writing extends RemoteUnderTest {
  /** Writes one version; gives its name. */
  readonly put: (put: Put) => Promise<string>
}

/** The store as it is used in a test, at whose end nothing is left there. */
export function writing(t: TestContext, under: RemoteUnderTest): Writing {
  const store = patient(under.store)
  t.after(async () => {
    await clear(store)
    await store.close()
  })
  const put = ({ value, of = here(), operation, description = null }: Put) => {
    const { mark } = of
    const named = { path: store.pathOf(of), mark, value, description }
    return store.put({ ...named, operation: operation ?? crypto.randomUUID() }, soon())
  }
  const plant = async (path: string) => {
    const planted = await under.plant(path)
    t.after(() => planted.uproot())
    return planted
  }
  return { ...under, store, put, plant }
}

/** Removes all that is marked; a list may be behind, so what was just removed may come again. */
async function clear(store: RemoteStore): Promise<void> {
  for await (const { path, mark } of everything(store)) {
    if (mark !== null) await store.remove(path, mark, soon())
  }
}

/** All that a store lists, page after page. */
export const everything = (store: RemoteStore) => pages((after) => store.list(after, soon()))

/** All that a list gives, page after page. */
export async function* pages(list: (after: string | null) => Promise<RemoteList>) {
  let after: string | null = null
  do {
    const page = await list(after)
    yield* page.items
    after = page.next
  } while (after !== null)
}

const PATIENCE_MS = 60_000

/** A store that is asked again when it wants to be asked less often, as real ones do. */
function patient(store: RemoteStore): RemoteStore {
  const tried = async <T>(attempt: () => Promise<T>): Promise<T> => {
    const until = Date.now() + PATIENCE_MS
    for (let pause = 100; ; pause *= 2) {
      try {
        return await attempt()
      } catch (error) {
        const throttled = error instanceof StoreFault && error.kind === 'throttled'
        if (!throttled || Date.now() > until) throw error
        await sleep(error.retryAfterMs ?? pause)
      }
    }
  }
  return {
    kind: store.kind,
    pathOf: (named) => store.pathOf(named),
    problems: (value) => store.problems(value),
    put: (...args) => tried(() => store.put(...args)),
    get: (...args) => tried(() => store.get(...args)),
    versions: (...args) => tried(() => store.versions(...args)),
    drop: (...args) => tried(() => store.drop(...args)),
    remove: (...args) => tried(() => store.remove(...args)),
    list: (...args) => tried(() => store.list(...args)),
    browse: (...args) => tried(() => store.browse(...args)),
    look: (...args) => tried(() => store.look(...args)),
    peek: (...args) => tried(() => store.peek(...args)),
    close: () => store.close(),
  }
}

/** Runs to its end only if the promise fails as a store’s fault of this kind; gives the fault. */
export async function fault(kind: StoreFaultKind, promise: Promise<unknown>): Promise<StoreFault> {
  let found: unknown = null
  try {
    await promise
  } catch (error) {
    found = error
  }
  assert.ok(found instanceof StoreFault, `not a fault of a store: ${String(found)}`)
  assert.equal(found.kind, kind, found.message)
  assert.notEqual(found.message, '')
  return found
}

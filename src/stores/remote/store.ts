import { createHash, timingSafeEqual } from 'node:crypto'
import type { Sealed } from '#domain/secret.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { StoreId } from '#domain/ids.ts'
import { StoreFault, type Mark, type RemoteStore } from '#ports/remote-store.ts'
import { DamagedValue, placeOf } from '#ports/secret-store.ts'
import type { OutsideStore, Place } from '#ports/secret-store.ts'
import type { Sealing } from '#ports/sealing.ts'
import type { ValueCache } from './cache.ts'
import type { Guard } from './guard.ts'
import { probe } from './probe.ts'

export interface Around {
  readonly ref: StoreId
  readonly remote: RemoteStore
  /** Seals where a version is, beside its row and bound to its place, as it seals values. */
  readonly locators: Sealing
  readonly guard: Guard
  readonly cache: ValueCache
  readonly newOperation: () => string
}

/** Where a version is in the store. */
interface Locator {
  readonly path: string
  readonly version: string
}

/**
 * A store beside our database. The value is there and nowhere else; what is kept with us is where it
 * is, sealed so that nobody who can write our database makes one secret show another.
 */
export function remoteStore(around: Around): OutsideStore {
  const { ref, remote, guard, cache } = around
  const reading = new Map<string, Promise<SecretValue>>()

  /** Readers of one version wait for one call together. */
  function fetch({ path, version }: Locator): Promise<SecretValue> {
    const name = `${path} ${version}`
    const kept = cache.get(name)
    if (kept !== null) return Promise.resolve(kept)
    const under = reading.get(name)
    if (under !== undefined) return under
    const fetched = guard
      .run('get', 'always', (signal) => remote.get(path, version, signal))
      .then((value) => {
        cache.put(name, value)
        return value
      })
      .finally(() => reading.delete(name))
    reading.set(name, fetched)
    return fetched
  }

  return {
    ref,
    kind: remote.kind,
    pathOf: (named) => remote.pathOf(named),
    problems: (value) => remote.problems(value),
    async write(_grant, place, value) {
      const { id: secret, account, path, description } = place.secret
      if (path === null) throw new StoreFault('rejected', 'the secret has no path in this store')
      const mark = { installation: place.installation, account, secret }
      const put = { path, mark, value, description, operation: around.newOperation() }
      // Whether a put without an answer was done is not known: the reconciler looks, nobody guesses.
      const version = await guard.run('put', 'throttled', (signal) => remote.put(put, signal))
      return sealLocator(around, place, { path, version })
    },
    read: async (_receipt, place, sealed) => fetch(await locatorOf(around, place, sealed)),
    async holds(_grant, place, sealed, value) {
      const locator = await openLocator(around, place, sealed)
      return locator !== null && sameBytes(await fetch(locator), value)
    },
    versionOf: async (place, sealed) => (await locatorOf(around, place, sealed)).version,
    versions: (path, mark) =>
      guard.run('versions', 'always', (signal) => remote.versions(path, mark, signal)),
    drop: (path, mark, versions) =>
      guard.run('drop', 'always', (signal) => remote.drop(path, mark, versions, signal)),
    remove: (path, mark) =>
      guard.run('remove', 'always', (signal) => remote.remove(path, mark, signal)),
    list: (after) => guard.run('list', 'always', (signal) => remote.list(after, signal)),
    browse: (beginning, after) =>
      guard.run('browse', 'always', (signal) => remote.browse(beginning, after, signal)),
    look: (path) => guard.run('look', 'always', (signal) => remote.look(path, signal)),
    peek: (_receipt, path) => guard.run('peek', 'always', (signal) => remote.peek(path, signal)),
    check: (mark: Mark) => probe(remote, guard, mark, around.newOperation),
    calls: () => guard.calls(),
    close: () => remote.close(),
  }
}

/** Of digests, so that neither the length nor the place of a difference shows in the time. */
function sameBytes(one: SecretValue, other: SecretValue): boolean {
  const [a, b] = [one, other].map((value) => createHash('sha256').update(value.reveal()).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}

const sealLocator = (
  { locators }: Around,
  place: Place,
  { path, version }: Locator,
): Promise<Sealed> => locators.seal(placeOf(place), Buffer.from(JSON.stringify([path, version])))

/** `null` when it is not what was sealed at this place. */
async function openLocator(
  { locators }: Around,
  place: Place,
  sealed: Sealed,
): Promise<Locator | null> {
  const bytes = await locators.open(placeOf(place), sealed)
  if (bytes === null) return null
  const [path, version] = JSON.parse(Buffer.from(bytes).toString()) as readonly string[]
  return path === undefined || version === undefined ? null : { path, version }
}

async function locatorOf(around: Around, place: Place, sealed: Sealed): Promise<Locator> {
  const locator = await openLocator(around, place, sealed)
  if (locator === null) throw new DamagedValue(place)
  return locator
}

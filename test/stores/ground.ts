import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before } from 'node:test'
import { SecretValue } from '#domain/secret-value.ts'
import type { RemoteStoreKind } from '#domain/store.ts'
import type { RemoteList, RemoteStore } from '#ports/remote-store.ts'
import { openInstalled } from '#server/stores.ts'
import { Api } from '#test/support/api.ts'
import type { FaultProxy } from '#test/support/fault-proxy.ts'
import { idOf } from '#test/support/places.ts'
import { startServer, type RunningServer } from '#test/support/server.ts'
import type { Held } from '#test/support/vendor-held.ts'
import { startProxyBefore, startVendorStore, type VendorStore } from '#test/support/vendor-store.ts'

const own = '/strongroom/v1'
const ARGS = ['--private-stores', '--retention', '0', '--store-cache', '0']
const WAIT_MS = 60_000
const SOON_MS = 4_000

/**
 * A vault whose group `outside` is kept in a store behind a proxy that can get in the way, called
 * `ours` there; `inside` is in the embedded one.
 */
export interface Ground {
  readonly proxy: FaultProxy
  readonly store: VendorStore
  readonly api: () => Api
  /** Ends the server as a power cut would, and starts another on what it left. */
  readonly restart: () => Promise<void>
  readonly kill: () => Promise<void>
  /** Until the store answers the vault again. */
  readonly healthy: () => Promise<void>
  /** Until the proxy got in the way of something. */
  readonly struck: () => Promise<void>
  /** As `struck`, but gives up after a while; whether it did. */
  readonly struckSoon: () => Promise<boolean>
  /** Has the store hold what no record points at; gives how it is taken away again. */
  readonly orphan: () => Promise<() => Promise<void>>
  /** Takes a secret away in the store, behind the vault's back. */
  readonly lose: (id: string) => Promise<void>
  /** What the record and the store do not agree in, now. */
  readonly differences: () => Promise<readonly string[]>
  /** Fails unless, within a minute, the store holds what the record says and nothing else. */
  readonly agree: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** The ground of a test file: opened before its tests, ended after them. */
export function useGround(kind: RemoteStoreKind = 'vault'): () => Ground {
  let open: Ground | null = null
  before(async () => {
    open = await openGround(kind)
  })
  after(() => open?.stop())
  return () => {
    if (open === null) throw new Error('the ground is not open')
    return open
  }
}

async function openGround(kind: RemoteStoreKind): Promise<Ground> {
  const store = await startVendorStore(kind)
  const proxy = await startProxyBefore(store)
  const credential = SecretValue.fromText(JSON.stringify(store.credential))
  const remote = await openInstalled(store, credential, { now: Date.now })
  let server = await startServer({ args: ARGS })
  const { dataDir, token } = server
  const api = () => new Api(server.url, token)
  await setUp(api(), store, proxy.url)
  return {
    proxy,
    store,
    api,
    kill: () => server.kill(),
    async restart() {
      await server.kill()
      server = await startServer({ args: ARGS, dataDir, token })
    },
    healthy: () => until(async () => (await api().post(`${own}/stores/ours/check`)).status === 200),
    struck: () => until(() => Promise.resolve(proxy.struck() > 0)),
    struckSoon: () => soon(() => proxy.struck() > 0),
    orphan: () => orphanIn(remote),
    lose: (id) => lostFrom(remote, id),
    differences: () => differences(api(), store),
    agree: () => agree(api, store),
    async stop() {
      await remote.close()
      await stopAll(server, proxy, store)
    },
  }
}

async function setUp(api: Api, { kind, config, credential }: VendorStore, url: string) {
  const given = { name: 'ours', kind, config: { ...config, url }, credential }
  ;(await api.post(`${own}/stores`, given)).expect(200)
  ;(await api.post(`${own}/groups`, { name: 'outside', store: 'ours' })).expect(200)
  ;(await api.post(`${own}/groups`, { name: 'inside', store: 'embedded' })).expect(200)
}

async function stopAll(server: RunningServer, proxy: FaultProxy, store: VendorStore) {
  await server.stop()
  await proxy.stop()
  await store.stop()
}

/** Asks again until it is so; the pause only keeps two cores from being asked all the time. */
async function until(
  holds: () => Promise<boolean>,
  why = () => 'it did not come about within a minute',
): Promise<void> {
  const end = performance.now() + WAIT_MS
  while (!(await holds())) {
    assert.ok(performance.now() < end, why())
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Long enough for what the vault does by itself every two seconds. */
async function soon(holds: () => boolean): Promise<boolean> {
  const end = performance.now() + SOON_MS
  while (!holds() && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return holds()
}

const signal = () => AbortSignal.timeout(WAIT_MS)

async function orphanIn(remote: RemoteStore): Promise<() => Promise<void>> {
  const [account, secret] = [idOf<'account'>('2'), idOf<'secret'>('3')]
  const mark = { installation: idOf<'installation'>('1'), account, secret }
  const path = remote.pathOf({ account, secret, group: 'nobody', name: 'orphan' })
  const value = SecretValue.fromText('an orphan')
  await remote.put({ path, mark, value, description: null, operation: randomUUID() }, signal())
  return () => remote.remove(path, mark, signal())
}

async function lostFrom(remote: RemoteStore, id: string): Promise<void> {
  let after: string | null = null
  do {
    const page: RemoteList = await remote.list(after, signal())
    const found = page.items.find(({ mark }) => mark?.secret === id)
    if (found?.mark != null) return remote.remove(found.path, found.mark, signal())
    after = page.next
  } while (after !== null)
  throw new Error('the store does not list it')
}

async function agree(api: () => Api, store: VendorStore): Promise<void> {
  let found: readonly string[] = []
  await until(
    async () => {
      // A place in a list is not taken any more by some when what it named went meanwhile.
      found = await differences(api(), store).catch((error: unknown) => [String(error)])
      return found.length === 0
    },
    () => `the store and the record do not agree: ${found.join('; ')}`,
  )
}

async function differences(api: Api, store: VendorStore): Promise<readonly string[]> {
  const words = (held: Held) => new Set(held.map((one) => one.join(' ')))
  const [record, there] = [words(await onRecord(api)), words(await store.held())]
  return [
    ...[...record.difference(there)].map((one) => `record: ${one}`),
    ...[...there.difference(record)].map((one) => `store: ${one}`),
  ]
}

async function onRecord(api: Api): Promise<Held> {
  const held: [string, number][] = []
  const groups = (await api.get(`${own}/groups?limit=1000`)).expect(200).list('data')
  for (const { id: group } of groups) {
    const path = `${own}/groups/${String(group)}/secrets?limit=1000`
    for (const secret of (await api.get(path)).expect(200).list('data')) {
      if (secret['store'] === 'embedded') continue
      const versions = await api.get(`${own}/secrets/${String(secret['id'])}/versions`)
      held.push([String(secret['path']), versions.expect(200).list('data').length])
    }
  }
  return held.toSorted(([a], [b]) => (a < b ? -1 : 1))
}

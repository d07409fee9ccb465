import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import type { Api, Json } from '#test/support/api.ts'
import { Api as Client } from '#test/support/api.ts'
import { startFaultProxy, type FaultProxy } from '#test/support/fault-proxy.ts'
import { startOpenbao, type RunningOpenbao } from '#test/support/openbao.ts'
import { startServer, type RunningServer } from '#test/support/server.ts'

const own = '/strongroom/v1'
const ARGS = ['--private-stores', '--retention', '0', '--store-cache', '0']
const WAIT_MS = 60_000

/** A vault whose group `outside` is kept in a real OpenBao behind a proxy that can get in the way. */
export interface Ground {
  readonly proxy: FaultProxy
  readonly api: () => Api
  /** Ends the server as a power cut would, and starts another on what it left. */
  readonly restart: () => Promise<void>
  readonly kill: () => Promise<void>
  /** Until the store answers the vault again. */
  readonly healthy: () => Promise<void>
  /** Fails unless, within a minute, the store holds what the record says and nothing else. */
  readonly agree: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** The ground of a test file: opened before its tests, ended after them. */
export function useGround(): () => Ground {
  let open: Ground | null = null
  before(async () => {
    open = await openGround()
  })
  after(() => open?.stop())
  return () => {
    if (open === null) throw new Error('the ground is not open')
    return open
  }
}

async function openGround(): Promise<Ground> {
  const bao = await startOpenbao()
  const proxy = await startFaultProxy(bao.url)
  let server = await startServer({ args: ARGS })
  const { dataDir, token } = server
  const api = () => new Client(server.url, token)
  await setUp(api(), proxy.url, bao.token)
  return {
    proxy,
    api,
    kill: () => server.kill(),
    async restart() {
      await server.kill()
      server = await startServer({ args: ARGS, dataDir, token })
    },
    healthy: () => until(async () => (await api().post(`${own}/stores/bao/check`)).status === 200),
    agree: () => agree(api, bao),
    stop: () => stopAll(server, proxy, bao),
  }
}

async function setUp(api: Api, url: string, token: string): Promise<void> {
  const store = { name: 'bao', kind: 'vault', config: { url }, credential: { token } }
  ;(await api.post(`${own}/stores`, store)).expect(200)
  ;(await api.post(`${own}/groups`, { name: 'outside', store: 'bao' })).expect(200)
  ;(await api.post(`${own}/groups`, { name: 'inside', store: 'embedded' })).expect(200)
}

async function stopAll(server: RunningServer, proxy: FaultProxy, bao: RunningOpenbao) {
  await server.stop()
  await proxy.stop()
  await bao.stop()
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

async function agree(api: () => Api, bao: RunningOpenbao): Promise<void> {
  let differences: readonly string[] = []
  await until(
    async () => {
      const [record, store] = [await onRecord(api()), await inStore(bao)]
      const [ours, theirs] = [record, store].map((held) => held.map((one) => one.join(' ')))
      differences = [
        ...(ours ?? [])
          .filter((one) => theirs?.includes(one) === false)
          .map((one) => `record: ${one}`),
        ...(theirs ?? [])
          .filter((one) => ours?.includes(one) === false)
          .map((one) => `store: ${one}`),
      ]
      return differences.length === 0
    },
    () => `the store and the record do not agree: ${differences.join('; ')}`,
  )
}

type Held = readonly (readonly [path: string, versions: number])[]

async function onRecord(api: Api): Promise<Held> {
  const held: [string, number][] = []
  const groups = (await api.get(`${own}/groups?limit=1000`)).expect(200).list('data')
  for (const { id: group, store: kept } of groups) {
    if (kept === 'embedded') continue
    const path = `${own}/groups/${String(group)}/secrets?limit=1000`
    for (const secret of (await api.get(path)).expect(200).list('data')) {
      if (secret['store'] === 'embedded') continue
      const versions = await api.get(`${own}/secrets/${String(secret['id'])}/versions`)
      held.push([String(secret['path']), versions.expect(200).list('data').length])
    }
  }
  return held.toSorted(([a], [b]) => (a < b ? -1 : 1))
}

async function inStore(bao: RunningOpenbao): Promise<Held> {
  const held: [string, number][] = []
  for (const path of await pathsIn(bao, '')) {
    // What is taken away between the two looks is not there.
    const found = await bao.call('GET', `secret/metadata/${path}`).catch(() => null)
    if (found === null) continue
    const { data } = found as { data: Json }
    const versions = Object.values(data['versions'] as Readonly<Record<string, Json>>)
    const live = versions.filter((one) => one['destroyed'] === false && one['deletion_time'] === '')
    held.push([path, live.length])
  }
  return held.toSorted(([a], [b]) => (a < b ? -1 : 1))
}

async function pathsIn(bao: RunningOpenbao, folder: string): Promise<readonly string[]> {
  let keys: readonly string[]
  try {
    const { data } = (await bao.call('LIST', `secret/metadata/${folder}`)) as { data: Json }
    keys = data['keys'] as readonly string[]
  } catch {
    return []
  }
  const found: string[] = []
  for (const key of keys) {
    if (key.endsWith('/')) found.push(...(await pathsIn(bao, `${folder}${key}`)))
    else found.push(`${folder}${key}`)
  }
  return found
}

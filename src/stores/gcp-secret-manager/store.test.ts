import assert from 'node:assert/strict'
import { generateKeyPairSync, verify } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { after, test, type TestContext } from 'node:test'
import { SecretValue } from '#domain/secret-value.ts'
import type { StoreConfig } from '#domain/store.ts'
import type { RemoteStore } from '#ports/remote-store.ts'
import { exerciseRemoteStore, ownPrefix, type Plant } from '#test/contract/remote-store.ts'
import { bytesOf, fault, here, soon } from '#test/contract/remote-store/trial.ts'
import { fakeSecretManager, type FakeSecretManager } from '#test/fakes/gcp-secret-manager/server.ts'
import { Calls } from './calls.ts'
import { connect } from './connect.ts'
import { crc32c } from './crc32c.ts'
import { shownBy } from './credentials.ts'
import { openGcpSecretManager } from './store.ts'

const TOKEN = 'a-token-of-the-fake'
const withToken = (token: string) => SecretValue.fromText(JSON.stringify({ access_token: token }))

const account = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** Whether the key of the account signed this token, for this use. */
function signed(token: string): boolean {
  const [header = '', claims = '', signature = ''] = token.split('.')
  const { scope } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { scope?: string }
  const sent = [Buffer.from(`${header}.${claims}`), Buffer.from(signature, 'base64url')] as const
  return (
    scope === 'https://www.googleapis.com/auth/cloud-platform' &&
    verify('RSA-SHA256', sent[0], account.publicKey, sent[1])
  )
}

const knows = (token: string) => token === TOKEN || (token.includes('.') && signed(token))

async function newFake(t: TestContext): Promise<FakeSecretManager> {
  const fake = await fakeSecretManager({ knows })
  t.after(() => fake.close())
  return fake
}

const { STRONGROOM_TEST_GCP_PROJECT: project, STRONGROOM_TEST_GCP_CREDENTIAL: json } = process.env

/** The account to try, if the surroundings name one; else a fake. */
async function tried(): Promise<{ config: StoreConfig; credential: SecretValue | null }> {
  if (project !== undefined) {
    const credential = json === undefined ? null : SecretValue.fromText(json)
    return { config: { project }, credential }
  }
  const fake = await fakeSecretManager({ knows })
  after(() => fake.close())
  return { config: { project: fake.project, url: fake.url }, credential: withToken(TOKEN) }
}

const subject = tried()

exerciseRemoteStore('gcp-secret-manager', async () => {
  const { config: where, credential } = await subject
  const config = { ...where, prefix: ownPrefix() }
  return {
    store: await openGcpSecretManager(config, credential),
    plant: (path) => plant(config, credential, path),
    refused: () => openGcpSecretManager(config, withToken('unknown')),
    at: (url) => openGcpSecretManager({ ...config, url }, withToken(TOKEN)),
    limits: { least: 1, text: 65_536, bytes: 65_536 },
    repeats: 'another version',
    page: 100,
  }
})

async function plant(
  config: StoreConfig,
  credential: SecretValue | null,
  path: string,
): Promise<Plant> {
  const { stub, newMetadata, close } = await connect(config.url ?? null)
  const calls = new Calls(stub, await shownBy(credential), newMetadata)
  const parent = `projects/${config.project ?? ''}`
  const name = `${parent}/secrets/${path}`
  const secret = { replication: { automatic: {} }, labels: { planted: 'here' } }
  await calls.call('createSecret', { parent, secretId: path, secret }, soon())
  const data = Buffer.from('theirs')
  await calls.call('addSecretVersion', { parent: name, payload: { data } }, soon())
  const look = async () => {
    const { labels, annotations, etag } = await calls.call('getSecret', { name }, soon())
    const { versions } = await calls.call('listSecretVersions', { parent: name }, soon())
    return JSON.stringify({ labels, annotations, etag, versions })
  }
  const before = await look()
  return {
    untouched: async () => (await look()) === before,
    uproot: async () => {
      await calls.call('deleteSecret', { name }, soon())
      await close()
    },
  }
}

const some = SecretValue.fromText('some value')
const { mark } = here()
const wish = (store: RemoteStore) => ({
  ...{ path: store.pathOf(here()), mark, value: some, description: null },
  operation: crypto.randomUUID(),
})

async function opened(t: TestContext) {
  const fake = await newFake(t)
  const config = { project: fake.project, url: fake.url }
  const store = await openGcpSecretManager(config, withToken(TOKEN))
  t.after(() => store.close())
  return { fake, store, path: store.pathOf(here()) }
}

test('gcp-secret-manager: the checksum is CRC-32C', () => {
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283)
  assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa)
  assert.equal(crc32c(Buffer.alloc(32, 0xff)), 0x62a8ab43)
})

test('gcp-secret-manager: what it answers is told by its kind, after one try', async (t) => {
  const { fake, store, path } = await opened(t)
  const version = await store.put(wish(store), soon())
  const kinds = [
    ['exhausted', 'throttled'],
    ['unavailable', 'down'],
    ['cut_before', 'down'],
    ['cut_after', 'down'],
  ] as const
  for (const [trouble, kind] of kinds) {
    fake.troubles.push(trouble)
    const before = fake.called.length
    await fault(kind, store.get(path, version, soon()))
    assert.equal(fake.called.length, before + 1, trouble)
    assert.equal(bytesOf(await store.get(path, version, soon())).toString(), 'some value')
  }
  fake.troubles.push('silent')
  await fault('down', store.get(path, version, AbortSignal.timeout(50)))
  fake.forbidden.add('accessSecretVersion')
  await fault('refused', store.get(path, version, soon()))
})

test('gcp-secret-manager: a lost answer to a put leaves a version that can be dropped', async (t) => {
  const { fake, store, path } = await opened(t)
  const first = await store.put(wish(store), soon())
  assert.deepEqual(fake.called, ['getSecret', 'createSecret', 'addSecretVersion'])
  const lost = store.put(wish(store), soon())
  while (fake.called.length < 4) await new Promise(setImmediate)
  fake.troubles.push('cut_after')
  await fault('down', lost)
  assert.deepEqual(await store.versions(path, mark, soon()), ['2', first])
})

test('gcp-secret-manager: what is not seen yet is neither lost nor overwritten', async (t) => {
  const { fake, store, path } = await opened(t)
  fake.state.lagMs = 60_000
  await store.remove(path, mark, soon())
  const version = await store.put(wish(store), soon())
  assert.equal(bytesOf(await store.get(path, version, soon())).toString(), 'some value')
  assert.equal(await store.versions(path, mark, soon()), null, 'it may say so for a while')
  await fault('down', store.remove(path, mark, soon()))
  await fault('down', store.drop(path, mark, [version], soon()))
  await fault('down', store.put(wish(store), AbortSignal.timeout(400)))
  fake.state.lagMs = 0
  await store.drop(path, mark, [version], soon())
  await fault('missing', store.get(path, version, soon()))
  fake.state.lagMs = 300
  const waited = await store.put(wish(store), soon())
  await new Promise((resolve) => setTimeout(resolve, 350))
  await store.remove(path, mark, soon())
  await fault('missing', store.get(path, waited, soon()))
  assert.equal(await store.put(wish(store), soon()), '1', 'though it is still seen as it was')
})

test('gcp-secret-manager: does not remove what changed since it was looked at', async (t) => {
  const { fake, store, path } = await opened(t)
  await store.put(wish(store), soon())
  fake.state.lagMs = 60_000
  const held = fake.state.now(path)
  assert.ok(held !== null)
  fake.state.lagMs = 0
  const removing = store.remove(path, mark, soon())
  while (fake.called.at(-1) !== 'getSecret' || fake.called.length < 4) {
    await new Promise(setImmediate)
  }
  fake.state.set(path, { ...held, annotations: {}, etag: '"other"' })
  await fault('down', removing)
  await fault('not_ours', store.remove(path, mark, soon()))
})

test('gcp-secret-manager: a version that is destroyed late is unreadable at once', async (t) => {
  const { fake, store, path } = await opened(t)
  const version = await store.put(wish(store), soon())
  const held = fake.state.now(path)
  assert.ok(held !== null)
  fake.state.set(path, { ...held, destroyTtl: 86_400 })
  await store.drop(path, mark, [version], soon())
  await fault('missing', store.get(path, version, soon()))
  assert.deepEqual(await store.versions(path, mark, soon()), [])
  await store.drop(path, mark, [version], soon())
})

test('gcp-secret-manager: what was damaged on its way is not given', async (t) => {
  const { fake, store, path } = await opened(t)
  const version = await store.put(wish(store), soon())
  const held = fake.state.now(path)
  const [only] = held?.versions ?? []
  assert.ok(held !== null && only !== undefined)
  fake.state.set(path, { ...held, versions: [{ ...only, data: Buffer.from('some valuf') }] })
  await fault('down', store.get(path, version, soon()))
})

test('gcp-secret-manager: never asks for what is latest', async (t) => {
  const { store, path } = await opened(t)
  await store.put(wish(store), soon())
  for (const version of ['latest', '', '0', '01', '-1', '1/2', '1e0', 'NEW']) {
    await fault('missing', store.get(path, version, soon()))
  }
})

test('gcp-secret-manager: the key of a service account signs by itself', async (t) => {
  const fake = await newFake(t)
  const key = {
    type: 'service_account',
    client_email: 'strongroom@fake-project.iam.gserviceaccount.com',
    private_key: account.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    private_key_id: 'ab12',
    token_uri: 'http://127.0.0.1:1/token',
  }
  const credential = SecretValue.fromText(JSON.stringify(key))
  const config = { project: fake.project, url: fake.url }
  const store = await openGcpSecretManager(config, credential)
  t.after(() => store.close())
  assert.equal(await store.put(wish(store), soon()), '1')
})

test('gcp-secret-manager: with a credential nobody but the store is spoken to', async (t) => {
  const fake = await newFake(t)
  const sockets: Socket[] = []
  const see = (message: unknown) => sockets.push((message as { socket: Socket }).socket)
  subscribe('net.client.socket', see)
  t.after(() => unsubscribe('net.client.socket', see))
  const config = { project: fake.project, url: fake.url }
  const store = await openGcpSecretManager(config, withToken(TOKEN))
  t.after(() => store.close())
  const version = await store.put(wish(store), soon())
  await store.get(store.pathOf(here()), version, soon())
  const ports = new Set(sockets.map(({ remotePort }) => String(remotePort)))
  assert.deepEqual([...ports], [new URL(fake.url).port])
})

test('gcp-secret-manager: says what is wrong with its configuration and credential', async () => {
  const open = (config: StoreConfig, credential: string) =>
    openGcpSecretManager(config, SecretValue.fromText(credential))
  const good = JSON.stringify({ access_token: 'x' })
  const configs: StoreConfig[] = [
    {},
    { project: '' },
    { project: 'a/b' },
    { project: 'a', url: 'ftp://127.0.0.1' },
    { project: 'a', url: 'https://127.0.0.1/path' },
    { project: 'a', url: 'no address' },
  ]
  for (const config of configs) await fault('rejected', open(config, good))
  const bad = [
    '',
    '{',
    '[]',
    'null',
    '7',
    '{}',
    '{"access_token":7}',
    '{"type":"external_account"}',
  ]
  for (const credential of bad) await fault('refused', open({ project: 'a' }, credential))
  await fault('refused', open({ project: 'a' }, '{"type":"service_account"}'))
})

import assert from 'node:assert/strict'
import { after, test, type TestContext } from 'node:test'
import { SecretValue } from '#domain/secret-value.ts'
import type { StoreConfig } from '#domain/store.ts'
import type { RemotePut, RemoteStore } from '#ports/remote-store.ts'
import { exerciseRemoteStore, ownPrefix, type Plant } from '#test/contract/remote-store.ts'
import { bytesOf, everything, fault, here, soon } from '#test/contract/remote-store/trial.ts'
import { fakeKeyVault } from '#test/fakes/azure-key-vault/server.ts'
import { connect } from './client.ts'
import { openAzureKeyVault } from './store.ts'

const TOKEN = 'a-token-of-the-fake'
const withToken = (token: string) => SecretValue.fromText(JSON.stringify({ access_token: token }))

const { STRONGROOM_TEST_AZURE_URL: url, STRONGROOM_TEST_AZURE_CREDENTIAL: json } = process.env

/** The vault to try, if the surroundings name one; else a fake. */
async function tried(): Promise<{ config: StoreConfig; credential: SecretValue | null }> {
  if (url !== undefined) {
    return { config: { url }, credential: json === undefined ? null : SecretValue.fromText(json) }
  }
  const fake = await fakeKeyVault(TOKEN)
  Object.assign(fake.vault.delays, { delete: 20, recover: 20, purge: 20 })
  after(() => fake.close())
  return { config: { url: fake.url }, credential: withToken(TOKEN) }
}

const subject = tried()
const options = { now: Date.now }

exerciseRemoteStore('azure-key-vault', async () => {
  const { config: where, credential } = await subject
  const config = { ...where, prefix: ownPrefix() }
  return {
    store: await openAzureKeyVault(config, credential, options),
    plant: (path) => plant(config, credential, path),
    refused: () => openAzureKeyVault(config, withToken('unknown'), options),
    at: (other) => openAzureKeyVault({ ...config, url: other }, withToken(TOKEN), options),
    limits: { least: 1, text: 25_000, bytes: 18_750 },
    repeats: 'same version',
    page: 25,
  }
})

async function plant(
  config: StoreConfig,
  credential: SecretValue | null,
  path: string,
): Promise<Plant> {
  const client = await connect(config.url ?? '', credential, Date.now)
  await client.call('planting', soon(), (sdk) =>
    sdk.setSecret(path, 'theirs', { tags: { planted: 'here' } }),
  )
  const look = () =>
    client.call('looking', soon(), async (sdk) => {
      const versions = await Array.fromAsync(sdk.listPropertiesOfSecretVersions(path))
      return JSON.stringify([versions, await sdk.getSecret(path)])
    })
  const before = await look()
  return {
    untouched: async () => (await look()) === before,
    uproot: async () => {
      await client.call('uprooting', soon(), async (sdk) => {
        const poller = await sdk.beginDeleteSecret(path, { intervalInMs: 50 })
        await poller.pollUntilDone()
      })
      await client.call('uprooting', soon(), (sdk) => sdk.purgeDeletedSecret(path))
    },
  }
}

const { mark } = here()
const wish = (store: RemoteStore, text = 'some value', secret = '3'): RemotePut => {
  const of = here({ secret })
  const put = { path: store.pathOf(of), mark: of.mark, value: SecretValue.fromText(text) }
  return { ...put, description: null, operation: crypto.randomUUID() }
}
const read = async (store: RemoteStore, path: string, version: string) =>
  bytesOf(await store.get(path, version, soon())).toString()

async function opened(t: TestContext) {
  const fake = await fakeKeyVault(TOKEN)
  t.after(() => fake.close())
  const store = await openAzureKeyVault({ url: fake.url }, withToken(TOKEN), options)
  return { fake, store, path: store.pathOf(here()) }
}

test('azure-key-vault: what it answers is told by its kind, after one try', async (t) => {
  const { fake, store, path } = await opened(t)
  const version = await store.put(wish(store), soon())
  const kinds = [
    ['throttled', 'throttled', null],
    ['throttled_7s', 'throttled', 7_000],
    ['unavailable', 'down', null],
    ['cut_before', 'down', null],
    ['cut_after', 'down', null],
  ] as const
  for (const [trouble, kind, retryAfterMs] of kinds) {
    fake.troubles.push(trouble)
    const before = fake.asked.length
    const found = await fault(kind, store.get(path, version, soon()))
    assert.equal(found.retryAfterMs, retryAfterMs)
    assert.equal(fake.asked.length, before + 1, trouble)
    assert.equal(await read(store, path, version), 'some value')
  }
  fake.troubles.push('silent')
  await fault('down', store.get(path, version, AbortSignal.timeout(50)))
  fake.forbidden.add('GET secrets')
  await fault('refused', store.get(path, version, soon()))
})

test('azure-key-vault: a put whose answer was lost makes no second version', async (t) => {
  const { fake, store, path } = await opened(t)
  await store.put(wish(store), soon())
  const put = wish(store, 'another value')
  const before = fake.asked.length
  const lost = store.put(put, soon())
  while (fake.asked.length === before) await new Promise(setImmediate)
  fake.troubles.push('cut_after')
  await fault('down', lost)
  const version = await store.put(put, soon())
  assert.equal(await read(store, path, version), 'another value')
  assert.equal((await store.versions(path, mark, soon()))?.length, 2)
})

test('azure-key-vault: many first calls at once lose nothing, and show nothing unasked', async (t) => {
  const { fake, store } = await opened(t)
  const puts = Array.from({ length: 8 }, (_, n) => wish(store, `value ${n}`, String(n)))
  const versions = await Promise.all(puts.map((put) => store.put(put, soon())))
  for (const [n, { path }] of puts.entries()) {
    assert.equal(await read(store, path, versions[n] ?? ''), `value ${n}`)
  }
  assert.deepEqual(fake.unasked, [])
})

test('azure-key-vault: one that waits for the first call ends with its own signal', async (t) => {
  const { fake, store, path } = await opened(t)
  fake.troubles.push('silent')
  const first = fault('down', store.versions(path, mark, AbortSignal.timeout(400)))
  const begun = performance.now()
  await fault('down', store.versions(path, mark, AbortSignal.timeout(50)))
  assert.ok(performance.now() - begun < 300)
  await first
  assert.equal(await store.versions(path, mark, soon()), null)
})

test('azure-key-vault: a removal takes its time, and the path is free for who waits', async (t) => {
  const { fake, store, path } = await opened(t)
  Object.assign(fake.vault.delays, { delete: 300, recover: 300, purge: 300 })
  const first = await store.put(wish(store, 'first'), soon())
  await store.remove(path, mark, soon())
  await fault('missing', store.get(path, first, soon()))
  await fault('down', store.put(wish(store, 'second'), AbortSignal.timeout(100)))
  const second = await store.put(wish(store, 'second'), soon())
  assert.equal(await read(store, path, second), 'second')
  assert.deepEqual(await store.versions(path, mark, soon()), [second])
})

test('azure-key-vault: a removal that was given up is ended by the next', async (t) => {
  const { fake, store, path } = await opened(t)
  await store.put(wish(store, 'first'), soon())
  fake.vault.delays.delete = 300
  await fault('down', store.remove(path, mark, AbortSignal.timeout(100)))
  await new Promise((resolve) => setTimeout(resolve, 350))
  await store.remove(path, mark, soon())
  const before = fake.asked.length
  await store.put(wish(store, 'second'), soon())
  assert.deepEqual(
    fake.asked.slice(before).map((one) => one.split(' ')[0]),
    ['GET', 'PUT'],
    'nothing was left to recover',
  )
})

for (const why of ['purge protection', 'no right to purge']) {
  test(`azure-key-vault: with ${why} what was removed is recovered, and stays unreadable`, async (t) => {
    const { fake, store, path } = await opened(t)
    if (why === 'purge protection') fake.vault.purgeProtection = true
    else fake.forbidden.add('DELETE deletedsecrets')
    Object.assign(fake.vault.delays, { delete: 100, recover: 100 })
    const before = [await store.put(wish(store), soon()), await store.put(wish(store), soon())]
    await store.remove(path, mark, soon())
    assert.equal(await store.versions(path, mark, soon()), null)
    await store.remove(path, mark, soon())
    const after = await store.put(wish(store, 'after'), soon())
    assert.equal(await read(store, path, after), 'after')
    assert.deepEqual(await store.versions(path, mark, soon()), [after])
    for (const version of before) await fault('missing', store.get(path, version, soon()))
  })
}

test('azure-key-vault: does not recover or purge what is not ours', async (t) => {
  const { fake, store, path } = await opened(t)
  fake.vault.set(path, { value: 'x', contentType: null, tags: {}, enabled: true })
  fake.vault.delete(path)
  await fault('not_ours', store.put(wish(store), soon()))
  await fault('not_ours', store.remove(path, mark, soon()))
  assert.equal(fake.vault.deleted(path)[1].value, 'x')
})

test('azure-key-vault: one version of somebody else’s makes a secret not ours', async (t) => {
  const { fake, store, path } = await opened(t)
  for (let n = 0; n < 30; n++) await store.put(wish(store, String(n)), soon())
  assert.equal((await store.versions(path, mark, soon()))?.length, 30, 'over a page')
  const sent = { value: 'x', contentType: null, tags: {}, enabled: true }
  fake.vault.set(path.toUpperCase(), sent)
  await fault('not_ours', store.put(wish(store), soon()))
  await fault('not_ours', store.drop(path, mark, [], soon()))
  await fault('not_ours', store.remove(path, mark, soon()))
})

test('azure-key-vault: never asks for what is latest', async (t) => {
  const { fake, store, path } = await opened(t)
  await store.put(wish(store), soon())
  const before = fake.asked.length
  for (const version of ['', '/', '..', 'a/b', '%2F', '?x']) {
    await fault('missing', store.get(path, version, soon()))
  }
  assert.equal(fake.asked.length, before)
})

test('azure-key-vault: follows no page to another place', async (t) => {
  const { store, fake } = await opened(t)
  const other = await fakeKeyVault(TOKEN)
  t.after(() => other.close())
  await Array.fromAsync(everything(store))
  for (const after of [`@${new URL(other.url).host}/secrets`, '.evil.test/']) {
    await fault('down', store.list(after, soon()))
  }
  assert.deepEqual(other.asked, [])
  assert.ok(fake.asked.length > 0)
})

test('azure-key-vault: says what is wrong with its configuration and credential', async () => {
  const open = (config: StoreConfig, credential: string) =>
    openAzureKeyVault(config, SecretValue.fromText(credential), options)
  const good = JSON.stringify({ access_token: 'x' })
  const configs: StoreConfig[] = [
    {},
    { url: '' },
    { url: 'my-vault' },
    { url: 'ftp://my-vault.test' },
    { url: 'https://my-vault.test/secrets' },
  ]
  for (const config of configs) await fault('rejected', open(config, good))
  const bad = [
    ...['', '{', '[]', 'null', '7', '{}', '{"access_token":7}', '{"access_token":""}'],
    '{"tenant_id":"a","client_id":"b"}',
    '{"tenant_id":"a/b","client_id":"b","client_secret":"c"}',
  ]
  for (const credential of bad) {
    await fault('refused', open({ url: 'https://my-vault.test' }, credential))
  }
})

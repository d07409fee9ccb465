import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SecretManagerServiceClient } from '@google-cloud/secret-manager'
import { credentials, status } from '@grpc/grpc-js'
import { PassThroughClient } from 'google-auth-library'
import { fakeSecretManager } from './server.ts'

const automatic = { replication: { automatic: {} } }

/** The vendor's own client before the fake, as an application has it. */
async function opened(t: TestContext) {
  const fake = await fakeSecretManager({ knows: (token) => token === 'good' })
  const { hostname, port } = new URL(fake.url)
  const client = new SecretManagerServiceClient({
    ...{ apiEndpoint: hostname, port: Number(port), sslCreds: credentials.createInsecure() },
    authClient: new PassThroughClient(),
  })
  t.after(async () => {
    await client.close()
    await fake.close()
  })
  const options = { otherArgs: { headers: { authorization: 'Bearer good' } } }
  const parent = `projects/${fake.project}`
  const create = (secretId: string, more: object = {}) =>
    client.createSecret({ parent, secretId, secret: { ...automatic, ...more } }, options)
  const add = (id: string, data: Buffer | string, dataCrc32c?: number) => {
    const payload = { data: Buffer.from(data), ...(dataCrc32c === undefined ? {} : { dataCrc32c }) }
    return client.addSecretVersion({ parent: `${parent}/secrets/${id}`, payload }, options)
  }
  return { fake, client, options, parent, create, add }
}

const refusedAs = (code: keyof typeof status) => ({ code: status[code] })

test('the fake secret manager: ids, labels, annotations and payloads as documented', async (t) => {
  const { client, options, parent, create, add } = await opened(t)
  for (const id of ['', 'a/b', 'a.b', 'é', 'x'.repeat(256)]) {
    await assert.rejects(create(id), refusedAs('INVALID_ARGUMENT'), id)
  }
  await create('x'.repeat(255))
  await create('a')
  await create('A')
  await assert.rejects(create('a'), refusedAs('ALREADY_EXISTS'))
  const bad = [
    { labels: { Upper: 'x' } },
    { labels: { a: 'UPPER' } },
    { labels: { a: 'x'.repeat(64) } },
    { labels: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`l${n}`, ''])) },
    { annotations: { '-a': '' } },
    { annotations: { a: 'x'.repeat(16 * 1024) } },
    { versionAliases: { latest: 1 } },
    { replication: null },
  ]
  for (const more of bad) await assert.rejects(create('b', more), refusedAs('INVALID_ARGUMENT'))
  await assert.rejects(add('a', ''), refusedAs('INVALID_ARGUMENT'))
  await assert.rejects(add('a', Buffer.alloc(65_537)), refusedAs('INVALID_ARGUMENT'))
  await assert.rejects(add('a', 'abc', 1), refusedAs('INVALID_ARGUMENT'))
  await assert.rejects(add('c', 'abc'), refusedAs('NOT_FOUND'))
  const [added] = await add('a', 'abc', 0x364b3fb7)
  assert.equal(added.clientSpecifiedPayloadChecksum, true)
  const name = `${parent}/secrets/a/versions/latest`
  const [{ payload }] = await client.accessSecretVersion({ name }, options)
  assert.equal(String(payload?.data), 'abc')
  assert.equal(payload?.dataCrc32c, String(0x364b3fb7))
})

test('the fake secret manager: states, latest and aliases', async (t) => {
  const { client, options, parent, create, add } = await opened(t)
  await create('a')
  for (const text of ['one', 'two', 'three']) await add('a', text)
  const name = (version: string) => ({ name: `${parent}/secrets/a/versions/${version}` })
  const text = async (version: string) => {
    const [{ payload }] = await client.accessSecretVersion(name(version), options)
    return String(payload?.data)
  }
  await client.disableSecretVersion(name('3'), options)
  await assert.rejects(text('latest'), refusedAs('FAILED_PRECONDITION'))
  await client.enableSecretVersion(name('3'), options)
  assert.equal(await text('latest'), 'three')
  await client.destroySecretVersion(name('3'), options)
  await assert.rejects(client.enableSecretVersion(name('3'), options), {
    ...refusedAs('FAILED_PRECONDITION'),
  })
  await assert.rejects(text('3'), refusedAs('FAILED_PRECONDITION'))
  await assert.rejects(text('4'), refusedAs('NOT_FOUND'))
  const secret = { name: `${parent}/secrets/a`, versionAliases: { good: 1 }, labels: { x: 'y' } }
  const mask = (...paths: string[]) => ({ secret, updateMask: { paths } })
  await assert.rejects(client.updateSecret(mask(), options), refusedAs('INVALID_ARGUMENT'))
  await assert.rejects(client.updateSecret(mask('replication'), options), {
    ...refusedAs('INVALID_ARGUMENT'),
  })
  const [updated] = await client.updateSecret(mask('version_aliases'), options)
  assert.deepEqual([updated.labels, updated.versionAliases], [{}, { good: '1' }])
  assert.equal(await text('good'), 'one')
})

test('the fake secret manager: etags guard, and change with what they belong to only', async (t) => {
  const { client, options, parent, create, add } = await opened(t)
  const [{ etag }] = await create('a')
  await add('a', 'one')
  const name = `${parent}/secrets/a`
  const version = { name: `${name}/versions/1` }
  const [before] = await client.getSecretVersion(version, options)
  await client.enableSecretVersion({ ...version, etag: before.etag ?? '' }, options)
  const stale = client.disableSecretVersion({ ...version, etag: before.etag ?? '' }, options)
  await assert.rejects(stale, refusedAs('FAILED_PRECONDITION'))
  const [after] = await client.getSecret({ name }, options)
  assert.equal(after.etag, etag)
  await assert.rejects(client.deleteSecret({ name, etag: '"x"' }, options), {
    ...refusedAs('FAILED_PRECONDITION'),
  })
  await client.deleteSecret({ name, etag: etag ?? '' }, options)
  await assert.rejects(client.getSecret({ name }, options), refusedAs('NOT_FOUND'))
  await create('a')
  const [again] = await add('a', 'two')
  assert.match(again.name ?? '', /\/versions\/1$/)
})

test('the fake secret manager: pages, filters, and shows things late if told to', async (t) => {
  const { fake, client, options, parent, create, add } = await opened(t)
  for (let n = 0; n < 12; n++) await create(n % 2 === 0 ? `even-${n}` : `odd-${n}`)
  const [all] = await client.listSecrets({ parent, pageSize: 5 }, options)
  assert.equal(all.length, 12)
  assert.match(all[0]?.name ?? '', /^projects\/\d+\/secrets\/odd-11$/)
  const [even] = await client.listSecrets({ parent, filter: 'name:even-' }, options)
  assert.equal(even.length, 6)
  const bad = { parent, filter: 'labels.a=b' }
  await assert.rejects(client.listSecrets(bad, options), refusedAs('INVALID_ARGUMENT'))
  fake.state.lagMs = 50
  await create('late')
  await add('late', 'one')
  const name = `${parent}/secrets/late`
  const byNumber = { name: `${name}/versions/1` }
  const [{ payload }] = await client.accessSecretVersion(byNumber, options)
  assert.equal(String(payload?.data), 'one')
  const late = { name: `${name}/versions/latest` }
  await assert.rejects(client.accessSecretVersion(late, options), refusedAs('NOT_FOUND'))
  await assert.rejects(client.getSecret({ name }, options), refusedAs('NOT_FOUND'))
  await sleep(60)
  await client.accessSecretVersion(late, options)
  await client.getSecret({ name }, options)
})

test('the fake secret manager: knows its callers', async (t) => {
  const { client, options, parent } = await opened(t)
  await assert.rejects(client.listSecrets({ parent }), refusedAs('UNAUTHENTICATED'))
  const other = { parent: 'projects/another' }
  await assert.rejects(client.listSecrets(other, options), refusedAs('PERMISSION_DENIED'))
})

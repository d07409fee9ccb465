import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { SecretClient } from '@azure/keyvault-secrets'
import { fakeKeyVault } from './server.ts'

/** The vendor's own client before the fake, as an application has it. */
async function opened(t: TestContext, token = 'good') {
  const fake = await fakeKeyVault('good')
  t.after(() => fake.close())
  const getToken = () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 })
  const client = new SecretClient(
    fake.url,
    { getToken },
    {
      ...{ allowInsecureConnection: true, disableChallengeResourceVerification: true },
      retryOptions: { maxRetries: 0 },
    },
  )
  return { fake, client }
}

const refusedAs = (statusCode: number, code: string) => ({ statusCode, code })

test('the fake key vault: names, values, tags and types as documented', async (t) => {
  const { client } = await opened(t)
  for (const name of ['a_b', 'é', 'x'.repeat(128)]) {
    await assert.rejects(client.setSecret(name, 'x'), refusedAs(400, 'BadParameter'), name)
  }
  await client.setSecret('x'.repeat(127), 'x'.repeat(25_000))
  for (const value of ['', 'x'.repeat(25_001), 'é'.repeat(12_501)]) {
    await assert.rejects(client.setSecret('a', value), refusedAs(400, 'BadParameter'))
  }
  const tags = (count: number, size = 1) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`t${n}`, 'x'.repeat(size)]))
  await client.setSecret('a', 'x', { tags: tags(15, 256), contentType: 'x'.repeat(255) })
  const bad = [{ tags: tags(16) }, { tags: tags(1, 257) }, { contentType: 'x'.repeat(256) }]
  for (const options of bad) {
    await assert.rejects(client.setSecret('a', 'x', options), refusedAs(400, 'BadParameter'))
  }
})

test('the fake key vault: names differ by more than case; versions can be disabled', async (t) => {
  const { client } = await opened(t)
  const first = await client.setSecret('One', 'first', { tags: { a: 'b' } })
  const second = await client.setSecret('ONE', 'second')
  const [one, two] = [first.properties.version ?? '', second.properties.version ?? '']
  assert.match(one, /^[0-9a-f]{32}$/)
  assert.equal((await client.getSecret('one')).value, 'second')
  await client.updateSecretProperties('one', one, { enabled: false })
  await assert.rejects(client.getSecret('one', { version: one }), refusedAs(403, 'Forbidden'))
  await client.updateSecretProperties('one', one, { enabled: true })
  const found = await client.getSecret('one', { version: one })
  assert.deepEqual([found.value, found.properties.tags], ['first', { a: 'b' }])
  await client.updateSecretProperties('one', two, { enabled: false })
  await assert.rejects(client.getSecret('one'), refusedAs(403, 'Forbidden'))
  const missing = client.getSecret('one', { version: '0'.repeat(32) })
  await assert.rejects(missing, refusedAs(404, 'SecretNotFound'))
})

test('the fake key vault: lists in pages of 25 at most, without values', async (t) => {
  const { client } = await opened(t)
  for (let n = 0; n < 60; n++) await client.setSecret(`name-${n}`, 'x')
  for (let n = 0; n < 30; n++) await client.setSecret('name-0', 'x')
  const pages = await Array.fromAsync(client.listPropertiesOfSecrets().byPage())
  assert.deepEqual(
    pages.map(({ length }) => length),
    [25, 25, 10],
  )
  const versions = await Array.fromAsync(client.listPropertiesOfSecretVersions('name-0'))
  assert.equal(new Set(versions.map(({ version }) => version)).size, 31)
  assert.deepEqual(await Array.fromAsync(client.listPropertiesOfSecretVersions('none')), [])
  const over = client.listPropertiesOfSecrets().byPage({ maxPageSize: 26 })
  await assert.rejects(Array.fromAsync(over), { statusCode: 400 })
})

test('the fake key vault: what is deleted can be recovered or purged, in its time', async (t) => {
  const { fake, client } = await opened(t)
  Object.assign(fake.vault.delays, { delete: 100, recover: 100, purge: 100 })
  const conflict = (inner: string) => (error: unknown) => {
    const { statusCode, details } = error as {
      statusCode: number
      details: { error: { innerError: { code: string } } }
    }
    assert.deepEqual([statusCode, details.error.innerError.code], [409, inner])
    return true
  }
  const set = () => client.setSecret('a', 'again')
  await client.setSecret('a', 'x')
  const deleting = await client.beginDeleteSecret('a', { intervalInMs: 20 })
  await assert.rejects(set(), conflict('ObjectIsBeingDeleted'))
  await assert.rejects(client.purgeDeletedSecret('a'), conflict('ObjectIsBeingDeleted'))
  await deleting.pollUntilDone()
  await assert.rejects(set(), conflict('ObjectIsDeletedButRecoverable'))
  await assert.rejects(client.getSecret('a'), refusedAs(404, 'SecretNotFound'))
  const recovering = await client.beginRecoverDeletedSecret('a', { intervalInMs: 20 })
  await assert.rejects(set(), conflict('ObjectIsBeingRecovered'))
  await recovering.pollUntilDone()
  assert.equal((await client.getSecret('a')).value, 'x')
  await assert.rejects(set(), conflict('ObjectIsBeingRecovered'), 'though it can be read')
  const again = await client.beginDeleteSecret('a', { intervalInMs: 20 })
  await again.pollUntilDone()
  fake.vault.purgeProtection = true
  await assert.rejects(client.purgeDeletedSecret('a'), refusedAs(403, 'Forbidden'))
  fake.vault.purgeProtection = false
  await client.purgeDeletedSecret('a')
  await assert.rejects(set(), conflict('ObjectIsBeingDeleted'))
  await new Promise((resolve) => setTimeout(resolve, 120))
  await set()
  assert.equal((await Array.fromAsync(client.listPropertiesOfSecretVersions('a'))).length, 1)
})

test('the fake key vault: asks for a token first, and knows a good one', async (t) => {
  const { fake, client } = await opened(t, 'bad')
  await assert.rejects(client.setSecret('a', 'x'), refusedAs(401, 'Unauthorized'))
  assert.deepEqual([fake.asked, fake.unasked], [[], []])
  const plain = await fetch(`${fake.url}/secrets/a/?api-version=7.4`)
  assert.match(plain.headers.get('www-authenticate') ?? '', /^Bearer authorization="https:/)
  const headers = { authorization: 'Bearer good' }
  const versionless = await fetch(`${fake.url}/secrets/a/`, { headers })
  assert.equal(versionless.status, 400)
  assert.equal((await fetch(`${fake.url}/secrets/a/?api%2Dversion=7.4`, { headers })).status, 404)
})

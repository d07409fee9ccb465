import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { SecretValue } from '#domain/secret-value.ts'
import { fault, here, soon } from '#test/contract/remote-store/trial.ts'
import { askVault, startOpenbao } from '#test/support/openbao.ts'
import { openVault } from './store.ts'

const openbao = await startOpenbao()
after(() => openbao.stop())

const { url, token } = openbao
const ask = (method: string, path: string, body?: object) => askVault(openbao, method, path, body)
const json = (credential: object) => SecretValue.fromText(JSON.stringify(credential))

async function appRole(mount: string) {
  await ask('POST', `sys/auth/${mount}`, { type: 'approle' })
  const policy = 'path "secret/*" { capabilities = ["create", "read", "update", "delete", "list"] }'
  await ask('POST', 'sys/policies/acl/strongroom', { policy })
  await ask('POST', `auth/${mount}/role/strongroom`, { token_policies: ['strongroom'] })
  const role = (await ask('GET', `auth/${mount}/role/strongroom/role-id`)) as { data: object }
  const path = `auth/${mount}/role/strongroom/secret-id`
  const secret = (await ask('POST', path, {})) as { data: { secret_id: string } }
  return { ...role.data, secret_id: secret.data.secret_id }
}

test('Vault: logs in by a role, and again when its token is no longer taken', async () => {
  for (const mount of ['approle', 'roles/ours']) {
    const credential = { ...(await appRole(mount)), mount }
    const store = await openVault({ url }, json(credential))
    const path = store.pathOf(here())
    const { mark } = here()
    const put = () => {
      const operation = crypto.randomUUID()
      const value = SecretValue.fromText('x')
      return store.put({ path, mark, value, description: null, operation }, soon())
    }
    await Promise.all([put(), put()])
    await ask('POST', `sys/leases/revoke-prefix/auth/${mount}`, {})
    await put()
    assert.equal((await store.versions(path, mark, soon()))?.length, 3)
    await store.remove(path, mark, soon())
    await ask('DELETE', `sys/auth/${mount}`)
    await ask('POST', `sys/leases/revoke-prefix/auth/${mount}`, {}).catch(() => null)
    await fault('refused', put())
  }
})

test('Vault: a role that is not known is refused', async () => {
  const store = await openVault({ url }, json({ role_id: 'nobody', secret_id: 'a secret id' }))
  const found = await fault('refused', store.list(null, soon()))
  assert.equal(found.message.includes('a secret id'), false)
})

test('Vault: without a credential the surroundings give the token', async (t) => {
  const before = process.env['VAULT_TOKEN']
  t.after(() => {
    if (before === undefined) delete process.env['VAULT_TOKEN']
    else process.env['VAULT_TOKEN'] = before
  })
  delete process.env['VAULT_TOKEN']
  await fault('refused', openVault({ url }, null))
  process.env['VAULT_TOKEN'] = token
  const store = await openVault({ url }, null)
  assert.deepEqual(await store.list(null, soon()), { items: [], next: null })
})

test('Vault: speaks within a namespace, at a mount of any depth', async () => {
  await ask('POST', 'sys/namespaces/team', {})
  const within = { ...openbao, namespace: 'team' }
  const engine = { type: 'kv', options: { version: '2' } }
  await askVault(within, 'POST', 'sys/mounts/kv/ours', engine)
  const config = { url: `${url}/`, namespace: 'team', mount: 'kv/ours' }
  const store = await openVault(config, json({ token }))
  const { mark } = here()
  const path = store.pathOf(here())
  const put = { path, mark, value: SecretValue.fromText('x'), description: null }
  const version = await store.put({ ...put, operation: crypto.randomUUID() }, soon())
  assert.equal(Buffer.from((await store.get(path, version, soon())).reveal()).toString(), 'x')
  const outside = await openVault({ url }, json({ token }))
  await fault('missing', outside.get(path, version, soon()))
})

test('Vault: a configuration or credential that cannot be is refused in words', async () => {
  await fault('rejected', openVault({}, json({ token })))
  for (const config of [
    ...[{ url: 'ftp://x' }, { url: 'x' }, { url, namespace: 'a\nb' }],
    ...[
      { url, mount: '' },
      { url, mount: '../x' },
      { url, mount: 'a//b' },
    ],
  ]) {
    await fault('rejected', openVault(config, json({ token })))
  }
  for (const text of ['', '[]', '{}', '{"token":1}', '{"token":"a\\nb"}', '{"role_id":"a"}']) {
    await fault('refused', openVault({ url }, SecretValue.fromText(text)))
  }
})

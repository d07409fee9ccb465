import assert from 'node:assert/strict'
import { test } from 'node:test'
import { useGround } from './ground.ts'

/** What TrueFoundry's API says of a store that is beside the database. */

const svc = '/api/svc/v1'

const ground = useGround()

async function integration(): Promise<{ id: string; fqn: string }> {
  const list = (await ground().api().get(`${svc}/provider-integrations`)).expect(200).list('data')
  const found = list.find(({ name }) => name === 'ours')
  assert.ok(found !== undefined)
  assert.match(String(found['fqn']), /:hashicorp:strongroom:secret-store:ours$/)
  return { id: String(found['id']), fqn: String(found['fqn']) }
}

async function groupWith(name: string): Promise<string> {
  const { id } = await integration()
  const secrets = [{ key: 'KEY', value: 'first' }]
  const body = { name, integrationId: id, secrets }
  const made = (await ground().api().post(`${svc}/secret-groups`, body)).expect(200)
  const data = made.json['data'] as { id: string; integrationId: string }
  assert.equal(data.integrationId, id)
  return data.id
}

test('a group is kept in the integration that it names, and rotated there', async () => {
  const { api, agree } = ground()
  const id = await groupWith('rotated')
  const secrets = [{ key: 'KEY', value: 'second' }]
  ;(await api().send('PUT', `${svc}/secret-groups/${id}`, { body: { secrets } })).expect(200)
  const asked = { secretGroupId: id, withValue: true }
  const [read] = (await api().post(`${svc}/secrets`, asked)).expect(200).list('data')
  assert.equal(read?.['value'], 'second')
  await agree()
})

test('a store that is down is 424; a deletion waits for it only without forceDelete', async () => {
  const { api, proxy, healthy, agree } = ground()
  const id = await groupWith('forced')
  proxy.trouble(() => ({ kind: 'lost' }))
  const secrets = [{ key: 'KEY', value: 'second' }]
  const put = await api().send('PUT', `${svc}/secret-groups/${id}`, { body: { secrets } })
  assert.equal(put.expect(424).num('statusCode'), 424)
  ;(await api().delete(`${svc}/secret-groups/${id}`)).expect(424)
  ;(await api().get(`${svc}/secret-groups/${id}`)).expect(200)
  ;(await api().delete(`${svc}/secret-groups/${id}?forceDelete=true`)).expect(200)
  ;(await api().get(`${svc}/secret-groups/${id}`)).expect(404)
  proxy.trouble(null)
  await healthy()
  await agree()
})

// Bug class 70.
test('a provider account is applied, shown without its credential, and deleted', async () => {
  const { api, proxy } = ground()
  const store = {
    ...{ type: 'integration/secret-store/hashicorp/vault', name: 'second' },
    ...{ vault_url: proxy.url, root_path: 'second', auth_data: { type: 'token', token: 'root' } },
  }
  const manifest = {
    type: 'provider-account/hashicorp',
    name: 'strongroom',
    integrations: [store],
  }
  const apply = (body: object) => api().send('PUT', `${svc}/apply`, { body })
  const dry = (await apply({ manifest, dryRun: true })).expect(200)
  assert.equal(dry.str('action'), 'UPDATE')
  const done = (await apply({ manifest })).expect(200)
  assert.equal(done.text.includes('"root"'), false)
  assert.ok(done.text.includes('"second"'))
  const elsewhere = { ...store, vault_url: `${proxy.url}/elsewhere`, auth_data: null }
  const moved = await apply({ manifest: { ...manifest, integrations: [elsewhere] } })
  assert.ok(moved.expect(422).text.includes('auth_data'))
  ;(await api().post(`${svc}/delete`, { manifest })).expect(409)
})

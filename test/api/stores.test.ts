import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse, ENGINES, onEachEngine, type Tenant } from '#test/support/house.ts'
import { smallVault } from '#test/support/small-vault.ts'

const own = '/strongroom/v1'
const CREDENTIAL = { token: 'canary-of-a-credential' }

const vault = (url: string, more: object = {}) => ({
  ...{ name: 'ours', kind: 'vault', config: { url }, credential: CREDENTIAL },
  ...more,
})

const add = async ({ admin }: Tenant, more: object = {}) =>
  (await admin.post(`${own}/stores`, vault(await smallVault(), more))).expect(200)

onEachEngine((house) => {
  test('a store is of a known kind, with known settings within their limits', async () => {
    const { admin } = await house().tenant()
    const url = await smallVault()
    for (const [more, place] of [
      [{ kind: 'embedded' }, 'kind'],
      [{ kind: undefined }, 'kind'],
      [{ config: undefined }, 'config'],
      [{ config: [] }, 'config'],
      [{ config: { url, elsewhere: 'x' } }, 'config'],
      [{ config: { url, prefix: 'a/b' } }, 'config.prefix'],
      [{ config: { url, prefix: 'a'.repeat(21) } }, 'config.prefix'],
      [{ config: { url: 'x'.repeat(2_049) } }, 'config.url'],
      [{ config: { url, region: '' } }, 'config.region'],
      [{ config: { url, kms_key: 7 } }, 'config.kms_key'],
      [{ name: 'embedded' }, 'name'],
      [{ name: 'a b' }, 'name'],
      [{ credential: 'canary-of-a-credential' }, 'credential'],
      [{ credential: { token: 'x'.repeat(70_000) } }, 'credential'],
    ] as const) {
      const { text } = (await admin.post(`${own}/stores`, vault(url, more))).expect(422)
      assert.ok(text.includes(place), text)
      assert.ok(!text.includes('canary'), text)
    }
    assert.deepEqual((await admin.get(`${own}/stores`)).expect(200).list('data'), [])
  })

  test('what is kept of a credential is told by no answer', async () => {
    const tenant = await house().tenant()
    const { admin } = tenant
    const config = { url: await smallVault(), kms_key: 'alias/ours', prefix: 'mine' }
    const made = await add(tenant, { config })
    assert.deepEqual(made.json['config'], config)
    assert.equal(made.json['has_credential'], true)
    const path = `${own}/stores/ours`
    const answers = [
      made,
      await admin.get(`${own}/stores`),
      await admin.send('POST', `${path}/check`),
      await admin.get(`${path}/plan`),
      await admin.send('PUT', path, { body: { config } }),
      await admin.get(`${own}/audit`),
    ]
    for (const answer of answers) assert.ok(!answer.expect(200).text.includes('canary'))
    const without = await admin.send('PUT', path, { body: { config, credential: null } })
    // What the server itself has is its operator's; what is kept stays as it was.
    assert.match(without.expect(424).text, /a credential is missing/)
    assert.equal((await admin.get(`${own}/stores`)).list('data')[0]?.['has_credential'], true)
  })

  test('a credential is not led elsewhere while it stays', async () => {
    const tenant = await house().tenant()
    await add(tenant)
    const url = await smallVault()
    const put = (body: unknown) => tenant.admin.send('PUT', `${own}/stores/ours`, { body })
    for (const config of [
      ...[{ url: `${url}/elsewhere` }, {}, { url, mount: 'other' }, { url, namespace: 'other' }],
      ...[
        { url, region: 'other' },
        { url, project: 'other' },
      ],
    ]) {
      assert.match((await put({ config })).expect(422).text, /credential is missing/)
    }
    ;(await put({ config: { url, prefix: 'other' } })).expect(200)
    const moved = await put({ config: { url: `${url}/elsewhere` }, credential: CREDENTIAL })
    assert.deepEqual(moved.expect(200).json['config'], { url: `${url}/elsewhere` })
  })

  test('a name is one store`s, and free again when that is gone', async () => {
    const tenant = await house().tenant()
    const id = (await add(tenant)).str('id')
    const again = await tenant.admin.post(`${own}/stores`, vault(await smallVault()))
    assert.match(again.expect(409).text, /there is a store of this name already/)
    ;(await tenant.admin.delete(`${own}/stores/${id}`)).expect(200)
    ;(await tenant.admin.delete(`${own}/stores/${id}`)).expect(404)
    assert.notEqual((await add(tenant)).str('id'), id)
  })

  test('stores are for admins of their own account', async () => {
    const tenant = await house().tenant()
    const { admin } = tenant
    const id = (await add(tenant)).str('id')
    const body = { email: `m-${id}@example.com`, role: 'member' }
    const member = admin.as((await admin.post(`${own}/users`, body)).expect(200).str('token'))
    const { admin: stranger } = await house().tenant()
    const config = { url: await smallVault() }
    for (const [method, path, sent] of [
      ['POST', `stores/${id}/check`],
      ['GET', `stores/${id}/plan`],
      ['POST', `stores/${id}/sync`, { plan: 'x' }],
      ['PUT', `stores/${id}`, { config }],
      ['DELETE', `stores/${id}`],
      ['PUT', 'default-store', { store: id }],
    ] as const) {
      const asked = sent === undefined ? {} : { body: sent }
      ;(await member.send(method, `${own}/${path}`, asked)).expect(403)
      const refused = (await stranger.send(method, `${own}/${path}`, asked)).expect(404)
      assert.match(refused.text, /no such store/)
    }
    ;(await member.post(`${own}/stores`, vault(config.url, { name: 'theirs' }))).expect(403)
    ;(await stranger.post(`${own}/groups`, { name: 'g', store: id })).expect(404)
    assert.deepEqual((await stranger.get(`${own}/stores`)).expect(200).list('data'), [])
    const [seen] = (await member.get(`${own}/stores`)).expect(200).list('data')
    assert.deepEqual([seen?.['id'], seen?.['default']], [id, false])
  })

  test('a store in use stays: as the default, by a group, by a secret that can come back', async () => {
    const tenant = await house().tenant()
    const { admin } = tenant
    const id = (await add(tenant)).str('id')
    const put = async (path: string, store: string) =>
      (await admin.send('PUT', `${own}/${path}`, { body: { store } })).expect(200)
    const stays = async () => (await admin.delete(`${own}/stores/ours`)).expect(409)
    await put('default-store', 'ours')
    await stays()
    const group = (await admin.post(`${own}/groups`, { name: 'apps' })).expect(200)
    assert.equal(group.str('store'), id)
    await put('default-store', 'embedded')
    await stays()
    const secret = { name: 'k', value: 'v' }
    const made = (await admin.post(`${own}/groups/apps/secrets`, secret)).expect(200)
    assert.equal(made.str('store'), id)
    assert.match(made.str('path'), /^strongroom\/.*\/apps\/k\//)
    await put('groups/apps/store', 'embedded')
    await stays()
    ;(await admin.delete(`${own}/secrets/${made.str('id')}`)).expect(200)
    await stays()
  })

  test('a secret moves with its versions, there and back, and stays what it is', async () => {
    const tenant = await house().tenant()
    const { admin } = tenant
    const id = (await add(tenant)).str('id')
    const made = await admin.post(`${own}/groups/secrets/secrets`, { name: 'k', value: 'one' })
    const secret = made.expect(200).str('id')
    ;(await admin.patch(`${own}/secrets/${secret}`, { value: 'two' })).expect(200)
    const move = (store: string) => admin.post(`${own}/secrets/${secret}/move`, { store })
    for (const [store, where] of [
      ['ours', id],
      ['ours', id],
      ['embedded', 'embedded'],
    ] as const) {
      const moved = (await move(store)).expect(200)
      assert.deepEqual([moved.str('id'), moved.str('store')], [secret, where])
      assert.equal(moved.json['path'] === null, store === 'embedded')
      for (const [version, value] of [
        [1, 'one'],
        [2, 'two'],
      ] as const) {
        const read = await admin.get(`${own}/secrets/${secret}/value?version=${version}`)
        assert.equal(read.expect(200).str('value'), value)
      }
    }
    ;(await move('elsewhere')).expect(404)
  })
})

for (const engine of ENGINES) {
  test(`${engine}: a private address is reached only if the operator says so`, async (t) => {
    const house = await openHouse(engine, { privateStores: false })
    t.after(() => house.close())
    const { admin } = await house.tenant()
    for (const url of [
      ...[await smallVault(), 'https://127.0.0.1', 'https://169.254.169.254', 'https://[::1]:8200'],
      ...['https://localhost', 'https://user:pass@vault.example.com', 'vault.example.com'],
    ]) {
      const { text } = (await admin.post(`${own}/stores`, vault(url))).expect(424)
      assert.match(text, /"store_failed","message":"the store did not do it: the URL of the store/)
    }
    assert.deepEqual((await admin.get(`${own}/stores`)).expect(200).list('data'), [])
  })
}

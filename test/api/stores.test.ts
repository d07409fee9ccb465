import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse, ENGINES, onEachEngine, type Tenant } from '#test/support/house.ts'
import { plantInSmallVault, smallVault } from '#test/support/small-vault.ts'

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

  // Bug class 22.
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

  // Bug class 70.
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

  // Bug classes 17, 71.
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
      ['GET', `stores/${id}/import?group=personal`],
      ['POST', `stores/${id}/import`, { group: 'personal', path: 'a', name: 'A' }],
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

  test('a store that secrets are in stays where it is, by whatever API it is set up', async () => {
    const tenant = await house().tenant()
    const { admin } = tenant
    await add(tenant)
    const url = `${await smallVault()}/elsewhere`
    const made = await admin.post(`${own}/groups/secrets/secrets`, { name: 'k', value: 'v' })
    const secret = made.expect(200).str('id')
    const move = async (store: string) =>
      (await admin.post(`${own}/secrets/${secret}/move`, { store })).expect(200)
    await move('ours')
    const body = { config: { url }, credential: CREDENTIAL }
    const refused = await admin.send('PUT', `${own}/stores/ours`, { body })
    assert.match(refused.expect(409).text, /"in_use".*move them to another store first/)
    const integration = {
      ...{ type: 'integration/secret-store/hashicorp/vault', name: 'ours', vault_url: url },
      auth_data: { type: 'token', ...CREDENTIAL },
    }
    const manifest = {
      ...{ type: 'provider-account/hashicorp', name: 'strongroom' },
      integrations: [integration],
    }
    const applied = await admin.send('PUT', '/api/svc/v1/apply', { body: { manifest } })
    assert.match(applied.expect(409).text, /move them to another store first/)
    // A credential that is new, and a prefix, are no other place.
    const same = { config: { url: await smallVault(), prefix: 'p' }, credential: CREDENTIAL }
    ;(await admin.send('PUT', `${own}/stores/ours`, { body: same })).expect(200)
    await move('embedded')
    // What goes from it is on its way for a moment.
    const end = performance.now() + 20_000
    let last = await admin.send('PUT', `${own}/stores/ours`, { body })
    while (last.status === 409 && performance.now() < end) {
      last = await admin.send('PUT', `${own}/stores/ours`, { body })
    }
    assert.deepEqual(last.expect(200).json['config'], { url })
  })

  test('values of a group that is open to all are moved by admins only, one`s own by oneself', async () => {
    const tenant = await house().tenant()
    const { admin } = tenant
    await add(tenant)
    const body = { email: 'mover@example.com', role: 'member' }
    const member = admin.as((await admin.post(`${own}/users`, body)).expect(200).str('token'))
    ;(await member.post(`${own}/groups`, { name: 'open' })).expect(200)
    const put = (api: typeof admin, group: string) =>
      api.send('PUT', `${own}/groups/${group}/store`, { body: { store: 'ours' } })
    for (const group of ['open', 'secrets', 'credentials']) {
      const secret = { name: 'k', value: 'v' }
      const made = (await member.post(`${own}/groups/${group}/secrets`, secret)).expect(200)
      const path = `${own}/secrets/${made.str('id')}/move`
      const refused = (await member.post(path, { store: 'ours' })).expect(403)
      assert.match(refused.text, /this needs the role admin/)
      ;(await put(member, group)).expect(403)
      ;(await put(admin, group)).expect(200)
      ;(await admin.post(path, { store: 'ours' })).expect(200)
    }
    ;(await put(member, 'personal')).expect(200)
    const own_ = await member.post(`${own}/groups/personal/secrets`, { name: 'K', value: 'v' })
    const path = `${own}/secrets/${own_.expect(200).str('id')}/move`
    ;(await member.post(path, { store: 'embedded' })).expect(200)
  })

  test('what no Strongroom put into a store is imported as secrets of a group, after a plan', async () => {
    const tenant = await house().tenant()
    const { admin } = tenant
    const mark = tenant.id.slice(-12)
    const store = (await add(tenant)).str('id')
    const root = `import/${mark}`
    await plantInSmallVault(`${root}/db-password`, { any: 'first' })
    await plantInSmallVault(`${root}/app/Key`, { user: 'u', password: 'p' })
    await plantInSmallVault(`${root}/clash.1`, { any: 'one' })
    await plantInSmallVault(`${root}/clash_1`, { any: 'two' })
    await plantInSmallVault(`${root}/é`, { any: 'nameless' })
    await plantInSmallVault(`${root}/taken`, { any: 'theirs' })
    await plantInSmallVault(`${root}/empty`, { any: '' })
    const at = `${own}/stores/ours/import`
    ;(await admin.post(`${own}/groups/secrets/secrets`, { name: 'taken', value: 'v' })).expect(200)
    const query = `group=secrets&prefix=${encodeURIComponent(`${root}/`)}`
    const plan = (await admin.get(`${at}?${query}`)).expect(200)
    const told = plan
      .list('data')
      .map(({ path, name, change }) => [String(path).slice(root.length + 1), ...[name, change]])
    assert.deepEqual(told.toSorted(), [
      ['app/Key', 'app-key', 'new'],
      ['clash.1', 'clash-1', 'clash'],
      ['clash_1', 'clash-1', 'clash'],
      ['db-password', 'db-password', 'new'],
      ['empty', 'empty', 'new'],
      ['taken', 'taken', 'taken'],
      ['é', null, 'unnamed'],
    ])
    await house().record.entries()
    const bring = (name: string, path: string, group = 'secrets') =>
      admin.post(at, { group, path: `${root}/${path}`, name })
    const made = (await bring('db-password', 'db-password')).expect(200)
    const entries = await house().record.entries()
    assert.deepEqual(
      entries.map(({ action, target, id, name }) => [action, target, id, name]),
      [
        ['store.import', 'store', store, `${root}/db-password`],
        ['store.import', 'secret', made.str('id'), 'db-password'],
      ],
    )
    const valueOf = async (id: string) =>
      (await admin.get(`${own}/secrets/${id}/value`)).expect(200).str('value')
    assert.equal(await valueOf(made.str('id')), 'first')
    const both = (await bring('app-key', 'app/Key')).expect(200)
    assert.equal(await valueOf(both.str('id')), '{"user":"u","password":"p"}')
    ;(await bring('taken', 'taken')).expect(409)
    ;(await bring('Not-A-Name', 'taken')).expect(422)
    assert.match((await bring('empty', 'empty')).expect(424).text, /cannot be kept here: 0 bytes/)
    ;(await bring('none', 'none')).expect(404)
    // It is still there as it was, and none of the plan twice.
    const again = (await admin.get(`${at}?${query}`)).expect(200).list('data')
    assert.deepEqual(
      again.filter(({ change }) => change === 'taken').map(({ name }) => name),
      ['app-key', 'db-password', 'taken'],
    )
    // What a Strongroom put there is none of them, and is not given out.
    const ours = (await admin.post(`${own}/groups`, { name: 'apps', store: 'ours' })).expect(200)
    const kept = { name: 'kept', value: 'v' }
    const secret = await admin.post(`${own}/groups/${ours.str('id')}/secrets`, kept)
    const path = secret.expect(200).str('path')
    const { admin: stranger, ...strange } = await house().tenant()
    await add({ admin: stranger, ...strange })
    for (const api of [admin, stranger]) {
      const seen = await api.get(`${at}?group=secrets&prefix=strongroom/`)
      assert.ok(!seen.expect(200).text.includes(path))
      const refused = (await api.post(at, { group: 'secrets', path, name: 'stolen' })).expect(409)
      assert.match(refused.text, /belongs to a Strongroom/)
    }
    const imported = (await bring('IN.STORE', 'db-password', 'apps')).expect(200)
    assert.equal(imported.str('store'), store)
    assert.equal(await valueOf(imported.str('id')), 'first')
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
  // Bug class 67.
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

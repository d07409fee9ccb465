import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { Api } from '#test/support/api.ts'
import { failingStart } from '#test/support/failing-start.ts'
import { openHouse } from '#test/support/house.ts'
import { startFaultProxy } from '#test/support/fault-proxy.ts'
import { plantInSmallVault, smallVault } from '#test/support/small-vault.ts'

const own = '/strongroom/v1'

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'strongroom-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

const described = async (more: object = {}) => ({
  ...{ name: 'ours', kind: 'vault', config: { url: await smallVault() } },
  ...{ credential: { token: 'canary-of-a-credential' } },
  ...more,
})

async function fileOf(t: TestContext, text: string): Promise<string> {
  const file = join(await folderOf(t), 'store.json')
  await writeFile(file, text, { mode: 0o600 })
  return file
}

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  test(`${engine}: all that is made in a new account is in the account store`, async (t) => {
    const file = await fileOf(t, JSON.stringify(await described()))
    const house = await openHouse(engine, { args: ['--account-store', file] })
    t.after(() => house.close())
    const tenant = await house.tenant()
    for (const admin of [house.operator, tenant.admin]) {
      const [store] = (await admin.get(`${own}/stores`)).expect(200).list('data')
      assert.deepEqual([store?.['name'], store?.['default']], ['ours', true])
      const user = { email: 'a@example.com', role: 'member' }
      const other = admin.as((await admin.post(`${own}/users`, user)).expect(200).str('token'))
      const red = (await admin.post(`${own}/teams`, { name: 'red' })).expect(200)
      const team = { kind: 'team', id: red.str('id') }
      ;(await admin.post(`${own}/groups`, { name: 'named' })).expect(200)
      const groups = [
        [admin, 'secrets', 'a'],
        [admin, 'credentials', 'a'],
        [admin, 'personal', 'A'],
        [admin, 'named', 'A'],
        [other, 'personal', 'A'],
      ] as const
      for (const [api, group, name] of groups) {
        const made = await api.post(`${own}/groups/${group}/secrets`, { name, value: 'a value' })
        assert.match(made.expect(200).str('path'), /^strongroom\//)
        const read = await api.get(`${own}/secrets/${made.str('id')}/value`)
        assert.equal(read.expect(200).str('value'), 'a value')
      }
      const all = (await admin.get(`${own}/groups?limit=100`)).expect(200).list('data')
      assert.ok(all.some(({ kind, owner }) => kind === 'team' && isDeepStrictEqual(owner, team)))
      for (const group of all) assert.equal(group['store'], store?.['id'], JSON.stringify(group))
    }
  })
}

test('what the operator lent a credential for is imported by the operator only', async (t) => {
  const file = await fileOf(t, JSON.stringify(await described()))
  const house = await openHouse('SQLite', { args: ['--account-store', file] })
  t.after(() => house.close())
  const { admin } = await house.tenant()
  await plantInSmallVault('lent/to/nobody', { any: 'the operator`s' })
  const plan = `${own}/stores/ours/import?group=secrets&prefix=lent/`
  const said = { group: 'secrets', path: 'lent/to/nobody', name: 'stolen' }
  const refused = async () => {
    assert.match((await admin.get(plan)).expect(403).text, /lent by the operator/)
    ;(await admin.post(`${own}/stores/ours/import`, said)).expect(403)
  }
  await refused()
  const url = await smallVault()
  const set = (body: object) => admin.send('PUT', `${own}/stores/ours`, { body })
  const changed = (await set({ config: { url, prefix: 'other' } })).expect(200)
  assert.deepEqual(changed.json['config'], { url, prefix: 'other' })
  await refused()
  ;(await house.operator.get(plan)).expect(200)
  ;(await house.operator.post(`${own}/stores/ours/import`, said)).expect(200)
  ;(await set({ config: { url }, credential: { token: 'of-its-own' } })).expect(200)
  ;(await admin.get(plan)).expect(200)
})

// Bug class 17.
test('a plan with a lent credential shows nothing beside what is the account’s own', async (t) => {
  const file = await fileOf(t, JSON.stringify(await described()))
  const house = await openHouse('SQLite', { args: ['--account-store', file] })
  t.after(() => house.close())
  const { admin, id } = await house.tenant()
  const url = await smallVault()
  const inside = `strongroom/${id}/theirs`
  const outside = ['strongroom/payroll', 'elsewhere/ledger', `elsewhere/x${id}`]
  for (const path of [inside, ...outside]) await plantInSmallVault(path, { any: 'x' })
  const foreignTo = async (api: Api) =>
    (await api.get(`${own}/stores/ours/plan`)).expect(200).json['foreign'] as readonly string[]
  const under = (prefix: string) => outside.filter((path) => path.startsWith(`${prefix}/`))
  const set = async (api: Api, body: object) =>
    (await api.send('PUT', `${own}/stores/ours`, { body })).expect(200)
  assert.deepEqual(await foreignTo(admin), [inside])
  // Other tests' vaults keep theirs there too.
  const all = await foreignTo(house.operator)
  for (const path of [inside, ...under('strongroom')]) assert.ok(all.includes(path), path)
  const config = { url, prefix: 'elsewhere' }
  await set(admin, { config })
  assert.deepEqual(await foreignTo(admin), [])
  // With a credential of its own an account sees what that one shows.
  await set(admin, { config, credential: { token: 'of-its-own' } })
  assert.deepEqual(await foreignTo(admin), under('elsewhere').toSorted())
})

test('tokens that can be shown again are kept in the vault, whatever store an account has', async (t) => {
  const proxy = await startFaultProxy(await smallVault())
  t.after(() => proxy.stop())
  const said = await described({ config: { url: proxy.url } })
  const house = await openHouse('SQLite', {
    args: ['--account-store', await fileOf(t, JSON.stringify(said))],
  })
  t.after(() => house.close())
  const { admin } = await house.tenant()
  const svc = '/api/svc/v1'
  proxy.trouble(() => ({ kind: 'lost' }))
  const personal = async () => (await admin.get(`${svc}/personal-access-tokens/mine`)).expect(200)
  const first = (await personal()).str('token')
  const manifest = { type: 'virtual-account', name: 'robot' }
  const made = await admin.send('PUT', `${svc}/virtual-accounts`, { body: { manifest } })
  const { id } = made.expect(200).json['data'] as { id: string }
  const shown = async () => (await admin.get(`${svc}/virtual-accounts/${id}/token`)).expect(200)
  assert.match((await shown()).text, /tfy_/)
  assert.equal((await personal()).str('token'), first)
  assert.equal(proxy.struck(), 0, 'the store was not asked')
  const secret = { name: 'a', value: 'v' }
  ;(await admin.post(`${own}/groups/secrets/secrets`, secret)).expect(503)
  assert.notEqual(proxy.struck(), 0, 'the control: any other value is kept there')
})

test('a server with an account store that does not work does not start', async (t) => {
  const good = await described()
  const url = 'http://127.0.0.1:9'
  const cases: readonly (readonly [said: string, told: RegExp, args?: readonly string[]])[] = [
    ['{', /is not JSON/],
    ['[]', /must be of the type/],
    [JSON.stringify({ ...good, kind: 'embedded' }), /kind must be one of/],
    [JSON.stringify({ ...good, name: 'embedded' }), /name is a reserved name/],
    [JSON.stringify({ ...good, config: { url, elsewhere: 'x' } }), /config/],
    [JSON.stringify({ ...good, config: { url } }), /store ours \(vault\) did not/],
    [JSON.stringify(good), /does not begin with https/, []],
  ]
  for (const [said, told, args = ['--private-stores']] of cases) {
    const file = await fileOf(t, said)
    const data = join(await folderOf(t), 'data')
    const failed = await failingStart(['--data', data, '--account-store', file, ...args])
    assert.deepEqual([failed.code, failed.output], [2, ''], said)
    assert.match(failed.told, told)
    assert.ok(!failed.told.includes('canary'), failed.told)
  }
})

test('a file of the account store that everybody can read is refused', async (t) => {
  const file = await fileOf(t, JSON.stringify(await described()))
  await chmod(file, 0o644)
  const data = join(await folderOf(t), 'data')
  const args = ['--data', data, '--private-stores', '--account-store', file]
  const failed = await failingStart(args)
  assert.equal(failed.code, 2)
  assert.match(failed.told, /chmod 600/)
})

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { Api } from '#test/support/api.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { teamGroup } from '#test/support/settlers.ts'
import { quickPostgres } from '#test/support/house.ts'
import { startServer } from '#test/support/server.ts'

const own = '/strongroom/v1'
const TRIALS = 100

/** Two servers on one database, with one key file; what one was told, the other must know. */
async function pair(
  t: TestContext,
): Promise<{ readonly estate: Estate; readonly on: (token: string) => Api }> {
  const folder = await ownDirectory()
  const database = await (await quickPostgres()).newDatabase()
  const key = join(folder, 'root.key')
  const start = async (name: string) => {
    const dataDir = join(folder, name)
    const server = await startServer({
      dataDir,
      database,
      args: ['--key', key, '--private-stores'],
    })
    t.after(() => server.kill())
    return server
  }
  const first = await start('first')
  const second = await start('second')
  const admin = new Api(first.url, first.token)
  const estate = await settle({ id: first.accountId, name: 'main', admin })
  return { estate, on: (token) => new Api(second.url, token) }
}

// Bug class 20.
test('what one server took away, the next request to the other is refused', async (t) => {
  const { estate, on } = await pair(t)
  const { admin, secret, team, user, userToken, teamSecret } = estate
  const away = on(userToken)
  const path = `${own}/secrets/${teamSecret}/value`
  for (let n = 0; n < TRIALS; n++) {
    ;(await away.get(path)).expect(200)
    ;(await admin.delete(`${own}/teams/${team}/members/${user}`)).expect(200)
    ;(await away.get(path)).expect(404)
    ;(await admin.post(`${own}/teams/${team}/members`, { member: user })).expect(200)
  }
  for (let n = 0; n < TRIALS; n++) {
    const made = (await admin.post(`${own}/tokens`, { name: 'n' })).expect(200)
    const api = on(made.str('token'))
    ;(await api.get(`${own}/secrets/${secret}/value`)).expect(200)
    ;(await admin.delete(`${own}/tokens/${made.str('id')}`)).expect(200)
    ;(await api.get(`${own}/secrets/${secret}/value`)).expect(401)
  }
})

test('a value that one server changed is the value that the other reads', async (t) => {
  const { estate, on } = await pair(t)
  const { admin, secret, secretName } = estate
  const other = on(admin.token ?? '')
  const paths = [
    `${own}/secrets/${secret}/value`,
    `${own}/groups/secrets/secrets/${secretName}/value`,
  ]
  for (let n = 0; n < TRIALS; n++) {
    for (const path of paths) (await other.get(path)).expect(200)
    ;(await admin.patch(`${own}/secrets/${secret}`, { value: `at ${n}` })).expect(200)
    for (const path of paths) {
      assert.equal((await other.get(path)).expect(200).str('value'), `at ${n}`)
    }
    const list = (await other.get(`${own}/secrets/${secret}/versions?limit=1`)).expect(200)
    assert.deepEqual(
      list.list('data').map(({ current }) => current),
      [true],
    )
  }
})

test('a change that expects what the other server made is done', async (t) => {
  const { estate, on } = await pair(t)
  const { admin, secret } = estate
  const other = on(admin.token ?? '')
  const path = `${own}/secrets/${secret}`
  ;(await other.get(path)).expect(200)
  const changed = (await admin.patch(path, { value: 'new' })).expect(200)
  const expect = changed.num('version')
  const patched = await other.patch(path, { value: 'newer', expect_version: expect })
  assert.equal(patched.expect(200).num('version'), expect + 1)
  // And what the other server has made a matter of the past can be deleted.
  ;(await admin.get(path)).expect(200)
  ;(await other.post(`${path}/versions/1/activate`)).expect(200)
  ;(await admin.delete(`${path}/versions/${expect}`)).expect(200)
})

test('a secret that one server renamed, deleted or made anew is the same on the other', async (t) => {
  const { estate, on } = await pair(t)
  const { admin } = estate
  const other = on(admin.token ?? '')
  const at = (name: string) => `${own}/groups/credentials/secrets/${name}/value`
  const make = async (name: string, payload: string) => {
    const body = { type: 'key', name, payload }
    return (await admin.post('/v5/credentials', body)).expect(200).str('id')
  }
  const id = await make('a', 'first')
  ;(await other.get(at('a'))).expect(200)
  ;(await admin.patch(`/v5/credentials/${id}`, { name: 'b' })).expect(200)
  ;(await other.get(at('a'))).expect(404)
  assert.equal((await other.get(at('b'))).expect(200).str('value'), 'first')
  const second = await make('a', 'second')
  assert.equal((await other.get(at('a'))).expect(200).str('value'), 'second')
  ;(await admin.delete(`/v5/credentials/${second}`)).expect(200)
  ;(await other.get(at('a'))).expect(404)
  ;(await other.get(`${own}/secrets/${second}`)).expect(404)
  await make('a', 'third')
  assert.equal((await other.get(at('a'))).expect(200).str('value'), 'third')
  ;(await other.post('/v5/credentials', { type: 'key', name: 'a', payload: 'p' })).expect(409)
})

test('a group or a team that one server removed is gone on the other, and takes nothing in', async (t) => {
  const { estate, on } = await pair(t)
  const { admin, emptyGroup, emptyGroupName, emptyTeam } = estate
  const other = on(admin.token ?? '')
  const group = await teamGroup(admin, emptyTeam)
  for (const path of [emptyGroup, emptyGroupName, group]) {
    ;(await other.get(`${own}/groups/${path}`)).expect(200)
  }
  ;(await admin.delete(`${own}/groups/${emptyGroup}`)).expect(200)
  ;(await admin.delete(`${own}/teams/${emptyTeam}`)).expect(200)
  for (const path of [emptyGroup, emptyGroupName, group]) {
    ;(await other.post(`${own}/groups/${path}/secrets`, { name: 'K', value: 'v' })).expect(404)
    ;(await other.get(`${own}/groups/${path}`)).expect(404)
    ;(await other.get(`${own}/groups/${path}/values`)).expect(404)
  }
})

test('a link that one server took away is gone on the other', async (t) => {
  const { estate, on } = await pair(t)
  const { admin, group, linked, userToken } = estate
  const member = on(userToken)
  ;(await member.get(`${own}/secrets/${linked}/value`)).expect(200)
  ;(await admin.delete(`${own}/groups/${group}/links/${linked}`)).expect(200)
  ;(await member.get(`${own}/secrets/${linked}/value`)).expect(404)
})

test('a root key that one server rotated opens everything on the other', async (t) => {
  const { estate, on } = await pair(t)
  const { admin, secret, credential } = estate
  const other = on(admin.token ?? '')
  ;(await admin.post(`${own}/keys/rotate`)).expect(200)
  ;(await other.get(`${own}/secrets/${secret}/value`)).expect(200)
  ;(await other.post(`/v5/credentials/${credential}/secret`)).expect(200)
  const made = (await other.post(`${own}/accounts`, { name: 'after' })).expect(200)
  ;(await on(made.str('token')).post('/v5/sgp/secrets', { key: 'k', value: 'v' })).expect(200)
  ;(await other.post(`${own}/keys/rotate`)).expect(200)
  ;(await admin.get(`${own}/secrets/${secret}/value`)).expect(200)
})

test('both servers write one record, without gap and without an entry twice', async (t) => {
  const { estate, on } = await pair(t)
  const { admin, secret } = estate
  const other = on(admin.token ?? '')
  const reads = Array.from({ length: 40 }, (_, n) =>
    (n % 2 === 0 ? admin : other).get(`${own}/secrets/${secret}/value`),
  )
  for (const answer of await Promise.all(reads)) answer.expect(200)
  for (const api of [admin, other]) {
    const entries = (await api.get(`${own}/audit?limit=1000&target=${secret}`)).expect(200)
    const read = entries.list('data').filter(({ action }) => action === 'secret.read')
    const seqs = read.map(({ seq }) => Number(seq)).toReversed()
    const first = seqs[0] ?? 0
    assert.deepEqual(
      seqs,
      Array.from({ length: 40 }, (_, n) => first + n),
    )
  }
})

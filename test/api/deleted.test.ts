import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import postgres from 'postgres'
import { Api } from '#test/support/api.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { ENGINES, onEachEngine, openHouse, quickPostgres } from '#test/support/house.ts'
import { startServer } from '#test/support/server.ts'

const own = '/strongroom/v1'
const gone = `${own}/deleted-secrets`
const DAY_MS = 86_400_000

const put = async (api: Api, group: string, name: string, value: string): Promise<string> =>
  (await api.post(`${own}/groups/${group}/secrets`, { name, value })).expect(200).str('id')

const valueOf = async (api: Api, id: string): Promise<string> =>
  (await api.get(`${own}/secrets/${id}/value`)).expect(200).str('value')

const deletedIds = async (api: Api): Promise<readonly unknown[]> =>
  (await api.get(gone))
    .expect(200)
    .list('data')
    .map(({ id }) => id)

onEachEngine((house) => {
  // Bug class 16.
  test('what another API deleted is gone everywhere, its name is free, and it can be brought back', async () => {
    const { admin } = await house().tenant()
    const said = { key: 'db', value: 'one' }
    const id = (await admin.post('/v5/sgp/secrets', said)).expect(200).str('id')
    ;(await admin.patch(`/v5/sgp/secrets/${id}`, { value: 'two' })).expect(200)
    ;(await admin.post(`${own}/groups/credentials/links`, { secret: id })).expect(200)
    ;(await admin.delete(`/v5/sgp/secrets/${id}`)).expect(204)
    for (const path of [`secrets/${id}`, `secrets/${id}/value`, 'groups/credentials/secrets/db']) {
      ;(await admin.get(`${own}/${path}`)).expect(404)
    }
    const second = (await admin.post('/v5/sgp/secrets', said)).expect(200).str('id')
    ;(await admin.post(`${gone}/${id}/undelete`, {})).expect(409)
    const back = (await admin.post(`${gone}/${id}/undelete`, { name: 'db-old' })).expect(200)
    assert.equal(back.str('id'), id)
    assert.deepEqual([back.num('version'), back.num('latest_version')], [2, 2])
    assert.equal(await valueOf(admin, id), 'two')
    const first = await admin.get(`${own}/secrets/${id}/value?version=1`)
    assert.equal(first.expect(200).str('value'), 'one')
    assert.equal((await admin.get(`/v5/sgp/secrets/${id}`)).expect(200).str('key'), 'db-old')
    ;(await admin.get(`${own}/groups/credentials/secrets/db`)).expect(404)
    assert.equal((await admin.get('/v5/sgp/secrets')).expect(200).num('total'), 2)
    assert.equal(await valueOf(admin, second), 'one')
    assert.deepEqual(await deletedIds(admin), [])
  })

  test('a deletion says until when it can be undone, and the list says the same', async () => {
    const { admin } = await house().tenant()
    const id = await put(admin, 'secrets', 'a', 'v')
    const before = Date.now()
    const end = Date.parse((await admin.delete(`${own}/secrets/${id}`)).expect(200).str('wipe_at'))
    assert.ok(end >= before + 7 * DAY_MS && end <= Date.now() + 7 * DAY_MS)
    const items = (await admin.get(gone)).expect(200).list('data')
    const moment = (text: unknown) => Date.parse(String(text))
    assert.deepEqual(
      items.map((item) => [item['name'], moment(item['wipe_at']), moment(item['deleted_at'])]),
      [['a', end, end - 7 * DAY_MS]],
    )
  })

  // Bug class 16.
  test('a purged secret has no value any more, and nothing brings it back', async () => {
    const { admin } = await house().tenant()
    const id = await put(admin, 'secrets', 'a', 'v')
    ;(await admin.delete(`${gone}/${id}`)).expect(404)
    ;(await admin.delete(`${own}/secrets/${id}`)).expect(200)
    ;(await admin.delete(`${gone}/${id}`)).expect(200)
    ;(await admin.delete(`${gone}/${id}`)).expect(404)
    ;(await admin.post(`${gone}/${id}/undelete`, {})).expect(404)
    assert.deepEqual(await deletedIds(admin), [])
    const story = (await admin.get(`${own}/audit?target=${id}`)).expect(200).list('data')
    assert.deepEqual(
      story.filter(({ outcome }) => outcome === 'allowed').map(({ action }) => action),
      ['secret.purge', 'secret.delete', 'secret.create'],
    )
  })

  test('what went with its group comes back into another', async () => {
    const { admin } = await house().tenant()
    const group = (await admin.post(`${own}/groups`, { name: 'g' })).expect(200).str('id')
    const id = await put(admin, 'g', 'a', 'v')
    ;(await admin.delete(`${own}/groups/g`)).expect(409)
    ;(await admin.delete(`${own}/secrets/${id}`)).expect(200)
    ;(await admin.delete(`${own}/groups/g`)).expect(200)
    ;(await admin.post(`${own}/groups`, { name: 'g' })).expect(200)
    ;(await admin.post(`${gone}/${id}/undelete`, {})).expect(404)
    ;(await admin.post(`${gone}/${id}/undelete`, { group })).expect(404)
    const misfit = await admin.post(`${gone}/${id}/undelete`, { group: 'personal' })
    misfit.expect(422)
    const back = await admin.post(`${gone}/${id}/undelete`, { group: 'personal', name: 'A' })
    back.expect(200)
    assert.equal(await valueOf(admin, id), 'v')
  })

  test('who may not see the group sees nothing of what was deleted in it', async () => {
    const { admin } = await house().tenant()
    const { admin: stranger } = await house().tenant()
    const user = { email: 'm@example.com', role: 'member' }
    const member = admin.as((await admin.post(`${own}/users`, user)).expect(200).str('token'))
    const id = await put(admin, 'personal', 'A', 'v')
    ;(await admin.delete(`${own}/secrets/${id}`)).expect(200)
    for (const api of [member, stranger]) {
      assert.deepEqual(await deletedIds(api), [])
      ;(await api.post(`${gone}/${id}/undelete`, {})).expect(404)
      ;(await api.delete(`${gone}/${id}`)).expect(404)
    }
    assert.deepEqual(await deletedIds(admin), [id])
  })

  test('of many that bring one secret back or wipe it, one does', async () => {
    const { admin } = await house().tenant()
    const id = await put(admin, 'secrets', 'a', 'v')
    ;(await admin.delete(`${own}/secrets/${id}`)).expect(200)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        n % 2 === 0 ? admin.post(`${gone}/${id}/undelete`, {}) : admin.delete(`${gone}/${id}`),
      ),
    )
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    assert.ok(answers.every(({ status }) => status === 200 || status === 404))
  })

  test('a link that is made while its secret is deleted is not left behind', async () => {
    const { admin } = await house().tenant()
    for (let n = 0; n < 20; n++) {
      const id = await put(admin, 'secrets', `s${n}`, 'v')
      const [link, remove] = await Promise.all([
        admin.post(`${own}/groups/credentials/links`, { secret: id }),
        admin.delete(`${own}/secrets/${id}`),
      ])
      remove.expect(200)
      assert.ok(link.status === 200 || link.status === 404, link.text)
    }
    const group = (await admin.get(`${own}/groups/credentials`)).expect(200)
    assert.equal(group.num('size'), 0)
  })
})

for (const engine of ENGINES) {
  describe(engine, () => {
    test('without a retention what is deleted is wiped at once', async () => {
      const house = await openHouse(engine, { args: ['--retention', '0'] })
      try {
        const { admin } = await house.tenant()
        const id = await put(admin, 'secrets', 'a', 'v')
        const removed = (await admin.delete(`${own}/secrets/${id}`)).expect(200)
        assert.deepEqual(removed.json, { id, wipe_at: null })
        assert.deepEqual(await deletedIds(admin), [])
        ;(await admin.post(`${gone}/${id}/undelete`, {})).expect(404)
      } finally {
        await house.close()
      }
    })

    test('what is past its time is wiped by the server itself, on the record', async (t) => {
      const dataDir = join(await ownDirectory(), 'data')
      const url = engine === 'SQLite' ? null : await (await quickPostgres()).newDatabase()
      const where = url === null ? { dataDir } : { dataDir, database: url }
      const server = await startServer(where)
      const admin = new Api(server.url, server.token)
      const [id, other] = [
        await put(admin, 'secrets', 'a', 'v'),
        await put(admin, 'secrets', 'b', 'v'),
      ]
      for (const one of [id, other]) (await admin.delete(`${own}/secrets/${one}`)).expect(200)
      await server.stop()
      await execute(dataDir, url, `UPDATE secret SET wipe_at = 1 WHERE id = '${id}'`)
      const again = await startServer({ ...where, token: server.token })
      t.after(() => again.kill())
      const later = new Api(again.url, server.token)
      let story = await later.get(`${own}/audit?target=${id}`)
      for (let n = 0; n < 500 && !story.text.includes('secret.wipe'); n++) {
        story = await later.get(`${own}/audit?target=${id}`)
      }
      const [newest] = story.expect(200).list('data')
      assert.deepEqual([newest?.['action'], newest?.['api']], ['secret.wipe', 'server'])
      assert.equal(newest?.['subject'], undefined)
      assert.deepEqual(await deletedIds(later), [other])
      await again.stop()
      const left = await execute(
        dataDir,
        url,
        'SELECT secret_id FROM version WHERE sealed IS NOT NULL',
      )
      assert.deepEqual(left, [{ secret_id: other }])
    })
  })
}

/** One statement, in the database of a server that is stopped. */
async function execute(dataDir: string, url: string | null, sql: string): Promise<unknown[]> {
  if (url === null) {
    const db = new DatabaseSync(join(dataDir, 'strongroom.db'))
    const rows = db.prepare(sql).all()
    db.close()
    return rows.map((row) => ({ ...row }))
  }
  const client = postgres(url, { max: 1 })
  const rows = await client.unsafe(sql)
  await client.end()
  return JSON.parse(JSON.stringify(rows)) as unknown[]
}

import assert from 'node:assert/strict'
import { rename, stat, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { Api } from '#test/support/api.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { failingStart } from '#test/support/failing-start.ts'
import { ENGINES, quickPostgres, type Engine } from '#test/support/house.ts'
import { startServer, type RunningServer } from '#test/support/server.ts'

const own = '/strongroom/v1'
const FINGERPRINT = /[0-9a-f]{4}(?:-[0-9a-f]{4}){3}/g

/** A place that outlives the servers in it. */
interface Site {
  readonly dataDir: string
  readonly args: readonly string[]
  readonly start: (args?: readonly string[]) => Promise<RunningServer>
}

async function site(t: TestContext, engine: Engine): Promise<Site> {
  const dataDir = join(await ownDirectory(), 'data')
  const database = engine === 'SQLite' ? null : await (await quickPostgres()).newDatabase()
  const where = database === null ? {} : { database }
  return {
    dataDir,
    args: ['--data', dataDir, ...(database === null ? [] : ['--database', database])],
    async start(args = []) {
      const server = await startServer({ dataDir, ...where, args: [...args, '--private-stores'] })
      t.after(() => server.kill())
      return server
    },
  }
}

/** Where an admin reads everything of its account, values and all. */
const everything = ({ group, secret, teamSecret, team, inGroup }: Estate): readonly string[] => [
  ...['/v5/sgp/secrets', '/v5/credentials', `${own}/secrets`, `${own}/groups`, `${own}/users`],
  ...[`${own}/teams`, `${own}/tokens`, `${own}/service-accounts`, `${own}/audit?target=${inGroup}`],
  ...['secrets', 'credentials', 'personal', group].map((of) => `${own}/groups/${of}/values`),
  `${own}/secrets/${secret}/versions`,
  `${own}/secrets/${secret}/value?version=1`,
  `${own}/secrets/${teamSecret}/value`,
  `${own}/teams/${team}/members`,
]

const operatorOf = ({ url, token }: RunningServer): Api => new Api(url, token)

const first = (server: RunningServer) =>
  settle({ id: server.accountId, name: 'main', admin: operatorOf(server) })

for (const engine of ENGINES) {
  describe(engine, () => {
    for (const end of ['stop', 'kill'] as const) {
      test(`after a ${end} everything is there on the next start, and nobody does a thing`, async (t) => {
        const { start } = await site(t, engine)
        const before = await start()
        const estate = await first(before)
        const seen = new Map<string, string>()
        for (const path of everything(estate)) {
          seen.set(path, (await estate.admin.get(path)).expect(200).text)
        }
        await before[end]()
        const after = await start()
        assert.equal(after.token, '', 'a second start shows a token')
        assert.equal(after.accountId, before.accountId)
        const api = new Api(after.url, estate.admin.token)
        for (const [path, text] of seen) {
          // What was read before is on the record now; nothing else of it may differ.
          const { text: again } = (await api.get(path)).expect(200)
          const [then, now] = [text, again].map((page) => page.slice(page.indexOf('{"seq":')))
          if (path.includes('/audit')) assert.ok(now?.endsWith(then ?? ''), 'the record differs')
          else assert.equal(again, text, path)
        }
        ;(await api.as(estate.userToken).get(`${own}/secrets/${estate.teamSecret}/value`)).expect(
          200,
        )
        ;(await api.post('/v5/sgp/secrets', { key: 'new', value: 'v' })).expect(200)
      })
    }

    // Bug classes 37, 97.
    test('what was revoked stays revoked', async (t) => {
      const { start } = await site(t, engine)
      const before = await start()
      const { admin, token, user, userToken } = await first(before)
      const made = (await admin.post(`${own}/tokens`, { name: 'n' })).expect(200)
      for (const id of [token, made.str('id')])
        (await admin.delete(`${own}/tokens/${id}`)).expect(200)
      ;(await admin.delete(`${own}/users/${user}`)).expect(200)
      await before.kill()
      const after = new Api((await start()).url, null)
      for (const dead of [made.str('token'), userToken]) {
        ;(await after.as(dead).get(`${own}/whoami`)).expect(401)
      }
    })

    test('with another key file it does not start, and names both root keys', async (t) => {
      const { args, dataDir, start } = await site(t, engine)
      const server = await start()
      const rotated = (await operatorOf(server).post(`${own}/keys/rewrap`)).expect(200)
      await server.stop()
      const other = await site(t, 'SQLite')
      await (await other.start()).stop()
      await rename(`${dataDir}.key`, `${dataDir}.key.kept`)
      await rename(`${other.dataDir}.key`, `${dataDir}.key`)
      const { code, told, output } = await failingStart(args)
      assert.deepEqual([code, output], [1, ''])
      const named = new Set(told.match(FINGERPRINT))
      assert.equal(named.size, 2, told)
      assert.ok(named.has(rotated.str('fingerprint')), told)
      await rename(`${dataDir}.key.kept`, `${dataDir}.key`)
      await start()
    })

    test('without its key file it does not start, makes none, and says which it needs and where', async (t) => {
      const { args, dataDir, start } = await site(t, engine)
      const server = await start()
      const { admin } = await first(server)
      const needed = (await admin.post(`${own}/keys/rewrap`)).expect(200).str('fingerprint')
      await server.stop()
      await rename(`${dataDir}.key`, `${dataDir}.elsewhere`)
      const { code, told, output } = await failingStart(args)
      assert.deepEqual([code, output], [1, ''])
      assert.ok(told.includes(needed) && told.includes(`${dataDir}.key`), told)
      assert.ok(!(await readdir(dirname(dataDir))).includes('data.key'), 'a key file was made')
      const again = await start(['--key', `${dataDir}.elsewhere`])
      ;(await new Api(again.url, admin.token).get(`${own}/whoami`)).expect(200)
    })

    test('rotations at once leave a vault that starts again with everything in it', async (t) => {
      const { start } = await site(t, engine)
      const before = await start()
      const { admin, secret } = await first(before)
      await Promise.all(Array.from({ length: 3 }, () => admin.post(`${own}/keys/rotate`)))
      await before.stop()
      const after = await start()
      ;(await new Api(after.url, admin.token).get(`${own}/secrets/${secret}/value`)).expect(200)
    })

    test('it starts with a passphrase, and with no other one', async (t) => {
      const { args, dataDir, start } = await site(t, engine)
      const [file, wrong] = [`${dataDir}.passphrase`, `${dataDir}.wrong`]
      await writeFile(file, 'correct horse battery staple\n', { mode: 0o600 })
      await writeFile(wrong, 'correct horse battery stable\n', { mode: 0o600 })
      const before = await start(['--passphrase-file', file])
      const { admin, secret } = await first(before)
      const path = `${own}/secrets/${secret}/value`
      const { text } = (await admin.get(path)).expect(200)
      await before.stop()
      const { code, told } = await failingStart([...args, '--passphrase-file', wrong])
      assert.equal(code, 1)
      assert.ok(!told.includes('horse'), 'a passphrase is told')
      const after = await start(['--passphrase-file', file])
      assert.equal((await new Api(after.url, admin.token).get(path)).expect(200).text, text)
      assert.ok(!(await readdir(dirname(dataDir))).includes('data.key'), 'there is a key file too')
    })
  })
}

// Bug class 65.
test('what it writes is for its user alone', async (t) => {
  const { dataDir, start } = await site(t, 'SQLite')
  const server = await start()
  await first(server)
  await server.stop()
  const around = dirname(dataDir)
  for (const folder of [around, dataDir]) {
    for (const name of await readdir(folder)) {
      const { mode } = await stat(join(folder, name))
      assert.equal(mode & 0o077, 0, `${name} is open to others`)
    }
  }
})

test('two vaults on one embedded database at once: the second does not start', async (t) => {
  const { args, start } = await site(t, 'SQLite')
  const server = await start()
  const { code, told } = await failingStart(args)
  assert.equal(code, 1)
  assert.match(told, /another Strongroom/)
  ;(await operatorOf(server).get(`${own}/whoami`)).expect(200)
})

// Bug class 10.
test('with a base path every API is under it, and nowhere else', async (t) => {
  const { start } = await site(t, 'SQLite')
  const server = await start(['--base-path', '/vault'])
  const api = new Api(server.url, server.token)
  ;(await api.get('/vault/health')).expect(200)
  ;(await api.post('/vault/v5/sgp/secrets', { key: 'k', value: 'v' })).expect(200)
  ;(await api.get('/vault/strongroom/v1/groups/secrets/values')).expect(200)
  ;(await api.send('PUT', '/vault/v5/sgp/secrets')).expect(405)
  for (const path of [
    '/health',
    '/v5/sgp/secrets',
    '/vault',
    '/vaults/health',
    '/vault/vault/health',
  ]) {
    ;(await api.get(path)).expect(404)
  }
})

test('settings that cannot be used are refused at the start, with what to do', async () => {
  for (const [args, said] of [
    [['--listen', '0.0.0.0:0'], /--behind-proxy/],
    [['--listen', 'here'], /--listen takes HOST:PORT/],
    [['--database', 'mysql://x'], /--database/],
    [['--base-path', 'vault'], /--base-path/],
    [['--tls-cert', '/none'], /--tls-key/],
    [['--no-such-flag'], /serve --help/],
  ] as const) {
    const { code, told, output } = await failingStart(args)
    assert.deepEqual([code, output], [2, ''], told)
    assert.match(told, said)
  }
})

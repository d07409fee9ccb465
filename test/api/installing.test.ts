import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { Api } from '#test/support/api.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { startServer, type RunningServer } from '#test/support/server.ts'

async function installed(t: TestContext): Promise<RunningServer> {
  const server = await startServer({ dataDir: join(await ownDirectory(), 'data') })
  t.after(() => server.stop())
  const api = new Api(server.url, server.token)
  ;(await api.post('/v5/sgp/secrets', { key: 'k', value: 'v' })).expect(200)
  return server
}

/** Everything under a folder, itself included. */
const under = (folder: string): readonly string[] => [
  folder,
  ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
]

// Bug class 65: CVE-2021-38553, CVE-2021-38554.
test('what a vault writes is for its user alone, though all may be open to everybody', async (t) => {
  const usual = process.umask(0)
  t.after(() => process.umask(usual))
  const { dataDir } = await installed(t)
  const all = [...under(dataDir), `${dataDir}.key`]
  assert.ok(all.some((path) => path.endsWith('strongroom.db-wal')))
  for (const path of all) {
    const stat = statSync(path)
    const mode = (stat.mode & 0o777).toString(8)
    assert.equal(mode, stat.isDirectory() ? '700' : '600', path.slice(dirname(dataDir).length))
  }
})

/** Whatever an installation keeps that somebody could have chosen for all of them. */
function kept({ dataDir, token, accountId }: RunningServer): readonly string[] {
  const db = new DatabaseSync(join(dataDir, 'strongroom.db'), { readOnly: true })
  const tables = ['installation', 'account', 'account_key', 'subject', 'token']
  const found = tables.flatMap((table) =>
    db
      .prepare(`SELECT * FROM ${table}`)
      .all()
      .flatMap((row) => Object.values(row))
      .filter(
        (value) => value instanceof Uint8Array || (typeof value === 'string' && value.length > 20),
      )
      .map((value) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value),
      ),
  )
  db.close()
  return [token, accountId, readFileSync(`${dataDir}.key`, 'utf8'), ...found]
}

// Bug class 40: CVE-2024-33891.
test('two installations have no key, no id and no token in common', async (t) => {
  const [one, other] = [kept(await installed(t)), kept(await installed(t))]
  assert.ok(one.length > 8 && one.length === other.length)
  assert.deepEqual([...new Set(one).intersection(new Set(other))], [])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'
import { Api } from '#test/support/api.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { startPostgres } from '#test/support/postgres.ts'
import { startServer } from '#test/support/server.ts'
import { inconsistencies, settle } from './check.ts'
import { Ledger } from './ledger.ts'
import { postgresSnapshot } from './snapshot.ts'
import { startWriting, unlikeAnswers } from './writers.ts'

const CUTS = 20
const BACK_WITHIN_MS = 5_000

/** Ends every connection that the vault has. */
const CUT = `SELECT COUNT(pg_terminate_backend(pid)) AS n FROM pg_stat_activity
  WHERE application_name = 'strongroom' AND datname = current_database()`

async function isBack(api: Api): Promise<boolean> {
  const deadline = Date.now() + BACK_WITHIN_MS
  while (Date.now() < deadline) {
    if ((await api.get('/v5/sgp/secrets?limit=1')).status === 200) return true
    await delay(20)
  }
  return false
}

test('PostgreSQL cuts every connection, again and again: the vault comes back by itself', async (t) => {
  const database = await startPostgres()
  t.after(() => database.stop())
  const url = await database.newDatabase()
  const server = await startServer({ dataDir: `${await ownDirectory()}/data`, database: url })
  t.after(() => server.kill())
  const sql = postgres(url, { max: 1 })
  const api = new Api(server.url, server.token)
  const ledger = new Ledger()
  const stop = new AbortController()
  const writing = startWriting(api, ledger, 'cut', { until: stop.signal })
  await writing.first
  for (let n = 0; n < CUTS; n++) {
    await delay(50)
    const [cut] = await sql.unsafe<{ n: string }[]>(CUT)
    assert.ok(Number(cut?.n) > 0)
    assert.ok(await isBack(api), 'it did not come back')
  }
  stop.abort()
  await writing.ended
  assert.equal(server.process.exitCode, null)
  t.diagnostic(`${ledger.acknowledged} acknowledged writes, ${ledger.inDoubt.length} in doubt`)
  const items = ledger.items.filter(({ pending }) => pending === null)
  assert.deepEqual(await unlikeAnswers(api, items), [])
  await sql.end()
  await server.kill()
  const snapshot = await postgresSnapshot(url)
  assert.deepEqual(inconsistencies(snapshot), [])
  assert.deepEqual(settle(ledger, snapshot).lost, [])
  assert.ok(ledger.acknowledged > CUTS)
})

import assert from 'node:assert/strict'
import { chmod } from 'node:fs/promises'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'
import { Api } from '#test/support/api.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { startPostgres, type RunningPostgres } from '#test/support/postgres.ts'
import { startServer } from '#test/support/server.ts'
import { figures, sized } from '#test/support/tier.ts'
import { inconsistencies, settle } from './check.ts'
import { untilBack, untilNot } from './disk-rounds.ts'
import { Fault } from './fault.ts'
import { Ledger } from './ledger.ts'
import { compileLibrary } from './power.ts'
import { postgresSnapshot } from './snapshot.ts'
import { startWriting, unlikeAnswers } from './writers.ts'

/**
 * PostgreSQL is cut off, killed, out of space or out of luck with a flush while 16 writers write to a
 * vault, which stays: it answers that it cannot, comes back by itself once PostgreSQL has, and what it
 * acknowledged is there.
 */

const WAIT_MS = 50
/** A read is put on the record, so it needs the database to be written to. */
const LISTING = '/v5/sgp/secrets?limit=1'

/** Ends every connection that the vault has. */
const CUT = `SELECT COUNT(pg_terminate_backend(pid)) AS n FROM pg_stat_activity
  WHERE application_name = 'strongroom' AND datname = current_database()`

/** A vault on PostgreSQL, and where that is. */
interface Site {
  readonly database: RunningPostgres
  readonly url: string
  readonly api: Api
}

/** Has something happen to PostgreSQL, and waits until it works again. */
type Trouble = (site: Site) => Promise<void>

async function comesThrough(
  t: TestContext,
  database: RunningPostgres,
  rounds: number,
  trouble: Trouble,
): Promise<void> {
  const url = await database.newDatabase()
  const dataDir = join(await ownDirectory(), 'data')
  // Whatever cannot be done is told of, thousands of times.
  const server = await startServer({ dataDir, database: url, heard: () => undefined })
  t.after(() => server.kill())
  const api = new Api(server.url, server.token)
  const ledger = new Ledger()
  const stop = new AbortController()
  const writing = startWriting(api, ledger, 'w', { until: stop.signal })
  await writing.first
  let slowest = 0
  for (let n = 0; n < rounds; n++) {
    await delay(WAIT_MS)
    await trouble({ database, url, api })
    slowest = Math.max(slowest, await untilBack(() => api.get(LISTING)))
  }
  stop.abort()
  await writing.ended
  assert.equal(server.process.exitCode, null)
  const refused = ledger.inDoubt.length
  const items = ledger.items.filter(({ pending }) => pending === null)
  const wrong = [...(await unlikeAnswers(api, items))]
  await server.kill()
  const snapshot = await postgresSnapshot(url)
  const { lost, done } = settle(ledger, snapshot)
  wrong.push(...inconsistencies(snapshot), ...lost)
  figures(t, 'postgres', {
    ...{ rounds, 'acknowledged writes': ledger.acknowledged, faults: wrong.length },
    ...{ 'requests refused or cut off': refused, 'of them done': done },
    'slowest return in ms': Math.round(slowest),
  })
  assert.deepEqual(wrong.slice(0, 20), [])
  assert.ok(ledger.acknowledged > rounds)
}

test('PostgreSQL cuts every connection, again and again: the vault comes back by itself', async (t) => {
  const database = await startPostgres()
  t.after(() => database.stop())
  await comesThrough(t, database, sized(20, 200), async ({ url }) => {
    const sql = postgres(url, { max: 1 })
    const [cut] = await sql.unsafe<{ n: string }[]>(CUT)
    await sql.end()
    assert.ok(Number(cut?.n) > 0)
  })
})

test('PostgreSQL is killed, all of it, and started again: nothing acknowledged is lost', async (t) => {
  const database = await startPostgres()
  t.after(() => database.stop())
  await comesThrough(t, database, sized(5, 50), async () => {
    database.kill()
    await database.revive()
  })
})

const library = await ownDirectory()
const compiled = compileLibrary(library, 'fault')
const skip = 'why' in compiled ? compiled.why : false

/** PostgreSQL on a disk that can be broken in this folder of its data. */
async function onBrokenDisk(
  t: TestContext,
  place: 'base' | 'pg_wal',
): Promise<{ readonly fault: Fault; readonly database: RunningPostgres }> {
  const own = await ownDirectory()
  for (const folder of [own, library]) await chmod(folder, 0o755)
  const path = 'library' in compiled ? compiled.library : ''
  const fault = new Fault({ library: path, control: join(own, 'control'), counted: `*/${place}/*` })
  const database = await startPostgres({
    env: (folder) => ({ LD_PRELOAD: path, ...fault.environment(join(folder, 'data')) }),
  })
  t.after(() => database.stop())
  return { fault, database }
}

for (const [what, place, last, all] of [
  ['its tables', 'base', 30, 100],
  ['its log', 'pg_wal', 300, 150],
] as const) {
  test(`PostgreSQL has no space for ${what}: refused, and nothing is lost`, { skip }, async (t) => {
    const { fault, database } = await onBrokenDisk(t, place)
    await comesThrough(t, database, sized(5, all), async ({ api }) => {
      fault.fillAt(randomInt(1, last), 'nothing')
      const { status, text } = await untilNot(200, () => api.get(LISTING))
      assert.equal(status, 503, text)
      fault.mend()
      await database.revive()
    })
  })
}

test('PostgreSQL loses a flush of its log: nothing acknowledged is lost', { skip }, async (t) => {
  const { fault, database } = await onBrokenDisk(t, 'pg_wal')
  await comesThrough(t, database, sized(5, 100), async ({ api }) => {
    fault.loseFlush(randomInt(1, 100))
    // It may be back before anybody has seen that it was gone.
    while (fault.failures === 0) await api.get(LISTING)
    fault.mend()
    await database.revive()
  })
})

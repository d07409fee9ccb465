import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { ownDirectory } from '#test/support/directory.ts'
import { startPostgres } from '#test/support/postgres.ts'
import { startServer } from '#test/support/server.ts'
import { sized } from '#test/support/tier.ts'
import { inconsistencies, settle } from './check.ts'
import type { Ledger } from './ledger.ts'
import { newTally, report, runRounds, type Ground } from './rounds.ts'
import { postgresSnapshot, sqliteSnapshot, type Snapshot } from './snapshot.ts'

/**
 * A vault is killed while 16 writers write, again and again: whatever was acknowledged is there
 * after that, what was deleted stays deleted, and every change has its entry in the record.
 */

const ROUNDS = sized(100, 2_000)

/** A vault is used for so many rounds, then comes a new one: looking through a large one takes long. */
const ROUNDS_A_VAULT = 20

const onSqlite = (folder: string): Ground => {
  const dataDir = join(folder, 'data')
  return {
    start: (token) => startServer({ dataDir, ...(token === undefined ? {} : { token }) }),
    snapshot: () => sqliteSnapshot(join(dataDir, 'strongroom.db')),
  }
}

test('kill -9 while 16 writers write, on SQLite: nothing acknowledged is lost', async (t) => {
  const tally = newTally()
  while (tally.rounds < ROUNDS) {
    const left = Math.min(ROUNDS_A_VAULT, ROUNDS - tally.rounds)
    await runRounds(onSqlite(await ownDirectory()), left, tally)
  }
  report(t, 'kill', tally)
})

test('kill -9 while 16 writers write, on PostgreSQL: nothing acknowledged is lost', async (t) => {
  const server = await startPostgres()
  t.after(() => server.stop())
  const tally = newTally()
  const database = await server.newDatabase()
  const dataDir = join(await ownDirectory(), 'data')
  const ground: Ground = {
    start: (token) => startServer({ dataDir, database, ...(token === undefined ? {} : { token }) }),
    snapshot: () => postgresSnapshot(database),
  }
  await runRounds(ground, Math.max(1, Math.round(ROUNDS / 10)), tally)
  report(t, 'kill', tally)
})

/** Takes one thing away from what was found, as a loss would. */
type Loss = (found: Snapshot, ledger: Ledger) => Snapshot

const last = <T>(all: readonly T[], which: (one: T) => boolean): T => {
  const found = all.findLast(which)
  assert.ok(found, 'there is nothing to lose')
  return found
}

const LOSSES: Readonly<Record<string, Loss>> = {
  'a created secret': (found) => {
    const { id } = last(found.secrets, () => true)
    return { ...found, secrets: found.secrets.filter((row) => row.id !== id) }
  },
  'an update': (found) => {
    const old = last(found.secrets, ({ revision, deleted }) => revision > 1 && !deleted)
    const row = { ...old, description: 'before', revision: old.revision - 1 }
    return { ...found, secrets: found.secrets.map((one) => (one === old ? row : one)) }
  },
  'a delete': (found) => {
    const old = last(found.secrets, ({ deleted }) => deleted)
    const row = { ...old, deleted: false }
    return { ...found, secrets: found.secrets.map((one) => (one === old ? row : one)) }
  },
}

const INCONSISTENT: Readonly<Record<string, Loss>> = {
  ...LOSSES,
  'an entry of the record': (found) => {
    const lost = last(found.entries, ({ action }) => action === 'secret.update')
    return { ...found, entries: found.entries.filter((entry) => entry !== lost) }
  },
  'a place in the record': (found) => ({
    ...found,
    places: found.places.filter((place) => place !== 3),
  }),
  'a version': (found) => {
    const versions = new Map(found.versions)
    versions.delete(last([...versions.keys()], () => true))
    return { ...found, versions }
  },
  'a page of the file': (found) => ({ ...found, damage: ['row 1 missing from index'] }),
  'the size of a group': (found) => ({
    ...found,
    groupSizes: new Map([...found.groupSizes].map(([group, size]) => [group, size + 1])),
  }),
}

test('kill -9: the checks see one loss of any kind', async () => {
  const ground = onSqlite(await ownDirectory())
  const tally = newTally()
  const ledger = await runRounds(ground, 2, tally)
  assert.deepEqual(tally.faults, [])
  const found = await ground.snapshot()
  assert.deepEqual(inconsistencies(found), [])
  assert.deepEqual(settle(ledger, found).lost, [])
  for (const [what, lose] of Object.entries(INCONSISTENT)) {
    assert.notEqual(inconsistencies(lose(found, ledger)).length, 0, what)
  }
  for (const [what, lose] of Object.entries(LOSSES)) {
    assert.equal(settle(ledger, lose(found, ledger)).lost.length, 1, what)
  }
})

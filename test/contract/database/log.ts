import assert from 'node:assert/strict'
import { encodeEntry, type AuditEntry } from '#domain/audit.ts'
import type { Subject } from '#domain/subject.ts'
import type { Checkpoint, Database } from '#ports/database.ts'
import { creating, ROW_MOVED, same, wholeLog, type OnGround } from './ground.ts'
import { ALL_BYTES, anAccount, anEntry, aSecret, newId } from './rows.ts'

const MANY = 1_000_000

/** Puts each of these on the record, one commit each, in this order. */
async function record(database: Database, entries: readonly AuditEntry[]): Promise<void> {
  for (const entry of entries) {
    await database.commit({ entries: [entry], resting: null, writes: [] })
  }
}

/** The places from 1 on, none left out and none given twice. */
async function isWhole(database: Database, length: number): Promise<void> {
  const places = (await wholeLog(database)).map(({ seq }) => seq)
  assert.deepEqual(
    places,
    places.map((_, n) => n + 1),
  )
  assert.equal(places.length, length)
}

function exercisePlaces(on: OnGround): void {
  on('entries stand in the log as they were written, from 1 on', async ({ database, account }) => {
    const text = 'a \u0001 "quoted" \\ e\u0301 \u{1f600}'
    const target = { kind: 'secret', id: newId<'secret'>(), name: text, version: 3 } as const
    const refused = anEntry(account.id, { target, outcome: 'refused', reason: 'denied' })
    const unknown = anEntry(null, { action: 'unknown', address: text })
    await database.commit({ entries: [refused, unknown], resting: null, writes: [] })
    await database.log.settle()
    const log = await database.log.range(2, MANY)
    same(log, [
      { seq: 2, account: account.id, target: target.id, record: encodeEntry(refused) },
      { seq: 3, account: null, target: null, record: encodeEntry(unknown) },
    ])
    same(await database.log.range(3, 1), log.slice(1))
    same(await database.log.range(4, 10), [])
    await database.log.settle()
    same(await database.log.range(2, MANY), log, 'settling again moves nothing')
  })

  on('what was refused or undone leaves no gap', async (ground) => {
    const { database, account } = ground
    for (let n = 0; n < 5; n++) {
      await ground.must(...creating(aSecret(ground.group)))
      await ground.refused(ROW_MOVED, { write: 'raise-authority', account: newId() })
      const stale = { ...ground.resting, authority: 9 }
      const entries = [anEntry(account.id), anEntry(account.id)]
      await database.commit({ entries, resting: stale, writes: [] })
      await assert.rejects(
        database.commit({ entries, resting: null, writes: [badWrite(ground.admin)] }),
        { name: 'DatabaseDown' },
      )
    }
    await isWhole(database, 6)
  })

  on('many commits at once leave no gap, whoever settles meanwhile', async (ground) => {
    const { database } = ground
    const seen: number[] = []
    const rounds = Array.from({ length: 4 }, async () => {
      await Promise.all([
        ...Array.from({ length: 50 }, (_, n) =>
          n % 5 === 4
            ? ground.try({ write: 'raise-authority', account: newId() })
            : ground.must(...creating(aSecret(ground.group))),
        ),
        ...[1, 2, 3].map(() => database.log.settle()),
      ])
      seen.push((await database.log.range(1, MANY)).length)
    })
    await Promise.all(rounds)
    assert.equal(seen.length, 4)
    await isWhole(database, 1 + 4 * 40)
  })

  on('a place that was given stays given', async (ground) => {
    const { database } = ground
    let before = await wholeLog(database)
    for (let round = 0; round < 5; round++) {
      await Promise.all(
        Array.from({ length: 10 }, () => ground.must(...creating(aSecret(ground.group)))),
      )
      const after = await wholeLog(database)
      assert.deepEqual(after.slice(0, before.length), before)
      assert.equal(after.length, before.length + 10)
      before = after
    }
  })
}

/** A row that no engine takes, though it breaks no unique index. */
const badWrite = (row: Subject) =>
  ({ write: 'changed-subject', row: { ...row, role: 'emperor' } }) as never

const checkpointOf = (size: number): Checkpoint => ({
  ...{ size, at: size * 1_000, note: `note ${size}\n\u2014 \u{1f600}\n`, frontier: ALL_BYTES },
})

const NOWHERE: ReadonlyMap<string, readonly number[]> = new Map()

/** Closes the log with checkpoints of these sizes, as the sealer does. */
async function seal(database: Database, ...sizes: readonly number[]): Promise<void> {
  const entries = await wholeLog(database)
  let from = 0
  for (const size of sizes) {
    const places = new Map<string, number[]>()
    for (const { seq, account, target } of entries.slice(from, size)) {
      for (const key of new Set([account, target])) {
        if (key !== null) places.set(key, [...(places.get(key) ?? []), seq])
      }
    }
    await database.log.addCheckpoint(checkpointOf(size), places)
    from = size
  }
}

function exerciseQueries(on: OnGround): void {
  on('the record of an account or a thing comes newest first', async ({ database, account }) => {
    const other = anAccount()
    const [a, b] = [newId<'secret'>(), newId<'secret'>()]
    const about = (id: string) => ({ target: { kind: 'secret', id } as const })
    await record(database, [
      anEntry(account.id, about(a)),
      anEntry(other.id, about(a)),
      anEntry(account.id, about(b)),
      anEntry(null),
      anEntry(account.id, about(a)),
      anEntry(account.id, about(account.id)),
      anEntry(account.id, about(a)),
    ])
    const query = async (target: string | null, before = MANY, limit = 10, of = account.id) =>
      (await database.log.query({ account: of, target, before, limit })).map(({ seq }) => seq)
    await seal(database, 3, 4, 7)
    assert.deepEqual(await query(null), [7, 6, 4, 2, 1], 'what is sealed, and no more')
    assert.deepEqual(await query(null, 6, 2), [4, 2])
    assert.deepEqual(await query(null, 5, 2), [4, 2])
    assert.deepEqual(await query(null, 1), [])
    assert.deepEqual(await query(null, 2), [1])
    assert.deepEqual(await query(a), [6, 2])
    assert.deepEqual(await query(a, 6), [2])
    assert.deepEqual(await query(a, MANY, 1), [6])
    assert.deepEqual(await query(b), [4])
    assert.deepEqual(await query(account.id), [7], 'about the account is not of the account')
    assert.deepEqual(await query(a, MANY, 10, other.id), [3])
    assert.deepEqual(await query(b, MANY, 10, other.id), [])
    assert.deepEqual(await query(null, MANY, 10, newId()), [])
    const [newest] = await database.log.query({
      ...{ account: account.id, target: a, before: MANY, limit: 1 },
    })
    same([newest], await database.log.range(6, 1))
  })

  on('a long record is found whole, in pages', async ({ database, account }) => {
    await record(
      database,
      Array.from({ length: 299 }, () => anEntry(account.id)),
    )
    await seal(database, ...Array.from({ length: 150 }, (_, n) => 2 * (n + 1)))
    const seen: number[] = []
    for (let before = MANY; ; before = seen.at(-1) ?? 0) {
      const query = { account: account.id, target: null, before, limit: 7 }
      const page = await database.log.query(query)
      seen.push(...page.map(({ seq }) => seq))
      if (page.length < 7) break
      assert.ok(seen.length <= 300)
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 300 }, (_, n) => 300 - n),
    )
  })
}

function exerciseCheckpoints(on: OnGround): void {
  on('checkpoints are kept by their size', async ({ database: { log } }) => {
    assert.equal(await log.lastCheckpoint(), null)
    assert.deepEqual(await log.checkpoints(0, 10), [])
    const made = [1, 2, 9, 10].map(checkpointOf)
    for (const checkpoint of made) await log.addCheckpoint(checkpoint, NOWHERE)
    same(await log.lastCheckpoint(), made[3])
    same(await log.checkpoints(0, 10), made)
    same(await log.checkpoints(2, 1), made.slice(2, 3))
    same(await log.checkpoints(10, 1), [])
  })

  on('a checkpoint that another node made first stands, places and all', async (ground) => {
    const { log } = ground.database
    await log.settle()
    const places = new Map<string, number[]>([[ground.account.id, [1]]])
    for (const [n, noted] of [places, NOWHERE, places].entries()) {
      await log.addCheckpoint({ ...checkpointOf(1), at: n }, noted)
      same(await log.checkpoints(0, 10), [{ ...checkpointOf(1), at: 0 }])
      const query = { account: ground.account.id, target: null, before: MANY, limit: 5 }
      assert.equal((await log.query(query)).length, 1)
    }
  })
}

export function exerciseLog(on: OnGround): void {
  exercisePlaces(on)
  exerciseQueries(on)
  exerciseCheckpoints(on)
}

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { readCheckpoint } from '#crypto/checkpoint.ts'
import { leafHash, rootOf } from '#crypto/merkle.ts'
import { publicKeyOf, signingKey } from '#crypto/signing-key.ts'
import type { AuditEntry } from '#domain/audit.ts'
import type { AccountId } from '#domain/ids.ts'
import type { Checkpoint, Database } from '#ports/database.ts'
import { anEntry, newId } from '#test/contract/database/rows.ts'
import { openSealed } from '#test/support/database.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { Sealer } from './sealer.ts'

const NOW = 1_795_254_036_693
const ORIGIN = 'strongroom/c000000000000000000000000'
const key = signingKey(new Uint8Array(32).fill(1))

interface Stage {
  readonly database: Database
  readonly sealer: Sealer
  /** What was told of, in order. */
  readonly told: Checkpoint[]
  record(count: number, patch?: Partial<AuditEntry>): Promise<void>
}

async function stage(
  t: TestContext,
  onCheckpoint: (checkpoint: Checkpoint) => Promise<void> = () => Promise.resolve(),
): Promise<Stage> {
  const path = join(await ownDirectory(), 'strongroom.db')
  const database = await openSealed({ engine: 'sqlite', path })
  t.after(() => database.close())
  const told: Checkpoint[] = []
  const sealer = new Sealer({
    ...{ log: database.log, origin: ORIGIN, key },
    world: { now: () => NOW, random: () => new Uint8Array(0) },
    async onCheckpoint(checkpoint) {
      told.push(checkpoint)
      await onCheckpoint(checkpoint)
    },
  })
  return {
    ...{ database, sealer, told },
    async record(count, patch) {
      const entries = Array.from({ length: count }, () => anEntry(null, patch))
      await database.commit({ entries, resting: null, writes: [] })
    },
  }
}

/** The sizes of the log's checkpoints, each of which must say the root over its entries. */
async function sizesOf({ database: { log } }: Stage): Promise<readonly number[]> {
  const entries = await log.range(1, 1_000_000)
  const leaves = entries.map(({ record }) => leafHash(record))
  const checkpoints = await log.checkpoints(0, 1000)
  for (const { size, at, note } of checkpoints) {
    const head = { size, root: Buffer.from(rootOf(leaves.slice(0, size))) }
    assert.deepEqual(readCheckpoint(note, ORIGIN, publicKeyOf(key)), { ok: true, value: head })
    assert.equal(at, NOW)
  }
  return checkpoints.map(({ size }) => size)
}

test('it names the log that it seals', async (t) => {
  const { sealer } = await stage(t)
  assert.equal(sealer.origin, ORIGIN)
})

test('nothing to seal makes no checkpoint, at the start or after one', async (t) => {
  const on = await stage(t)
  await on.sealer.seal()
  assert.deepEqual(await sizesOf(on), [])
  await on.record(3)
  await on.sealer.seal()
  await on.sealer.seal()
  assert.deepEqual(await sizesOf(on), [3])
  assert.equal(on.told.length, 1)
})

test('each sealing goes on from the one before, and is told as it is kept', async (t) => {
  const on = await stage(t)
  for (const count of [1, 6, 249, 250, 251]) {
    await on.record(count)
    await on.sealer.seal()
  }
  assert.deepEqual(await sizesOf(on), [1, 7, 256, 506, 757])
  const kept = await on.database.log.checkpoints(0, 10)
  const plain = (all: readonly Checkpoint[]) =>
    all.map(({ frontier, ...rest }) => ({ ...rest, frontier: Buffer.from(frontier) }))
  assert.deepEqual(plain(on.told), plain(kept))
})

test('others get their turn while many entries are sealed', async (t) => {
  const on = await stage(t)
  await on.record(2_000)
  let turns = 0
  let sealing = true
  const turn = (): void => {
    turns += 1
    if (sealing) setImmediate(turn)
  }
  setImmediate(turn)
  await on.sealer.seal()
  sealing = false
  assert.ok(turns >= 8, `${turns} turns`)
})

/** Where the lines of an account or a thing of it were noted. */
async function noted({ database }: Stage, account: AccountId, target: string | null) {
  const query = { account, target, before: 1_000_000, limit: 100 }
  return (await database.log.query(query)).map(({ seq }) => seq)
}

test('an entry is found under its account and under what it is about', async (t) => {
  const on = await stage(t)
  const [account, other] = [newId<'account'>(), newId<'account'>()]
  const secret = { kind: 'secret', id: newId() } as const
  await on.record(1)
  await on.record(2, { account, target: secret })
  await on.record(1, { account })
  await on.record(1, { account: other })
  await on.record(1, { account, target: { kind: 'account', id: account } })
  await on.sealer.seal()
  assert.deepEqual(await noted(on, account, null), [6, 4, 3, 2])
  assert.deepEqual(await noted(on, account, secret.id), [3, 2])
  assert.deepEqual(await noted(on, other, null), [5])
})

test('whatever was committed before the call is sealed when it returns', async (t) => {
  const on = await stage(t)
  await on.record(300)
  const first = on.sealer.seal()
  await on.record(1)
  const second = on.sealer.seal()
  const third = on.sealer.seal()
  assert.equal(second, third, 'calls that come while one runs share the one after it')
  assert.notEqual(first, second)
  await first
  await second
  assert.equal((await sizesOf(on)).at(-1), 301)
  await on.record(1)
  await on.sealer.seal()
  assert.equal((await sizesOf(on)).at(-1), 302)
})

test('one at a time: what comes meanwhile waits for the end of the one that runs', async (t) => {
  let running = 0
  let most = 0
  const on = await stage(t, async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise((resolve) => setImmediate(resolve))
    running -= 1
  })
  await on.record(3)
  const rounds = [on.sealer.seal(), on.sealer.seal()]
  await on.record(3)
  rounds.push(on.sealer.seal(), on.sealer.seal())
  await Promise.all(rounds)
  assert.equal(most, 1)
  assert.equal((await sizesOf(on)).at(-1), 6)
})

test('one that failed says so, and the next ones do their work', async (t) => {
  let failing = true
  const on = await stage(t, () =>
    failing ? Promise.reject(new Error('no place to keep it')) : Promise.resolve(),
  )
  await on.record(1)
  const first = on.sealer.seal()
  const second = on.sealer.seal()
  await assert.rejects(first, /no place to keep it/)
  failing = false
  await on.record(1)
  await second
  await on.sealer.seal()
  assert.deepEqual(await sizesOf(on), [1, 2])
})

test('many entries are closed by checkpoints of some each', async (t) => {
  const on = await stage(t)
  await on.record(20_000)
  await on.sealer.seal()
  assert.deepEqual(await sizesOf(on), [20_000])
  await on.record(20_001)
  await on.sealer.seal()
  assert.deepEqual(await sizesOf(on), [20_000, 40_000, 40_001])
})

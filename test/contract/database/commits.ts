import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Secret } from '#domain/secret.ts'
import type { Change, Resting } from '#ports/database.ts'
import {
  GROUND_MOVED,
  COMMITTED,
  creating,
  deleting,
  groundIn,
  ROW_MOVED,
  taken,
  wholeLog,
  type Ground,
  type OnGround,
  type Open,
} from './ground.ts'
import { anAccount, anEntry, aSecret, newId } from './rows.ts'

/** A change that makes a secret, resting on `resting`. */
const resting = (ground: Ground, on: Resting, name: string): Change => ({
  entries: [anEntry(ground.account.id), anEntry(ground.account.id, { action: 'secret.read' })],
  resting: on,
  writes: creating(aSecret(ground.group, { name })),
})

const refuses = async (ground: Ground, on: Resting, name: string): Promise<void> => {
  const { database } = ground
  const before = await wholeLog(database)
  assert.deepEqual(await database.commit(resting(ground, on, name)), GROUND_MOVED)
  assert.equal(await database.reads.shown(ground.group.id, name), null)
  assert.deepEqual(await wholeLog(database), before)
}

function exerciseGuard(on: OnGround): void {
  on(
    'a commit rests on the revision of the token and on the account’s authority',
    async (ground) => {
      const { database, resting: rest } = ground
      assert.deepEqual(await database.commit(resting(ground, rest, 'first')), COMMITTED)
      await refuses(ground, { ...rest, revision: 2 }, 'second')
      await refuses(ground, { ...rest, revision: 0 }, 'second')
      await refuses(ground, { ...rest, authority: 2 }, 'second')
      await refuses(ground, { ...rest, token: newId() }, 'second')
      await refuses(ground, { ...rest, account: newId() }, 'second')
      await ground.must({ write: 'raise-authority', account: ground.account.id })
      await refuses(ground, rest, 'second')
      const raised = { ...rest, authority: 2 }
      assert.deepEqual(await database.commit(resting(ground, raised, 'second')), COMMITTED)
      await ground.must({ write: 'revoked-token', id: ground.token.id, at: 1 })
      await refuses(ground, raised, 'third')
      const other = anAccount()
      await ground.must({ write: 'account', row: other })
      await refuses(ground, { ...raised, revision: 2, account: other.id }, 'third')
    },
  )

  on('a commit rests on the revision of the secret that was read warm', async (ground) => {
    const { database } = ground
    const [warm] = await ground.secrets(ground.group, 'warm')
    assert.ok(warm)
    const at = (id: string, revision: number): Resting => ({
      ...ground.resting,
      secret: { id: id as Secret['id'], revision },
    })
    assert.deepEqual(await database.commit(resting(ground, at(warm.id, 1), 'first')), COMMITTED)
    await refuses(ground, at(warm.id, 2), 'second')
    await refuses(ground, at(newId(), 1), 'second')
    await refuses(ground, { ...at(warm.id, 1), authority: 2 }, 'second')
    await refuses(ground, { ...at(warm.id, 1), revision: 2 }, 'second')
    await ground.must(...deleting(warm, 3))
    await refuses(ground, at(warm.id, 1), 'second')
  })

  on('a caller whose authority moved is not told what else is wrong', async (ground) => {
    await ground.secrets(ground.group, 'there')
    const moved = { ...ground.resting, revision: 9 }
    const change = resting(ground, moved, 'there')
    assert.deepEqual(await ground.database.commit(change), GROUND_MOVED)
    const missing = { write: 'removed-link', id: newId<'secret'>(), at: 1 } as const
    const both = { ...change, writes: [missing, ...change.writes] }
    assert.deepEqual(await ground.database.commit(both), GROUND_MOVED)
    // And of two things that are wrong, the first is the answer.
    const standing = { ...both, resting: ground.resting }
    assert.deepEqual(await ground.database.commit(standing), ROW_MOVED)
    const reversed = { ...standing, writes: [...change.writes, missing] }
    assert.deepEqual(await ground.database.commit(reversed), taken('secret'))
  })

  on('a reading that rests on nothing that moved is one entry, and else none', async (ground) => {
    const { database, resting: rest } = ground
    const before = (await wholeLog(database)).length
    const entry = anEntry(ground.account.id, { action: 'secret.read' })
    const reading = { entries: [entry], resting: rest, writes: [] }
    assert.deepEqual(await database.commit(reading), COMMITTED)
    const stale = { ...reading, resting: { ...rest, authority: 0 } }
    assert.deepEqual(await database.commit(stale), GROUND_MOVED)
    assert.equal((await wholeLog(database)).length, before + 1)
  })

  on('after a revocation is acknowledged nothing is committed on the token', async (ground) => {
    const { database, resting: rest } = ground
    const acknowledged: number[] = []
    let revoked = Infinity
    let clock = 0
    const writer = async (n: number) => {
      for (let i = 0; i < 10; i++) {
        const began = ++clock
        const { kind } = await database.commit(resting(ground, rest, `${n} ${i}`))
        if (kind === 'committed') acknowledged.push(began)
      }
    }
    const revoke = async () => {
      await writer(99)
      await ground.must({ write: 'revoked-token', id: ground.token.id, at: 1 })
      revoked = ++clock
    }
    await Promise.all([...Array.from({ length: 8 }, (_, n) => writer(n)), revoke()])
    await refuses(ground, rest, 'later')
    assert.ok(acknowledged.length >= 10)
    assert.ok(acknowledged.every((began) => began < revoked))
  })
}

function exerciseAtomicity(on: OnGround): void {
  on('a change of many rows is written whole or not at all', async (ground) => {
    const { reads } = ground.database
    const rows = Array.from({ length: 20 }, (_, n) => aSecret(ground.group, { name: `n${n}` }))
    const writes = rows.flatMap(creating)
    const missing = { write: 'removed-link', id: newId<'secret'>(), at: 1 } as const
    for (const place of [0, 1, 30, writes.length]) {
      await ground.refused(ROW_MOVED, ...writes.toSpliced(place, 0, missing))
    }
    await ground.refused(
      taken('secret'),
      ...writes,
      ...creating(aSecret(ground.group, { name: 'n3' })),
    )
    assert.equal(await reads.groupSize(ground.group.id), 0)
    for (const { account, id } of rows) assert.equal(await reads.secret(account, id), null)
    await ground.must(...writes)
    assert.equal(await reads.groupSize(ground.group.id), 20)
  })

  on('commits of one moment do not undo each other', async (ground) => {
    const { database } = ground
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, n) => {
        const writes = creating(aSecret(ground.group, { name: `at once ${n}` }))
        if (n % 3 === 1)
          return ground.try(...writes, { write: 'raise-authority', account: newId() })
        const stale = { ...ground.resting, revision: 5 }
        return n % 3 === 2
          ? database.commit({ ...resting(ground, stale, `never ${n}`) })
          : ground.try(...writes)
      }),
    )
    const expected = [COMMITTED, ROW_MOVED, GROUND_MOVED]
    outcomes.forEach((outcome, n) => assert.deepEqual(outcome, expected[n % 3]))
    const { id } = ground.group
    assert.equal(await database.reads.groupSize(id), 20)
    const page = { group: id, sort: 'id', descending: false, after: null, limit: 100 } as const
    assert.equal((await database.reads.secrets(page)).length, 20)
  })

  on('every commit that was answered can be read at once', async (ground) => {
    const { reads } = ground.database
    await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const row = aSecret(ground.group, { name: `mine ${n}` })
        await ground.must(...creating(row))
        assert.equal((await reads.shown(row.group, row.name))?.secret.id, row.id)
      }),
    )
  })
}

function exerciseClosing(label: string, open: Open): void {
  test(`${label}: a database that is closed says so, and does no more`, async () => {
    const database = await open()
    const ground = await groundIn(database)
    const attempt = () => ground.try()
    const begun = Array.from({ length: 30 }, () => attempt())
    const [outcomes] = await Promise.all([Promise.allSettled(begun), database.close()])
    const down = { name: 'DatabaseDown' }
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') assert.deepEqual(outcome.value, COMMITTED)
      else assert.equal((outcome.reason as Error).name, 'DatabaseDown')
    }
    await assert.rejects(attempt(), down)
    await assert.rejects(database.reads.account(ground.account.id), down)
    await assert.rejects(database.log.range(1, 1), down)
  })
}

export function exerciseCommits(on: OnGround, label: string, open: Open): void {
  exerciseGuard(on)
  exerciseAtomicity(on)
  exerciseClosing(label, open)
}

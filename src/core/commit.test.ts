import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Target } from '#domain/audit.ts'
import type { Caller } from '#domain/subject.ts'
import type { Resting } from '#ports/database.ts'
import type { World } from '#ports/world.ts'
import { creating, groundIn, wholeLog, type Ground } from '#test/contract/database/ground.ts'
import { aSecret } from '#test/contract/database/rows.ts'
import { openSealed } from '#test/support/database.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { authorize } from './authorize.ts'
import { commit, commitEntry, commitOwn, commitUnseen } from './commit.ts'
import type { Core } from './core.ts'

const NOW = 1_795_254_036_693
const origin = { dialect: 'strongroom', address: '192.0.2.7' }

interface Stage {
  readonly ground: Ground
  readonly core: Core
  readonly caller: Caller
}

/** A database of the test's own; of the core, committing looks at nothing but that and the clock. */
async function stage(t: TestContext, stale: Partial<Resting> = {}): Promise<Stage> {
  const path = join(await ownDirectory(), 'strongroom.db')
  const database = await openSealed({ engine: 'sqlite', path })
  t.after(() => database.close())
  const ground = await groundIn(database)
  const { authority, revision } = { ...ground.resting, ...stale }
  const { account, admin, token } = ground
  const caller: Caller = {
    ...{ account: account.id, subject: admin, authority, teams: [], roles: new Map() },
    token: { id: token.id, kind: 'key', revision, scopes: null, expiresAt: null },
    operator: false,
  }
  const world: World = { now: () => NOW, random: () => new Uint8Array(0) }
  const core = { world, database } as Core
  return { ground, core, caller }
}

function granted(caller: Caller, target: Target | null) {
  const decided = authorize(caller, 'secret.update', { kind: 'self' }, target)
  assert.ok(decided.ok)
  return decided.value
}

/** What was put on the record after the line that made the ground. */
async function linesOf({ database }: Ground): Promise<readonly unknown[]> {
  const entries = (await wholeLog(database)).slice(1)
  return entries.map(({ record }): unknown => JSON.parse(record))
}

const common = { v: 1, at: NOW, api: 'strongroom', from: '192.0.2.7' }

const whoOf = ({ subject, token }: Caller) => ({
  ...{ account: subject.account, subject: subject.id, kind: 'user', token: token.id },
})

test('a commit writes its rows with a line for every thing, and gives the receipt', async (t) => {
  const { ground, core, caller } = await stage(t)
  const row = aSecret(ground.group)
  const grant = granted(caller, { kind: 'secret', id: row.id, name: row.name, version: 1 })
  const also = [{ kind: 'group', id: ground.group.id }] as const
  const outcome = await commit(core, origin, { grant, also, writes: creating(row) })
  assert.deepEqual(outcome, { kind: 'committed', receipt: { grant } })
  assert.equal((await ground.database.reads.secret(ground.account.id, row.id))?.name, row.name)
  const line = { ...common, ...whoOf(caller), action: 'secret.update', outcome: 'allowed' }
  assert.deepEqual(await linesOf(ground), [
    { ...line, target: 'secret', id: row.id, name: row.name, version: 1 },
    { ...line, target: 'group', id: ground.group.id },
  ])
})

test('what is done to nothing has a line of its own all the same, and only that', async (t) => {
  const { ground, core, caller } = await stage(t)
  await commit(core, origin, { grant: granted(caller, null), writes: [] })
  const line = { ...common, ...whoOf(caller), action: 'secret.update', outcome: 'allowed' }
  assert.deepEqual(await linesOf(ground), [line])
})

for (const [what, stale] of [
  ['authority of the account', { authority: 7 }],
  ['revision of the token', { revision: 7 }],
] as const) {
  test(`a decision on another ${what} writes nothing, and there is no receipt`, async (t) => {
    const { ground, core, caller } = await stage(t, stale)
    const row = aSecret(ground.group)
    const outcome = await commit(core, origin, {
      grant: granted(caller, null),
      writes: creating(row),
    })
    assert.deepEqual(outcome, { kind: 'ground_moved' })
    assert.equal(await ground.database.reads.secret(ground.account.id, row.id), null)
    assert.deepEqual(await linesOf(ground), [])
  })
}

test('a decision about a secret rests on its revision too', async (t) => {
  const { ground, core, caller } = await stage(t)
  const [on] = await ground.secrets(ground.group, 'n')
  assert.ok(on)
  const attempt = (revision: number) =>
    commit(core, origin, { grant: granted(caller, null), writes: [], on: { ...on, revision } })
  const done = await attempt(on.revision)
  assert.equal(done.kind, 'committed')
  assert.deepEqual(await attempt(on.revision + 1), { kind: 'ground_moved' })
})

test('a row that moved is told as it is', async (t) => {
  const { ground, core, caller } = await stage(t)
  const row = { ...aSecret(ground.group), revision: 9 }
  const outcome = await commit(core, origin, {
    grant: granted(caller, null),
    writes: [{ write: 'changed-secret', row }],
  })
  assert.deepEqual(outcome, { kind: 'row_moved' })
})

test('a refusal is on the record with who asked and why, and rests on nothing', async (t) => {
  const { ground, core, caller } = await stage(t, { authority: 7, revision: 7 })
  const fault = { kind: 'denied', needs: 'the role admin' } as const
  const target = { kind: 'team', id: 'x' } as const
  await commitEntry(core, origin, caller, { action: 'team.get', target, fault, count: 3 })
  assert.deepEqual(await linesOf(ground), [
    {
      ...{ ...common, ...whoOf(caller), action: 'team.get', target: 'team', id: 'x' },
      ...{ outcome: 'refused', reason: 'denied', count: 3 },
    },
  ])
})

test('what nobody asked, or anyone may ask, is on the record too, with what it writes', async (t) => {
  const { ground, core } = await stage(t)
  const row = aSecret(ground.group)
  const said = { action: 'unknown', target: null, fault: null } as const
  await commitEntry(core, origin, null, said)
  await commitEntry(core, origin, null, said, creating(row))
  const line = { ...common, action: 'unknown', outcome: 'allowed' }
  assert.deepEqual(await linesOf(ground), [line, line])
  assert.ok(await ground.database.reads.secret(ground.account.id, row.id))
})

test('what the server does by itself is a line of the account it is done in', async (t) => {
  const { ground, core } = await stage(t)
  const row = aSecret(ground.group)
  const target = { kind: 'secret', id: row.id } as const
  const did = { account: ground.account.id, action: 'secret.wipe', target } as const
  assert.deepEqual(await commitOwn(core, did, creating(row)), { kind: 'committed' })
  assert.ok(await ground.database.reads.secret(ground.account.id, row.id))
  const line = { v: 1, at: NOW, account: ground.account.id, api: 'server', from: 'local' }
  assert.deepEqual(await linesOf(ground), [
    { ...line, action: 'secret.wipe', target: 'secret', id: row.id, outcome: 'allowed' },
  ])
})

test('what nobody sees has no line', async (t) => {
  const { ground, core } = await stage(t)
  const row = aSecret(ground.group)
  assert.deepEqual(await commitUnseen(core, creating(row)), { kind: 'committed' })
  assert.ok(await ground.database.reads.secret(ground.account.id, row.id))
  assert.deepEqual(await linesOf(ground), [])
})

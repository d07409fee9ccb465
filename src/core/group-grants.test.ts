import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Group } from '#domain/group.ts'
import type { Caller, Role } from '#domain/subject.ts'
import { groundIn, type Ground } from '#test/contract/database/ground.ts'
import { aGroup, newId } from '#test/contract/database/rows.ts'
import { openSealed } from '#test/support/database.ts'
import { ownDirectory } from '#test/support/directory.ts'
import type { Core } from './core.ts'
import { grantable, rolesOf } from './group-grants.ts'
import { People } from './people.ts'

interface Stage {
  readonly ground: Ground
  readonly core: Core
  readonly caller: (role: Role) => Caller
  /** Makes a named group; gives it with its full name. */
  readonly group: () => Promise<{ group: Group; fqn: string }>
}

async function stage(t: TestContext): Promise<Stage> {
  const path = join(await ownDirectory(), 'strongroom.db')
  const database = await openSealed({ engine: 'sqlite', path })
  t.after(() => database.close())
  const ground = await groundIn(database)
  const { account, admin, token, resting } = ground
  return {
    ground,
    core: { database, people: new People(database.reads) } as Core,
    caller: (role) => ({
      ...{ account: account.id, subject: { ...admin, role }, authority: resting.authority },
      token: { id: token.id, kind: 'key', revision: 1, scopes: null, expiresAt: null },
      ...{ teams: [], roles: new Map(), operator: false },
    }),
    async group() {
      const group = aGroup(admin, 'named', undefined, { open: false })
      await ground.must({ write: 'group', row: group })
      return { group, fqn: `${account.name}:${group.name}` }
    },
  }
}

const NO_GROUP = { ok: false, error: { kind: 'not_found', thing: 'group' } } as const

test('roles in groups that one may share are what was asked for, in its order', async (t) => {
  const { core, caller, group } = await stage(t)
  const [one, two] = [await group(), await group()]
  const given = await grantable(core, caller('admin'), [
    { group: two.fqn, role: 'viewer' },
    { group: one.fqn, role: 'admin' },
  ])
  assert.ok(given.ok)
  assert.deepEqual(
    given.value.map((at) => [at.group.id, at.role]),
    [
      [two.group.id, 'viewer'],
      [one.group.id, 'admin'],
    ],
  )
  assert.deepEqual(await grantable(core, caller('admin'), []), { ok: true, value: [] })
})

test('a name of another account, of no group, or that is none names no group', async (t) => {
  const { core, caller, group, ground } = await stage(t)
  const { group: own } = await group()
  for (const fqn of [`other:${own.name}`, `${ground.account.name}:missing`, own.name, '']) {
    assert.deepEqual(await grantable(core, caller('admin'), [{ group: fqn, role: 'viewer' }]), {
      ...NO_GROUP,
    })
  }
})

test('who may not share a group gives nobody a role in it', async (t) => {
  const { core, caller, group, ground } = await stage(t)
  const closed = await group()
  const asked = [{ group: closed.fqn, role: 'viewer' }] as const
  const hidden = { ok: false, error: { kind: 'hidden', thing: 'group' } } as const
  assert.deepEqual(await grantable(core, caller('member'), asked), hidden)
  const editor = new Map([[closed.group.id, 'editor' as const]])
  assert.deepEqual(await grantable(core, { ...caller('member'), roles: editor }, asked), {
    ok: false,
    error: { kind: 'denied', needs: 'the role admin in the group' },
  })
  const admin = new Map([[closed.group.id, 'admin' as const]])
  assert.ok((await grantable(core, { ...caller('member'), roles: admin }, asked)).ok)
  const somebody = { kind: 'subject', id: newId<'subject'>() } as const
  const foreign = aGroup(ground.admin, 'named', somebody, { open: false })
  await ground.must({ write: 'group', row: foreign })
  const fqn = `${ground.account.name}:${foreign.name}`
  assert.deepEqual(await grantable(core, caller('admin'), [{ group: fqn, role: 'viewer' }]), hidden)
})

test('no group may be there twice, even in one role', async (t) => {
  const { core, caller, group } = await stage(t)
  const { fqn } = await group()
  const twice = [{ group: fqn, role: 'viewer' } as const, { group: fqn, role: 'viewer' } as const]
  assert.deepEqual(await grantable(core, caller('admin'), twice), {
    ok: false,
    error: {
      kind: 'invalid',
      problems: [{ at: ['body', 'manifest', 'permissions'], rule: 'duplicate' }],
    },
  })
})

test('roles that were given come with their groups; one that is gone gives none', async (t) => {
  const { core, caller, group } = await stage(t)
  const { group: known } = await group()
  const grantee = { kind: 'subject', id: newId<'subject'>(), origin: '' } as const
  const roles = await rolesOf(core, caller('member'), [
    { ...grantee, group: newId(), role: 'admin' },
    { ...grantee, group: known.id, role: 'editor' },
  ])
  assert.deepEqual(
    roles.map((at) => [at.group.id, at.role]),
    [[known.id, 'editor']],
  )
})

import assert from 'node:assert/strict'
import type { Variable } from '#domain/group.ts'
import type { Collaboration, LoginChallenge, RoleBinding, Write } from '#ports/database.ts'
import { creating, ROW_MOVED, same, taken, type OnGround } from './ground.ts'
import { ALL_BYTES, aGroup, anyProof, aSecret, aSubject, aTeam, newId } from './rows.ts'

function exerciseGroupState(on: OnGround): void {
  on('a group that is not open comes back so, and so does its state', async (ground) => {
    const { reads } = ground.database
    const group = aGroup(ground.admin, 'named', undefined, { open: false })
    await ground.must({ write: 'group', row: group })
    same(await reads.group(group.account, group.id), group)
    const { createdAt: updatedAt } = group
    assert.deepEqual(await reads.groupState(group.id), { size: 0, revision: 1, updatedAt })
    const change: Write = { write: 'changed-group', id: group.id, revision: 1, at: 77 }
    await ground.must(change)
    await ground.refused(ROW_MOVED, change)
    assert.deepEqual(await reads.groupState(group.id), { size: 0, revision: 2, updatedAt: 77 })
  })

  on('a group goes with what it holds only if that is all', async (ground) => {
    const { reads } = ground.database
    const group = aGroup(ground.admin, 'named')
    await ground.must({ write: 'group', row: group })
    await ground.secrets(group, 'a', 'b')
    const empty = (size: number): Write => ({ write: 'emptied-group', id: group.id, at: 9, size })
    await ground.refused(ROW_MOVED, empty(1))
    await ground.must(empty(2))
    assert.equal(await reads.group(group.account, group.id), null)
    assert.equal(await reads.groupState(group.id), null)
    same(await reads.anyGroup(group.account, group.id), group)
    assert.equal(await reads.anyGroup(newId(), group.id), null)
    await ground.refused(ROW_MOVED, ...creating(aSecret(group)))
  })

  on('an environment is found by its owner and its name, one of each', async (ground) => {
    const { reads } = ground.database
    const owner = { kind: 'subject', id: ground.admin.id } as const
    const one = aGroup(ground.admin, 'environment', owner, { name: 'n' })
    const other = aGroup(ground.admin, 'environment', owner, { name: 'm' })
    await ground.must({ write: 'group', row: one }, { write: 'group', row: other })
    same(await reads.environment(owner.id, 'n'), one)
    assert.equal(await reads.environment(ground.account.id, 'n'), null)
    assert.equal(await reads.ownGroup('environment', owner.id), null)
    const again = { ...one, id: newId<'group'>() }
    await ground.refused(taken('group'), { write: 'group', row: again })
    await ground.must({ write: 'removed-group', id: one.id, at: 1 }, { write: 'group', row: again })
    same(await reads.environment(owner.id, 'n'), again)
  })
}

function exerciseCollaborators(on: OnGround): void {
  on(
    'the roles of a caller are those given to it and to its teams, the strongest',
    async (ground) => {
      const { reads } = ground.database
      const { admin } = ground
      const team = aTeam(admin)
      const groups = ['a', 'b', 'c'].map((name) => aGroup(admin, 'named', undefined, { name }))
      const [a, b, c] = groups
      assert.ok(a && b && c)
      const give = (row: Collaboration): Write => ({ write: 'collaboration', row })
      const mine = { kind: 'subject', id: admin.id } as const
      const ours = { kind: 'team', id: team.id } as const
      const rows: Collaboration[] = [
        { group: a.id, ...mine, role: 'viewer', origin: 'direct' },
        { group: a.id, ...ours, role: 'admin', origin: 'direct' },
        { group: b.id, ...mine, role: 'editor', origin: 'binding' },
        { group: b.id, ...mine, role: 'viewer', origin: 'direct' },
        { group: c.id, ...ours, role: 'viewer', origin: 'binding' },
      ]
      await ground.must(
        ...groups.map((row): Write => ({ write: 'group', row })),
        { write: 'team', row: team },
        { write: 'member', team: team.id, subject: admin.id, at: 1, manager: false },
        ...rows.map(give),
      )
      const roles = async () =>
        [...((await reads.knownToken(ground.token.keyId, anyProof))?.caller.roles ?? [])].sort()
      const given = [
        [a.id, 'admin'],
        [b.id, 'editor'],
        [c.id, 'viewer'],
      ]
      assert.deepEqual(await roles(), given.sort())
      same(await reads.collaborators(b.id), byOrigin(rows.slice(2, 4)))
      same(await reads.collaborationsFrom('binding'), byGroup([rows[2], rows[4]]))
      same(await reads.collaborationsOf(team.id), byGroup([rows[1], rows[4]]))
      await ground.refused(
        taken('secret'),
        give({ group: a.id, ...mine, role: 'admin', origin: 'direct' }),
      )
      await ground.must({ write: 'removed-collaborations', origin: 'binding', group: null })
      assert.deepEqual(
        await roles(),
        [
          [a.id, 'admin'],
          [b.id, 'viewer'],
        ].sort(),
      )
      await ground.must({ write: 'removed-collaborations', origin: 'direct', group: b.id })
      assert.deepEqual(await roles(), [[a.id, 'admin']])
      await ground.must({ write: 'removed-grantee', id: team.id })
      assert.deepEqual(await roles(), [[a.id, 'viewer']])
      await ground.must({ write: 'removed-collaborations', origin: 'direct', group: null })
      assert.deepEqual(await roles(), [[a.id, 'viewer']], 'direct ones go group by group')
    },
  )
}

const byOrigin = (rows: readonly Collaboration[]) =>
  rows.toSorted((x, y) => (x.origin < y.origin ? -1 : 1))
const byGroup = (rows: readonly (Collaboration | undefined)[]) =>
  rows.filter((row) => row !== undefined).toSorted((x, y) => (x.group < y.group ? -1 : 1))

function exerciseVariables(on: OnGround): void {
  on('a variable is kept, changed by its revision, and goes', async (ground) => {
    const { reads } = ground.database
    const { group, account } = ground
    const row = (name: string, patch: Partial<Variable> = {}): Variable => ({
      ...{ id: newId(), account: account.id, group: group.id, name, value: '', description: null },
      ...{ createdAt: 1, updatedAt: 1, revision: 1, ...patch },
    })
    const [b, a] = [row('B', { value: 'x\n"{text}', description: 'd' }), row('A')]
    await ground.must({ write: 'variable', row: b }, { write: 'variable', row: a })
    same(await reads.variables(group.id), [a, b])
    await ground.refused(taken('variable'), { write: 'variable', row: row('A') })
    const next = { ...b, name: 'C', value: 'y', description: null, updatedAt: 2, revision: 2 }
    await ground.refused(taken('variable'), {
      write: 'changed-variable',
      row: { ...next, name: 'A' },
    })
    await ground.must({ write: 'changed-variable', row: next })
    await ground.refused(ROW_MOVED, { write: 'changed-variable', row: next })
    same(await reads.variable(group.id, b.id), next)
    assert.equal(await reads.variable(newId(), b.id), null)
    await ground.refused(ROW_MOVED, { write: 'removed-variable', id: b.id, revision: 1 })
    await ground.must({ write: 'removed-variable', id: b.id, revision: 2 })
    same(await reads.variables(group.id), [a])
    await ground.must({ write: 'removed-variables', group: group.id })
    same(await reads.variables(group.id), [])
  })
}

function exerciseNaming(on: OnGround): void {
  on('a role binding is one of its name, and two changes to it never mix', async (ground) => {
    const { reads } = ground.database
    const { account, admin } = ground
    const binding: RoleBinding = {
      ...{ id: newId(), account: account.id, name: 'b', createdAt: 5, createdBy: admin.id },
      updatedAt: 5,
    }
    await ground.must({ write: 'role-binding', row: binding })
    same(await reads.roleBinding(account.id, 'b'), binding)
    assert.equal(await reads.roleBinding(newId(), 'b'), null)
    const again = { ...binding, id: newId<'binding'>() }
    await ground.refused(taken('binding'), { write: 'role-binding', row: again })
    const change: Write = { write: 'changed-role-binding', id: binding.id, from: 5, at: 5 }
    await ground.must(change)
    await ground.refused(ROW_MOVED, change)
    assert.equal((await reads.roleBinding(account.id, 'b'))?.updatedAt, 6)
    await ground.must({ write: 'removed-role-binding', id: binding.id })
    assert.equal(await reads.roleBinding(account.id, 'b'), null)
  })

  on(
    'a manifest and a slug are replaced, and a slug has one owner in an account',
    async (ground) => {
      const { reads } = ground.database
      const { account, admin } = ground
      for (const body of ['{"a":1}', '{}']) {
        await ground.must({ write: 'manifest', of: admin.id, body })
        assert.equal(await reads.manifest(admin.id), body)
      }
      await ground.must({ write: 'removed-manifest', of: admin.id })
      assert.equal(await reads.manifest(admin.id), null)
      const other = aSubject(account.id)
      const slug = (owner: typeof admin.id, text: string): Write => ({
        ...{ write: 'slug', account: account.id, owner, slug: text },
      })
      await ground.must({ write: 'subject', row: other }, slug(admin.id, 'one'))
      await ground.must(slug(admin.id, 'two'))
      assert.equal(await reads.slugOf(admin.id), 'two')
      assert.equal(await reads.slugOwner(account.id, 'one'), null)
      assert.equal(await reads.slugOwner(account.id, 'two'), admin.id)
      assert.equal(await reads.slugOwner(newId(), 'two'), null)
      await ground.refused(taken('slug'), slug(other.id, 'two'))
      await ground.must({ write: 'removed-slug', owner: admin.id }, slug(other.id, 'two'))
      assert.equal(await reads.slugOwner(account.id, 'two'), other.id)
    },
  )

  on('a login is approved once, and goes when its time is over', async (ground) => {
    const { reads } = ground.database
    const row: LoginChallenge = {
      ...{ code: 'c', statusDigest: ALL_BYTES, publicKey: 'pem', createdAt: 1, expiresAt: 9 },
      result: null,
    }
    await ground.must({ write: 'login-challenge', row })
    same(await reads.loginChallenge('c'), row)
    assert.equal(await reads.loginChallengesWaiting(), 1)
    const approve: Write = { write: 'approved-login', code: 'c', result: ALL_BYTES }
    await ground.must(approve)
    await ground.refused(ROW_MOVED, approve)
    same(await reads.loginChallenge('c'), { ...row, result: ALL_BYTES })
    await ground.must({ write: 'removed-logins', before: 9 })
    assert.equal(await reads.loginChallengesWaiting(), 1)
    await ground.must({ write: 'removed-logins', before: 10 })
    assert.equal(await reads.loginChallenge('c'), null)
  })
}

function exerciseDeleted(on: OnGround): void {
  on('what is deleted is found until it is wiped, and when its time has come', async (ground) => {
    const { reads } = ground.database
    const { account, group } = ground
    const secrets = await ground.secrets(group, 'a', 'b', 'c')
    const [a, b, c] = secrets.map((row, n) => ({
      ...{ ...row, deletedAt: 1, wipeAt: 30 - n * 10, revision: 2 },
    }))
    assert.ok(a && b && c)
    for (const row of [a, b, c]) await ground.must({ write: 'changed-secret', row })
    const deleted = (after = '', limit = 9) => reads.deletedSecrets(account.id, { after, limit })
    same(await deleted(), [a, b, c])
    same(await deleted(a.id, 1), [b])
    same(await reads.deletedSecrets(newId(), { after: '', limit: 9 }), [])
    same(await reads.secretsToWipe(9, 9), [])
    same(await reads.secretsToWipe(20, 9), [c, b])
    same(await reads.secretsToWipe(99, 1), [c])
    await ground.must({ write: 'changed-secret', row: { ...c, wipeAt: null, revision: 3 } })
    same(await reads.secretsToWipe(99, 9), [b, a])
    same(await deleted(), [a, b])
  })

  on('a token ends earlier, never later', async (ground) => {
    const { reads } = ground.database
    const { account, token } = ground
    const { keyId } = token
    const end = (expiresAt: number): Write => ({
      ...{ write: 'shortened-token', row: { ...token, expiresAt } },
    })
    await ground.must(end(50))
    assert.equal((await reads.token(account.id, token.id))?.expiresAt, 50)
    assert.equal((await reads.knownToken(keyId, anyProof))?.caller.token.revision, 2)
    await ground.refused(ROW_MOVED, end(51))
    await ground.must(end(49), { write: 'revoked-token', id: token.id, at: 1 })
    await ground.refused(ROW_MOVED, end(1))
  })
}

export function exerciseSharing(on: OnGround): void {
  exerciseGroupState(on)
  exerciseCollaborators(on)
  exerciseVariables(on)
  exerciseNaming(on)
  exerciseDeleted(on)
}

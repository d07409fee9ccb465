import assert from 'node:assert/strict'
import type { Subject } from '#domain/subject.ts'
import type { Write } from '#ports/database.ts'
import { ROW_MOVED, same, taken, type Ground, type OnGround } from './ground.ts'
import { ALL_BYTES, anAccount, anyProof, aSubject, aTeam, aToken, newId } from './rows.ts'

const changed = (row: Subject): Write => ({ write: 'changed-subject', row })

async function people(ground: Ground, ...patches: Partial<Subject>[]): Promise<Subject[]> {
  const rows = patches.map((patch) => aSubject(ground.account.id, patch))
  for (const row of rows) await ground.must({ write: 'subject', row })
  return rows
}

export function exerciseSubjects(on: OnGround): void {
  on('subjects are read in their own account only', async (ground) => {
    const { reads } = ground.database
    const other = anAccount()
    await ground.must({ write: 'account', row: other })
    const [a, b, c] = await people(
      ground,
      { kind: 'service_account', name: 'robot' },
      { role: 'admin', email: 'a@example.com' },
      { state: 'suspended', name: '\u{1f600} e\u0301 "\'\\' },
    )
    const everybody = [ground.admin, a, b, c]
    for (const row of everybody) {
      same(await reads.subject(ground.account.id, row?.id ?? newId()), row)
      assert.equal(await reads.subject(other.id, row?.id ?? newId()), null)
    }
    same(await reads.subjects(ground.account.id, { after: '', limit: 10 }), everybody)
    const page = { after: ground.admin.id, limit: 2 }
    same(await reads.subjects(ground.account.id, page), [a, b])
    same(await reads.subjects(other.id, { after: '', limit: 10 }), [])
  })

  on('a subject changes its role, state, name and e-mail, and nothing else', async (ground) => {
    const { reads } = ground.database
    const [one] = await people(ground, { email: 'old@example.com' })
    assert.ok(one)
    const next = { ...one, role: 'admin', state: 'suspended', name: 'new', email: null } as const
    await ground.must(changed({ ...next, createdAt: 0 }))
    same(await reads.subject(one.account, one.id), next)
    await ground.refused(ROW_MOVED, changed({ ...one, id: newId() }))
    await ground.refused(ROW_MOVED, changed({ ...one, kind: 'service_account' }))
    await ground.refused(ROW_MOVED, changed({ ...one, account: newId() }))
  })

  on('an e-mail address is one subject’s, until that one is removed', async (ground) => {
    const { reads } = ground.database
    const { id } = ground.account
    const email = 'one@example.com'
    const [first, second] = await people(ground, { email }, { email: null })
    assert.ok(first && second)
    same(await reads.subjectByEmail(id, email), first)
    assert.equal(await reads.subjectByEmail(id, 'two@example.com'), null)
    const row = aSubject(id, { email })
    await ground.refused(taken('subject'), { write: 'subject', row })
    await ground.refused(taken('subject'), changed({ ...second, email }))
    await ground.must(changed({ ...first, state: 'suspended' }))
    await ground.refused(taken('subject'), { write: 'subject', row })
    await ground.must(changed({ ...first, state: 'removed' }))
    assert.equal(await reads.subjectByEmail(id, email), null)
    await ground.must({ write: 'subject', row })
    same(await reads.subjectByEmail(id, email), row)
    await ground.refused(taken('subject'), changed({ ...first, state: 'active' }))
    const other = anAccount()
    await ground.must({ write: 'account', row: other })
    await ground.must({ write: 'subject', row: aSubject(other.id, { email }) })
    assert.equal(await reads.subjectByEmail(other.id, 'none@example.com'), null)
  })

  on('subjects without an e-mail address do not meet', async (ground) => {
    await people(ground, { email: null }, { email: null })
    assert.equal(await ground.database.reads.subjectByEmail(ground.account.id, ''), null)
  })
}

export function exerciseTeams(on: OnGround): void {
  on('a team is read in its own account, by one name, until it is removed', async (ground) => {
    const { reads } = ground.database
    const { id } = ground.account
    const teams = [1, 2, 3].map((n) => aTeam(ground.admin, { name: `team ${n}` }))
    for (const row of teams) await ground.must({ write: 'team', row })
    const [first, ...rest] = teams
    assert.ok(first)
    same(await reads.team(id, first.id), first)
    assert.equal(await reads.team(newId(), first.id), null)
    same(await reads.teams(id, { after: '', limit: 10 }), teams)
    same(await reads.teams(id, { after: first.id, limit: 1 }), rest.slice(0, 1))
    const again = aTeam(ground.admin, { name: 'team 1' })
    await ground.refused(taken('team'), { write: 'team', row: again })
    await ground.must({ write: 'removed-team', id: first.id, at: 5 })
    await ground.refused(ROW_MOVED, { write: 'removed-team', id: first.id, at: 6 })
    assert.equal(await reads.team(id, first.id), null)
    same(await reads.teams(id, { after: '', limit: 10 }), rest)
    await ground.must({ write: 'team', row: again })
    same(await reads.team(id, again.id), again)
  })

  on('members of a team come and go', async (ground) => {
    const { reads } = ground.database
    const team = aTeam(ground.admin)
    await ground.must({ write: 'team', row: team })
    const [a, b, c] = await people(ground, {}, { name: 'b' }, {})
    assert.ok(a && b && c)
    const add = (subject: Subject, at: number): Write => ({
      ...{ write: 'member', team: team.id, subject: subject.id, at, manager: at === 2 },
    })
    await ground.must(add(b, 2), add(a, 1))
    await ground.must(add(c, 3))
    const members = async (after = '', limit = 10) =>
      (await reads.members(team.id, { after, limit })).map(({ subject, addedAt, manager }) => ({
        ...{ id: subject.id, addedAt, manager },
      }))
    const expected = [a, b, c].map(({ id }, n) => ({ id, addedAt: n + 1, manager: n === 1 }))
    assert.deepEqual(await members(), expected)
    assert.deepEqual(await members(a.id, 1), expected.slice(1, 2))
    same((await reads.members(team.id, { after: a.id, limit: 1 }))[0]?.subject, b)
    await ground.refused(taken('member'), add(a, 9))
    const remove: Write = { write: 'removed-member', team: team.id, subject: b.id }
    await ground.must(remove)
    await ground.refused(ROW_MOVED, remove)
    assert.deepEqual(await members(), [expected[0], expected[2]])
    await ground.must(add(b, 7))
    await ground.must(changed({ ...c, state: 'removed' }))
    await ground.must(changed({ ...a, state: 'suspended' }))
    assert.deepEqual(await members(), [expected[0], { id: b.id, addedAt: 7, manager: false }])
    const promote = { write: 'changed-member', team: team.id, subject: b.id } as const
    await ground.must({ ...promote, manager: true })
    assert.deepEqual(await members(a.id), [{ id: b.id, addedAt: 7, manager: true }])
    await ground.refused(ROW_MOVED, { ...promote, subject: newId(), manager: true })
    const all = { write: 'removed-members', team: team.id } as const
    await ground.must({ ...all, team: newId() })
    assert.deepEqual(await reads.teamsOf(b.id), [team.id])
    await ground.must(all)
    assert.deepEqual(await reads.teamsOf(b.id), [])
  })
}

export function exerciseTokens(on: OnGround): void {
  on('a token comes back as it was written, in its own account only', async (ground) => {
    const { reads } = ground.database
    const { admin, account } = ground
    const tokens = [
      aToken(admin, { scopes: [], expiresAt: Number.MAX_SAFE_INTEGER }),
      aToken(admin, { scopes: ['list', 'read', 'write', 'manage', 'audit'], name: 'né' }),
    ]
    for (const row of tokens) {
      await ground.must({ write: 'token', row, digest: ALL_BYTES })
      same(await reads.token(account.id, row.id), row)
      assert.equal(await reads.token(newId(), row.id), null)
    }
    const all = [ground.token, ...tokens]
    same(await reads.tokens(admin.id, { after: '', limit: 10 }), all)
    same(await reads.tokens(admin.id, { after: ground.token.id, limit: 1 }), tokens.slice(0, 1))
    const row = aToken(admin, { keyId: ground.token.keyId })
    await ground.refused(taken('token'), { write: 'token', row, digest: ALL_BYTES })
  })

  on('a known token brings all that a decision needs', async (ground) => {
    const { reads } = ground.database
    const { admin, token, account, digest } = ground
    const { keyId } = token
    const isDigest = (shown: Uint8Array) => Buffer.from(shown).equals(digest)
    assert.equal(await reads.knownToken('no such key', anyProof), null)
    assert.equal(await reads.knownToken(keyId, () => false), null)
    const known = {
      revokedAt: null,
      caller: {
        ...{ account: account.id, subject: admin, authority: 1, teams: [], operator: false },
        roles: new Map(),
        token: { id: token.id, kind: 'key', revision: 1, scopes: null, expiresAt: null },
      },
    }
    same(await reads.knownToken(keyId, isDigest), known)
    const [a, b] = [aTeam(admin), aTeam(admin)]
    await ground.must(
      { write: 'team', row: a },
      { write: 'team', row: b },
      { write: 'member', team: b.id, subject: admin.id, at: 1, manager: false },
      { write: 'member', team: a.id, subject: admin.id, at: 1, manager: false },
      { write: 'raise-authority', account: account.id },
      changed({ ...admin, state: 'suspended', role: 'member' }),
    )
    const { caller } = known
    const subject = { ...admin, state: 'suspended', role: 'member' }
    const later = { ...caller, subject, authority: 2, teams: [a.id, b.id] }
    same(await reads.knownToken(keyId, anyProof), { ...known, caller: later })
    await ground.must({ write: 'removed-team', id: a.id, at: 1 })
    await ground.must({ write: 'revoked-token', id: token.id, at: 77 })
    const revoked = { ...later, teams: [b.id], token: { ...caller.token, revision: 2 } }
    const isNone = (shown: Uint8Array) => shown.length === 0
    const dead = { revokedAt: 77, caller: revoked }
    same(await reads.knownToken(keyId, isNone), dead, 'and its digest is gone')
    assert.equal((await reads.token(account.id, token.id))?.revokedAt, 77)
    await ground.refused(ROW_MOVED, { write: 'revoked-token', id: token.id, at: 78 })
  })

  on('the callers of one account are the operators', async (ground) => {
    const { reads } = ground.database
    const other = anAccount()
    const stranger = aSubject(other.id)
    const token = aToken(stranger, { keyId: 'strange' })
    await ground.must(
      {
        write: 'installation',
        row: {
          ...{ id: newId(), createdAt: 1, operator: ground.account.id, rootKey: 'root' },
          ...{ serverKey: ALL_BYTES, signingKey: ALL_BYTES, publicKey: ALL_BYTES },
        },
      },
      { write: 'account', row: other },
      { write: 'subject', row: stranger },
      { write: 'token', row: token, digest: ALL_BYTES },
    )
    assert.equal((await reads.knownToken(ground.token.keyId, anyProof))?.caller.operator, true)
    assert.equal((await reads.knownToken('strange', anyProof))?.caller.operator, false)
  })
}

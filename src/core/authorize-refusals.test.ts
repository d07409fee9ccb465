import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Action } from '#domain/action.ts'
import type { Fault } from '#domain/fault.ts'
import type { Group, GroupRole, Owner } from '#domain/group.ts'
import type { Caller, Scope } from '#domain/subject.ts'
import { idOf } from '#test/support/places.ts'
import { authorize, maySee, roleIn, type Resource } from './authorize.ts'

const account = idOf<'account'>('1')
const me = idOf<'subject'>('2')
const somebody = idOf<'subject'>('3')
const myTeam = idOf<'team'>('4')
const otherTeam = idOf<'team'>('5')

const caller = (role: 'admin' | 'member', patch: Partial<Caller> = {}): Caller => ({
  account,
  subject: {
    ...{ id: me, account, kind: 'user', role, name: 'me', email: null },
    ...{ state: 'active', createdAt: 0 },
  },
  token: { id: idOf('6'), kind: 'key', revision: 1, scopes: null, expiresAt: null },
  ...{ authority: 1, teams: [myTeam], roles: new Map(), operator: false },
  ...patch,
})

const scoped = (...scopes: Scope[]): Caller => {
  const admin = caller('admin')
  return { ...admin, token: { ...admin.token, scopes } }
}

const group = (owner: Owner, patch: Partial<Group> = {}): Group => ({
  ...{ id: idOf('7'), account, kind: 'named', name: 'g', owner, open: false, store: 'embedded' },
  ...{ createdAt: 0, createdBy: somebody, ...patch },
})

const inGroup = (of: Group): Resource => ({ kind: 'group', group: of, thing: 'secret' })

const mine = group({ kind: 'subject', id: me })
const theirs = group({ kind: 'subject', id: somebody })
const shared = group({ kind: 'account', id: account })

/** A member who was given this role in any group that is asked about. */
const given = (role: GroupRole): Caller =>
  caller('member', { roles: new Map([[idOf<'group'>('7'), role]]) })

function refused(who: Caller, action: Action, what: Resource): Fault | null {
  const decided = authorize(who, action, what, null)
  return decided.ok ? null : decided.error
}

const denied = (needs: string): Fault => ({ kind: 'denied', needs })

test('who is not enough is told what it takes', () => {
  const member = caller('member')
  const operator = 'the role admin in the account that runs this Strongroom'
  const rows: readonly [Caller, Action, Resource, string][] = [
    [member, 'subject.create', { kind: 'account' }, 'the role admin'],
    [caller('admin'), 'account.create', { kind: 'installation' }, operator],
    [caller('member', { operator: true }), 'account.create', { kind: 'installation' }, operator],
    [given('viewer'), 'secret.read', inGroup(theirs), 'the role editor in the group'],
    [given('editor'), 'group.delete', inGroup(theirs), 'the role admin in the group'],
    [given('editor'), 'group.create', inGroup(theirs), 'the role admin in the group'],
    [given('editor'), 'group.update', inGroup(theirs), 'the role admin in the group'],
    [given('editor'), 'store.move', inGroup(theirs), 'the role admin in the group'],
    [scoped('list'), 'secret.read', { kind: 'self' }, 'a token with the scope read'],
    [scoped(), 'whoami', { kind: 'account' }, ''],
  ]
  for (const [who, action, what, needs] of rows) {
    assert.deepEqual(refused(who, action, what), needs === '' ? null : denied(needs), action)
  }
})

test('what is not known of is missing as what it would be', () => {
  const member = caller('member')
  const missing = (thing: string) => ({ kind: 'not_found', thing })
  const who: Resource = { kind: 'subject', id: somebody }
  assert.deepEqual(refused(member, 'subject.get', who), missing('subject'))
  const team: Resource = { kind: 'team', id: otherTeam }
  assert.deepEqual(refused(member, 'team.get', team), missing('team'))
  assert.equal(refused(member, 'team.get', { kind: 'team', id: myTeam }), null)
  assert.equal(refused(member, 'subject.get', { kind: 'subject', id: me }), null)
})

test('kept tokens are no group to anybody, not even to whose they are', () => {
  const kept = group({ kind: 'subject', id: me }, { kind: 'tokens' })
  for (const who of [caller('admin'), caller('member'), given('admin')]) {
    assert.equal(roleIn(who, kept), null)
    assert.deepEqual(refused(who, 'secret.read', inGroup(kept)), {
      kind: 'not_found',
      thing: 'secret',
    })
  }
})

test('a group of another account is not there, whoever is its owner', () => {
  const foreign = { ...mine, account: idOf<'account'>('9') }
  assert.equal(roleIn(given('admin'), foreign), null)
  assert.deepEqual(refused(caller('admin'), 'secret.get', inGroup(foreign)), {
    kind: 'not_found',
    thing: 'secret',
  })
})

test('an owner is an admin of the group, a collaborator what they were given', () => {
  const ofTeam = (open: boolean, id = myTeam) => group({ kind: 'team', id }, { open })
  const ofAccount = (open: boolean) => group({ kind: 'account', id: account }, { open })
  const rows: readonly [Caller, Group, GroupRole | null][] = [
    [caller('member'), mine, 'admin'],
    [caller('admin'), theirs, null],
    [caller('admin'), shared, 'admin'],
    [caller('member'), ofAccount(false), null],
    [caller('member'), ofAccount(true), 'admin'],
    [caller('member'), ofTeam(true), 'admin'],
    [caller('member'), ofTeam(false), null],
    [caller('member'), ofTeam(true, otherTeam), null],
    [caller('admin'), ofTeam(false, otherTeam), 'admin'],
    [given('viewer'), theirs, 'viewer'],
    [given('editor'), shared, 'editor'],
    [given('viewer'), mine, 'admin'],
  ]
  for (const [who, of, role] of rows) {
    assert.equal(roleIn(who, of), role)
    assert.equal(maySee(who, of), role !== null)
  }
})

test('where the values of a group are kept only an admin of the account says, or who it is of', () => {
  const open = inGroup(group({ kind: 'account', id: account }, { open: true }))
  assert.equal(refused(caller('admin'), 'store.move', open), null)
  assert.deepEqual(refused(caller('member'), 'store.move', open), denied('the role admin'))
  assert.deepEqual(refused(given('admin'), 'store.move', inGroup(theirs)), denied('the role admin'))
  assert.equal(refused(caller('member'), 'store.move', inGroup(mine)), null)
  assert.equal(refused(given('admin'), 'group.update', inGroup(theirs)), null)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACTIONS, type Action } from '#domain/action.ts'
import { GROUP_ROLES, type Group, type GroupRole, type Owner } from '#domain/group.ts'
import type { Id } from '#domain/ids.ts'
import { SCOPES, type Caller, type Role, type Scope } from '#domain/subject.ts'
import { matchesGolden } from '#test/support/golden.ts'
import { idOf } from '#test/support/places.ts'
import { authorize, maySee, type Resource } from './authorize.ts'

const account = idOf<'account'>('1')
const otherAccount = idOf<'account'>('2')
const me = idOf<'subject'>('3')
const somebody = idOf<'subject'>('4')
const myTeam = idOf<'team'>('5')
const otherTeam = idOf<'team'>('6')

/** Groups that are shared with the caller, by the role. */
const shared = {
  viewer: idOf<'group'>('9'),
  editor: idOf<'group'>('a'),
  admin: idOf<'group'>('b'),
} as const satisfies Record<GroupRole, Id<'group'>>

const caller = (role: Role, operator: boolean, scopes: readonly Scope[] | null): Caller => ({
  account,
  subject: {
    ...{ id: me, account, kind: 'user', role, name: 'me', email: null },
    ...{ state: 'active', createdAt: 0 },
  },
  token: { id: idOf('7'), kind: 'key', revision: 1, scopes, expiresAt: null },
  authority: 1,
  teams: [myTeam],
  roles: new Map(Object.entries(shared).map(([role, id]) => [id, role as GroupRole])),
  operator,
})

const callers: Readonly<Record<string, (scopes: readonly Scope[] | null) => Caller>> = {
  'operator admin': (scopes) => caller('admin', true, scopes),
  'operator member': (scopes) => caller('member', true, scopes),
  admin: (scopes) => caller('admin', false, scopes),
  member: (scopes) => caller('member', false, scopes),
}

const groupOf = (
  owner: Owner,
  of: Id<'account'> = account,
  patch: Partial<Group> = {},
): Resource & { readonly kind: 'group' } => {
  const group: Group = {
    ...{ id: idOf('8'), account: of, kind: 'named', name: 'g', owner, store: 'embedded' },
    ...{ open: true, ...patch },
    ...{ createdAt: 0, createdBy: me },
  }
  return { kind: 'group', group, thing: 'secret' }
}

const resources: Readonly<Record<string, Resource>> = {
  oneself: { kind: 'self' },
  'the people and the record of the account': { kind: 'account' },
  'accounts and root keys': { kind: 'installation' },
  'oneself, as a person': { kind: 'subject', id: me },
  'another person of the account': { kind: 'subject', id: somebody },
  "one's own team": { kind: 'team', id: myTeam },
  'another team of the account': { kind: 'team', id: otherTeam },
  'a group of the account': groupOf({ kind: 'account', id: account }),
  "one's own group": groupOf({ kind: 'subject', id: me }),
  "another person's group": groupOf({ kind: 'subject', id: somebody }),
  "a group of one's own team": groupOf({ kind: 'team', id: myTeam }),
  'a group of another team': groupOf({ kind: 'team', id: otherTeam }),
  'a group that is not open to all': groupOf({ kind: 'account', id: account }, account, {
    open: false,
  }),
  "a group of one's own team that is not open to all": groupOf(
    { kind: 'team', id: myTeam },
    account,
    { open: false },
  ),
  "another account's group": groupOf({ kind: 'account', id: otherAccount }, otherAccount),
  "another account's group of the same owner": groupOf({ kind: 'subject', id: me }, otherAccount),
}

type Sign = '✔' | '✘' | 'hidden'

function decide(who: Caller, action: Action, what: Resource): Sign {
  const decided = authorize(who, action, what, null)
  if (decided.ok) return '✔'
  return decided.error.kind === 'not_found' || decided.error.kind === 'hidden' ? 'hidden' : '✘'
}

/** To move what is in a group is for admins of the account, and for whose own group it is. */
const reached = (name: string, what: Resource, action: 'whoami' | 'store.move' = 'whoami'): Sign =>
  decide((callers[name] ?? (() => caller('member', false, null)))(null), action, what)

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((title, n) =>
    Math.max(title.length, ...rows.map((row) => row[n]?.length ?? 0)),
  )
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, n) => cell.padEnd(widths[n] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const whoReaches = (): string =>
  table(
    ['', ...Object.keys(callers)],
    Object.entries(resources).map(([name, what]) => [
      name,
      ...Object.keys(callers).map((who) => reached(who, what)),
    ]),
  )

const whoMoves = (): string =>
  table(
    ['', ...Object.keys(callers)],
    Object.entries(resources)
      .filter(([, { kind }]) => kind === 'group')
      .map(([name, what]) => [
        name,
        ...Object.keys(callers).map((who) => reached(who, what, 'store.move')),
      ]),
  )

const scopeMay = (scopes: readonly Scope[] | null, action: Action): Sign =>
  decide(caller('admin', true, scopes), action, { kind: 'self' })

const whatScopesMay = (): string =>
  table(
    ['', 'all', ...SCOPES, 'none'],
    ACTIONS.map((action) => [
      action,
      scopeMay(null, action),
      ...SCOPES.map((scope) => scopeMay([scope], action)),
      scopeMay([], action),
    ]),
  )

/** Somebody else's group, in which the caller has this role. */
const sharedAs = (role: GroupRole) =>
  groupOf({ kind: 'subject', id: somebody }, account, { id: shared[role] })

const collaboratorMay = (role: GroupRole, action: Action): Sign =>
  decide(caller('member', false, null), action, sharedAs(role))

const whatCollaboratorsMay = (): string =>
  table(
    ['', ...GROUP_ROLES],
    ACTIONS.filter((action) => /^(?:group|link|secret|variable|version)\./.test(action)).map(
      (action) => [action, ...GROUP_ROLES.map((role) => collaboratorMay(role, action))],
    ),
  )

test('who may do what to which thing is what was reviewed', () => {
  const text = [
    '# Who may do what: ✔ yes, ✘ no, and is told so, hidden: no, and it is as if it were not there.',
    '#',
    '# A request is done if tables 1 (or, in a group of somebody else, 3) and 2 say ✔. Where the first says no, that is the answer.',
    '#',
    '# 1. What each caller reaches. An operator is in the account that runs the installation.',
    '',
    whoReaches(),
    '',
    '# 1b. Whose groups they may move to another store.',
    '',
    whoMoves(),
    '',
    '# 2. What a token may, by its scopes. "all" is a token that was not narrowed.',
    '',
    whatScopesMay(),
    '',
    '# 3. What a collaborator may in a group that is shared with them, by their role.',
    '',
    whatCollaboratorsMay(),
    '',
  ]
  matchesGolden(new URL('authorize.golden.txt', import.meta.url), text.join('\n'))
})

const scopeSets = SCOPES.reduce<readonly (readonly Scope[])[]>(
  (sets, scope) => [...sets, ...sets.map((set) => [...set, scope])],
  [[]],
)

// Bug class 98.
test('the two tables together are every decision: role, scopes, resource and action', () => {
  let decisions = 0
  for (const [name, of] of Object.entries(callers)) {
    for (const [where, what] of Object.entries(resources)) {
      for (const scopes of [null, ...scopeSets]) {
        for (const action of ACTIONS) {
          const first = reached(name, what, action === 'store.move' ? action : 'whoami')
          const held = scopes === null || scopes.some((scope) => scopeMay([scope], action) === '✔')
          const second: Sign = held || scopeMay([], action) === '✔' ? '✔' : '✘'
          const expected = first === '✔' ? second : first
          assert.equal(decide(of(scopes), action, what), expected, `${name} ${action} ${where}`)
          decisions += 1
        }
      }
    }
  }
  assert.equal(decisions, 4 * 16 * 33 * ACTIONS.length)
})

test('in a shared group the role decides first, then the scopes', () => {
  for (const role of GROUP_ROLES) {
    for (const scopes of [null, ...scopeSets]) {
      for (const action of ACTIONS) {
        const held = scopes === null || scopes.some((scope) => scopeMay([scope], action) === '✔')
        const second: Sign = held || scopeMay([], action) === '✔' ? '✔' : '✘'
        const first = collaboratorMay(role, action)
        const expected = first === '✔' ? second : first
        assert.equal(decide(caller('member', false, scopes), action, sharedAs(role)), expected)
      }
    }
  }
})

test('a role in a group of another account gives nothing', () => {
  const group = groupOf({ kind: 'account', id: otherAccount }, otherAccount, { id: shared.admin })
  assert.equal(decide(caller('admin', true, null), 'secret.get', group), 'hidden')
})

test('a grant says what was decided: the action, the caller and the thing, and nothing else', () => {
  const who = caller('admin', false, null)
  const target = { kind: 'secret', id: 'c1', name: 'n' } as const
  const decided = authorize(who, 'secret.read', groupOf({ kind: 'account', id: account }), target)
  assert.deepEqual(decided, { ok: true, value: { action: 'secret.read', caller: who, target } })
})

test('what is hidden is missing in the words of the thing that was asked for', () => {
  const who = caller('member', false, null)
  const group = groupOf({ kind: 'subject', id: somebody })
  assert.deepEqual(authorize(who, 'secret.get', group, null), {
    ok: false,
    error: { kind: 'hidden', thing: 'secret' },
  })
  const team: Resource = { kind: 'team', id: otherTeam }
  assert.deepEqual(authorize(who, 'team.get', team, null), {
    ok: false,
    error: { kind: 'not_found', thing: 'team' },
  })
})

test('to see a group and to use it are one decision', () => {
  for (const [name, what] of Object.entries(resources)) {
    if (what.kind !== 'group') continue
    for (const of of Object.values(callers)) {
      assert.equal(
        maySee(of(null), what.group),
        decide(of(null), 'secret.read', what) === '✔',
        name,
      )
    }
  }
})

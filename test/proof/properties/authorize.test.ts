import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { authorize, maySee, roleIn, type Resource } from '#core/authorize.ts'
import { ACTIONS, type Action } from '#domain/action.ts'
import { GROUP_ROLES, type Group } from '#domain/group.ts'
import { SCOPES, type Caller } from '#domain/subject.ts'
import { idOf } from '#test/support/places.ts'
import { figures, sized } from '#test/support/tier.ts'
import { holds, isFoundOut, sayHowMuch } from './holds.ts'
import { expected, type Decision } from './reference.ts'

/** The one door against a model of it, made from the tables that were reviewed and from nothing else. */

const digits = ['1', '2', '3'] as const
const accounts = digits.map((digit) => idOf<'account'>(digit))
const subjects = digits.map((digit) => idOf<'subject'>(digit))
const teams = digits.map((digit) => idOf<'team'>(digit))
const groupIds = digits.map((digit) => idOf<'group'>(digit))

const GROUP_KINDS = [
  ...(['account', 'credentials', 'personal', 'team', 'named', 'environment', 'tokens'] as const),
]

const anyOwner: fc.Arbitrary<Group['owner']> = fc.oneof(
  fc.constantFrom(...accounts).map((id) => ({ kind: 'account' as const, id })),
  fc.constantFrom(...subjects).map((id) => ({ kind: 'subject' as const, id })),
  fc.constantFrom(...teams).map((id) => ({ kind: 'team' as const, id })),
)

const anyGroup: fc.Arbitrary<Group> = fc.record({
  id: fc.constantFrom(...groupIds),
  account: fc.constantFrom(...accounts),
  kind: fc.constantFrom(...GROUP_KINDS),
  ...{ name: fc.constant('g'), owner: anyOwner, store: fc.constant('embedded' as const) },
  ...{ open: fc.boolean(), createdAt: fc.constant(0), createdBy: fc.constantFrom(...subjects) },
})

const anyResource: fc.Arbitrary<Resource> = fc.oneof(
  fc.constantFrom<Resource>({ kind: 'self' }, { kind: 'account' }, { kind: 'installation' }),
  fc.constantFrom(...subjects).map((id): Resource => ({ kind: 'subject', id })),
  fc.constantFrom(...teams).map((id): Resource => ({ kind: 'team', id })),
  {
    weight: 4,
    arbitrary: anyGroup.map((group): Resource => ({ kind: 'group', group, thing: 'secret' })),
  },
)

const anyCaller: fc.Arbitrary<Caller> = fc
  .record({
    account: fc.constantFrom(...accounts),
    id: fc.constantFrom(...subjects),
    kind: fc.constantFrom('user' as const, 'service_account' as const),
    role: fc.constantFrom('admin' as const, 'member' as const),
    scopes: fc.option(fc.subarray([...SCOPES])),
    teams: fc.subarray(teams),
    roles: fc.array(fc.tuple(fc.constantFrom(...groupIds), fc.constantFrom(...GROUP_ROLES))),
    operator: fc.boolean(),
    tokenKind: fc.constantFrom('key' as const, 'personal' as const),
  })
  .map(({ account, id, kind, role, scopes, tokenKind, ...rest }) => ({
    ...{ account, authority: 1, teams: rest.teams, operator: rest.operator },
    subject: {
      ...{ id, account, kind, role, name: 'n', email: null },
      ...{ state: 'active' as const, createdAt: 0 },
    },
    token: { id: idOf('7'), kind: tokenKind, revision: 1, scopes, expiresAt: null },
    roles: new Map(rest.roles),
  }))

const anyAction = fc.constantFrom(...ACTIONS)

function decided(caller: Caller, action: Action, resource: Resource): Decision {
  const result = authorize(caller, action, resource, null)
  if (result.ok) return 'done'
  const { kind } = result.error
  return kind === 'hidden' || kind === 'not_found' || kind === 'denied' ? kind : 'denied'
}

const world = fc.tuple(anyCaller, fc.array(anyResource, { minLength: 1, maxLength: 12 }))

let decisions = 0

holds(
  'every decision is the one that the model makes',
  fc.property(world, ([caller, resources]) => {
    for (const resource of resources) {
      for (const action of ACTIONS) {
        const [found, promised] = [
          decided(caller, action, resource),
          expected(caller, action, resource),
        ]
        if (found !== promised) assert.fail(`${action}: ${found}, and should be ${promised}`)
        decisions += 1
      }
    }
  }),
  { cost: sized(1, 2) },
)

/** Everything that changes, or opens, a value or a group. */
const opening = ACTIONS.filter(
  (action) =>
    /^(?:group|link|secret|variable|version)\./.test(action) && !/\.(?:get|list)$/.test(action),
)

holds(
  'a stranger never does anything in a group',
  fc.property(anyCaller, anyGroup, anyAction, (caller, group, action) => {
    fc.pre(group.account !== caller.account)
    const kind = decided(caller, action, { kind: 'group', group, thing: 'secret' })
    assert.equal(kind, 'not_found')
    assert.equal(maySee(caller, group), false)
  }),
)

holds(
  'a viewer never opens or changes anything',
  fc.property(anyCaller, anyGroup, fc.constantFrom(...opening), (caller, group, action) => {
    const viewer = { ...caller, roles: new Map([[group.id, 'viewer' as const]]) }
    fc.pre(roleIn(viewer, group) === 'viewer')
    assert.equal(decided(viewer, action, { kind: 'group', group, thing: 'secret' }), 'denied')
  }),
)

holds(
  'a token with fewer scopes never does more',
  fc.property(anyCaller, anyAction, anyResource, fc.subarray([...SCOPES]), (...drawn) => {
    const [caller, action, resource, scopes] = drawn
    const held = caller.token.scopes ?? SCOPES
    const fewer = scopes.filter((scope) => held.includes(scope))
    const narrowed = { ...caller, token: { ...caller.token, scopes: fewer } }
    if (decided(narrowed, action, resource) === 'done') {
      assert.equal(decided(caller, action, resource), 'done')
    }
  }),
)

holds(
  'a higher role in a group never does less',
  fc.property(anyCaller, anyGroup, anyAction, (caller, group, action) => {
    const done = GROUP_ROLES.map((role) => {
      const of = { ...caller, roles: new Map([[group.id, role]]) }
      return decided(of, action, { kind: 'group', group, thing: 'secret' }) === 'done'
    })
    assert.deepEqual(done, done.toSorted())
  }),
)

holds(
  'whoever is no operator reaches nothing of the installation, whatever its role',
  fc.property(anyCaller, anyAction, (caller, action) => {
    const of = { ...caller, operator: false }
    assert.equal(decided(of, action, { kind: 'installation' }), 'denied')
  }),
)

holds(
  'a group of kept tokens is nobody`s, not even its owner`s',
  fc.property(anyCaller, anyGroup, anyAction, (caller, group, action) => {
    const kept: Group = { ...group, kind: 'tokens', account: caller.account }
    const resource: Resource = { kind: 'group', group: kept, thing: 'secret' }
    assert.equal(decided(caller, action, resource), 'not_found')
  }),
)

holds(
  'what is in one group gives nothing in another',
  fc.property(anyCaller, anyGroup, anyAction, (caller, group, action) => {
    const resource: Resource = { kind: 'group', group, thing: 'secret' }
    const others = [...caller.roles].filter(([id]) => id !== group.id)
    const without = { ...caller, roles: new Map(caller.roles).set(group.id, 'viewer') }
    without.roles.delete(group.id)
    const more = { ...caller, roles: new Map(others.map(([id]) => [id, 'admin' as const])) }
    assert.equal(decided(more, action, resource), decided(without, action, resource))
  }),
)

/** What a careless engine would say, each in another way. */
const careless: Readonly<Record<string, typeof expected>> = {
  'lets a viewer read values': (caller, action, resource) =>
    action === 'secret.read' && resource.kind === 'group' && maySee(caller, resource.group)
      ? 'done'
      : expected(caller, action, resource),
  'takes an admin for the owner of every group': (caller, action, resource) =>
    expected(
      caller,
      action,
      resource.kind === 'group' && caller.subject.role === 'admin'
        ? {
            ...resource,
            group: { ...resource.group, owner: { kind: 'account', id: caller.account } },
          }
        : resource,
    ),
  'forgets the scopes of a token': (caller, action, resource) =>
    expected({ ...caller, token: { ...caller.token, scopes: null } }, action, resource),
  'does not look at the account': (caller, action, resource) =>
    expected(
      caller,
      action,
      resource.kind === 'group'
        ? { ...resource, group: { ...resource.group, account: caller.account } }
        : resource,
    ),
}

const oftenReading = fc.oneof(anyAction, fc.constant('secret.read' as const))

for (const [name, engine] of Object.entries(careless)) {
  isFoundOut(
    `an engine that ${name}`,
    fc.property(anyCaller, oftenReading, anyResource, (caller, action, resource) => {
      assert.equal(engine(caller, action, resource), decided(caller, action, resource))
    }),
  )
}

test('how many decisions that were', (t) => {
  assert.ok(decisions > sized(100_000, 10_000_000), String(decisions))
  figures(t, 'properties-authorize', { decisions, differences: 0 })
})

sayHowMuch('authorize')

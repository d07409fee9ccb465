import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Dialect, Route } from '#dialects/dialect.ts'
import type { Answer } from '#test/support/api.ts'
import { callOf, paramIn, paramsOf, targetOf, type Call } from '#test/support/calls.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { onEachEngine, type House, type Tenant } from '#test/support/house.ts'
import { knownDialects } from '#test/support/matrix.ts'

const own = '/strongroom/v1'

/** A call with something of another account's in it, and its twin with what never was. */
interface Case {
  readonly what: string
  readonly foreign: Call
  readonly absent: Call
  readonly headers?: readonly [foreign: Headers, absent: Headers]
  readonly status: number
}

type Headers = Readonly<Record<string, string>>

/** The same text with another last character: the name of nothing, at the same place of a list. */
const twin = (text: string): string =>
  text.replace(/.(?=$|@)/, (last) => (last === 'z' ? 'y' : last === '9' ? '8' : 'z'))

const NOT_FOUND = 404
const FORBIDDEN = 403
const INVALID = 422
const OK = 200

/** Members of bodies and queries that name something; `status` is what a foreign one brings. */
const bodyReferences: Readonly<Record<string, (of: Estate) => readonly string[]>> = {
  group: ({ group, groupName }) => [group, groupName],
  member: ({ user, userEmail }) => [user, userEmail],
  secret: ({ secret, linked }) => [secret, linked],
  service_account: ({ service }) => [service],
  team: ({ team }) => [team],
  with: ({ userEmail }) => [userEmail],
}

const queryReferences: Readonly<
  Record<string, { readonly status: number; readonly of: (estate: Estate) => string }>
> = {
  after: { status: OK, of: ({ secret }) => secret },
  ending_before: { status: INVALID, of: ({ secret }) => secret },
  name: { status: OK, of: ({ credentialName }) => credentialName },
  search: { status: OK, of: ({ mark }) => mark },
  service_account: { status: NOT_FOUND, of: ({ service }) => service },
  starting_after: { status: INVALID, of: ({ credential }) => credential },
  target: { status: OK, of: ({ secret }) => secret },
}

/** Where a list goes on is a place of this one list; elsewhere it is any place in the order of ids. */
const cursors = new Set(['listSecrets'])

/** Members of queries that name nothing. */
const plainQueries = new Set(['before', 'limit', 'sort_by', 'sort_order', 'version'])
/** Members of bodies that name nothing that is there already. */
const plainBodies = new Set([
  ...['activate', 'credential_metadata', 'description', 'email', 'encoding', 'expect_version'],
  ...[
    'expires_at',
    'file',
    'key',
    'metadata',
    'name',
    'open',
    'owner',
    'payload',
    'role',
    'scopes',
  ],
  ...['slug', 'state', 'type', 'value', 'visibility'],
])

const membersOf = (schema: Route['schemas']['body']): readonly string[] =>
  Object.keys((schema as { readonly properties?: object } | undefined)?.properties ?? {})

/** Parameters that name a part of what stands before them, and nothing without it. */
const ofItsParent = new Set(['variables/:variable', 'versions/:n'])

function pathCases(route: Route, mine: Estate, theirs: Estate): readonly Case[] {
  const call = callOf(route, mine)
  const names = paramsOf(route).filter(({ key }) => !ofItsParent.has(key))
  const foreign = names.map(({ key, name }) => [name, paramIn(route, key, name, theirs)] as const)
  const one = foreign.map(([name, value]) => ({
    what: `:${name}`,
    foreign: { ...call, params: { ...call.params, [name]: value } },
    absent: { ...call, params: { ...call.params, [name]: twin(value) } },
    status: NOT_FOUND,
  }))
  if (foreign.length < 2) return one
  const all = Object.fromEntries(foreign)
  const none = Object.fromEntries(foreign.map(([name, value]) => [name, twin(value)]))
  const both = {
    what: 'every parameter',
    foreign: { ...call, params: { ...call.params, ...all } },
    absent: { ...call, params: { ...call.params, ...none } },
    status: NOT_FOUND,
  }
  return [...one, both]
}

function bodyCases(route: Route, mine: Estate, theirs: Estate): readonly Case[] {
  const call = callOf(route, mine)
  return membersOf(route.schemas.body).flatMap((name): readonly Case[] => {
    const of = bodyReferences[name]
    if (of === undefined) {
      assert.ok(plainBodies.has(name), `nobody says whether ${name} names something`)
      return []
    }
    return of(theirs).map((value) => ({
      what: `body ${name}`,
      foreign: { ...call, body: { ...call.body, [name]: value } },
      absent: { ...call, body: { ...call.body, [name]: twin(value) } },
      status: NOT_FOUND,
    }))
  })
}

function queryCases(route: Route, mine: Estate, theirs: Estate): readonly Case[] {
  const call = callOf(route, mine)
  return membersOf(route.schemas.query).flatMap((name): readonly Case[] => {
    const reference = queryReferences[name]
    if (reference === undefined) {
      assert.ok(plainQueries.has(name), `nobody says whether ${name} names something`)
      return []
    }
    const value = reference.of(theirs)
    return [
      {
        what: `query ${name}`,
        foreign: { ...call, query: { [name]: value } },
        absent: { ...call, query: { [name]: twin(value) } },
        status: name === 'after' && cursors.has(route.operationId) ? INVALID : reference.status,
      },
    ]
  })
}

/** The header that selects an account, on every route of the dialect that has one. */
function headerCases(
  dialect: Dialect,
  route: Route,
  mine: Estate,
  theirs: Estate,
): readonly Case[] {
  if (dialect.name !== 'scale-sgp') return []
  const call = callOf(route, mine)
  const select = (id: string): Headers => ({ 'x-selected-account-id': id })
  const status = FORBIDDEN
  return [
    {
      ...{ what: 'account header', foreign: call, absent: call, status },
      headers: [select(theirs.id), select(twin(theirs.id))],
    },
  ]
}

/** Routes that name nothing and take nothing away: they are called as they are. */
const plainCases = (route: Route, mine: Estate): readonly Case[] => {
  const call = callOf(route, mine)
  return [{ what: 'nothing foreign', foreign: call, absent: call, status: OK }]
}

/** A login is nobody's until it is approved: whoever has its code may. */
const notMatched = new Set([
  'approveLogin',
  ...['createAccount', 'listAccounts', 'closeAudit', 'rewrapKeys', 'rotateRootKey'],
])

function casesOf(dialect: Dialect, route: Route, mine: Estate, theirs: Estate): readonly Case[] {
  const found = [
    ...pathCases(route, mine, theirs),
    ...bodyCases(route, mine, theirs),
    ...queryCases(route, mine, theirs),
    ...headerCases(dialect, route, mine, theirs),
  ]
  return found.length > 0 ? found : plainCases(route, mine)
}

const send = ({ admin }: Estate, route: Route, call: Call, headers: Headers = {}) =>
  admin.send(route.method, targetOf(route, call), {
    headers,
    ...(call.body === null ? {} : { body: call.body }),
  })

/** Everything of an account that its admin can see, its values too. */
async function everythingOf({ admin, ...estate }: Estate): Promise<string> {
  const paths = [
    ...['/v5/sgp/secrets', '/v5/credentials', `${own}/secrets`, `${own}/groups`, `${own}/teams`],
    ...[`${own}/users`, `${own}/service-accounts`, `${own}/tokens`],
    ...['secrets', 'credentials', 'personal', estate.group].map(
      (of) => `${own}/groups/${of}/values`,
    ),
    `${own}/tokens?service_account=${estate.service}`,
    `${own}/teams/${estate.team}/members`,
    `${own}/secrets/${estate.secret}/versions`,
    `${own}/secrets/${estate.teamSecret}/value`,
  ]
  const answers: string[] = []
  for (const path of paths) answers.push((await admin.get(path)).expect(OK).text)
  return answers.join('\n')
}

const shown = ({ status, headers, text }: Answer) => ({
  status,
  text,
  headers: { ...headers, date: '' },
})

async function holds(house: House, route: Route, one: Case, mine: Estate, theirs: Estate) {
  await house.record.texts()
  const foreign = await send(mine, route, one.foreign, one.headers?.[0])
  const entries = await house.record.texts()
  const absent = await send(mine, route, one.absent, one.headers?.[1])
  assert.equal(foreign.status, one.status, foreign.text)
  if (one.foreign !== one.absent || one.headers !== undefined) {
    assert.deepEqual(shown(foreign), shown(absent))
  }
  assert.equal(entries.length, 1, 'one entry for one request')
  const told = `${foreign.text}\n${entries.join('\n')}`
  for (const [name, secret] of Object.entries(theirs)) {
    if (typeof secret !== 'string' || name === 'userToken' || name === 'serviceToken') continue
    assert.ok(!told.includes(secret), `${name} of the other account is told`)
  }
}

/** Who asks: an admin of another account, and the one who runs the installation. */
const callers: Readonly<Record<string, (house: House) => Promise<Tenant>>> = {
  'another account': (house) => house.tenant(),
  'the operator': ({ operator, server }) =>
    Promise.resolve({ id: server.accountId, name: 'main', admin: operator }),
}

onEachEngine((house) => {
  for (const [caller, open] of Object.entries(callers)) {
    describe(caller, () => {
      let mine: Estate | null = null
      let theirs: Estate | null = null
      let atFirst = ''
      before(async () => {
        mine = await settle(await open(house()))
        theirs = await settle(await house().tenant())
        atFirst = await everythingOf(theirs)
      })

      for (const dialect of knownDialects) {
        for (const route of dialect.routes) {
          if (notMatched.has(route.operationId)) continue
          test(`${route.method} ${route.path} knows nothing of an account`, async () => {
            assert.ok(mine !== null && theirs !== null)
            for (const one of casesOf(dialect, route, mine, theirs)) {
              await holds(house(), route, one, mine, theirs)
            }
          })
        }
      }

      test('and nothing of the account has changed', async () => {
        assert.ok(theirs !== null)
        assert.equal(await everythingOf(theirs), atFirst)
      })
    })
  }
})

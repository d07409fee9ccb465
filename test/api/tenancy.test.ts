import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Dialect, Route } from '#dialects/dialect.ts'
import type { Answer } from '#test/support/api.ts'
import { callOf, sendCall } from '#test/support/calls.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { foreignCases, type Case } from '#test/support/foreign.ts'
import { onEachEngine, type House, type Tenant } from '#test/support/house.ts'
import { dialects } from '#server/registry.ts'

const own = '/strongroom/v1'

const OK = 200

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
  const found = foreignCases(dialect, route, mine, theirs)
  return found.length > 0 ? found : plainCases(route, mine)
}

/** Everything of an account that its admin can see, its values too. */
async function everythingOf({ admin, ...estate }: Estate): Promise<string> {
  const paths = [
    ...['/v5/sgp/secrets', '/v5/credentials', `${own}/secrets`, `${own}/groups`, `${own}/teams`],
    ...[`${own}/users`, `${own}/service-accounts`, `${own}/tokens`, `${own}/stores`],
    ...['secrets', 'credentials', 'personal', estate.group].map(
      (of) => `${own}/groups/${of}/values`,
    ),
    `${own}/tokens?service_account=${estate.service}`,
    `${own}/teams/${estate.team}/members`,
    `${own}/secrets/${estate.secret}/versions`,
    `${own}/secrets/${estate.teamSecret}/value`,
    `${own}/groups/${estate.environment}/values`,
    ...['environments', `environments/${estate.environment}/variables`].map((of) => `${own}/${of}`),
    ...['secret-groups', 'virtual-accounts', 'personal-access-tokens', 'teams/user', 'users'].map(
      (of) => `/api/svc/v1/${of}`,
    ),
    `/api/svc/v1/virtual-accounts/${estate.virtualAccount}/token`,
    ...['resources', 'permissions', 'teams'].map(
      (of) => `/api/svc/v1/x/users/${estate.user}/${of}`,
    ),
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

/** Tokens, whose texts are no names, and what the first admin of every account is called. */
const notTold = new Set(['userToken', 'serviceToken', 'adminName'])

async function holds(house: House, route: Route, one: Case, mine: Estate, theirs: Estate) {
  await house.record.texts()
  const foreign = await sendCall(mine.admin, route, one.foreign, one.headers?.[0])
  const entries = await house.record.texts()
  const absent = await sendCall(mine.admin, route, one.absent, one.headers?.[1])
  assert.equal(foreign.status, one.status, `${one.what}: ${foreign.text}`)
  if (one.foreign !== one.absent || one.headers !== undefined) {
    assert.deepEqual(shown(foreign), shown(absent), one.what)
  }
  assert.equal(entries.length, 1, `${one.what}: one entry for one request`)
  const told = `${foreign.text}\n${entries.join('\n')}`
  for (const [name, secret] of Object.entries(theirs)) {
    if (typeof secret !== 'string' || notTold.has(name)) continue
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

      for (const dialect of dialects) {
        for (const route of dialect.routes) {
          if (notMatched.has(route.operationId)) continue
          // Bug classes 11, 13, 17, 23.
          test(`${route.method} ${route.path} knows nothing of an account`, async () => {
            assert.ok(mine !== null && theirs !== null)
            for (const one of casesOf(dialect, route, mine, theirs)) {
              await holds(house(), route, one, mine, theirs)
            }
          })
        }
      }

      test('a personal access token is got by its name from among one`s own', async () => {
        assert.ok(mine !== null && theirs !== null)
        const path = `/api/svc/v1/personal-access-tokens/${theirs.personalTokenName}`
        const got = (await mine.admin.get(path)).expect(OK)
        assert.equal(got.json['created'], true)
        assert.notEqual(got.str('token'), (await theirs.admin.get(path)).expect(OK).str('token'))
      })

      test('and nothing of the account has changed', async () => {
        assert.ok(theirs !== null)
        assert.equal(await everythingOf(theirs), atFirst)
      })
    })
  }
})

import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { Dialect } from '#dialects/dialect.ts'
import { scaleSgp } from '#dialects/scale-sgp/index.ts'
import { strongroom } from '#dialects/strongroom/index.ts'
import { dialects } from '#server/registry.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { openHouse, type House } from '#test/support/house.ts'
import { figures, sized } from '#test/support/tier.ts'
import { LATE, liar, type Lie, type Passing } from './liar.ts'
import { schemathesis, type Outcome, type Run } from './run.ts'
import { settingsFor } from './settings.ts'

/**
 * Each document, as whoever reads nothing else would take it: what it says may be sent, what it says may
 * not, and one operation after the other. No answer is a server error, has a status, a type, a header or
 * a shape that the document does not have, or takes more than two seconds.
 */

const SEED = 20_261_121

const EXAMPLES = sized(2, 100)

async function place(t: TestContext): Promise<{ house: House; estate: Estate }> {
  const house = await openHouse('SQLite')
  t.after(() => house.close())
  return { house, estate: await settle(await house.tenant()) }
}

/** What the caller is and shows: with these gone, all that is asked later would be refused alike. */
async function itself({ admin, token }: Estate): Promise<readonly string[]> {
  const me = (await admin.get('/strongroom/v1/whoami')).expect(200).str('id')
  const { email } = (await admin.get(`/strongroom/v1/users/${me}`)).expect(200).json
  const tokens = (await admin.get('/strongroom/v1/tokens?limit=1000')).expect(200).list('data')
  const shown = tokens.map(({ id }) => String(id)).filter((id) => id !== token)
  assert.ok(shown.length > 0)
  return [me, ...shown, ...(typeof email === 'string' ? [email] : [])]
}

const base = (dialect: Dialect, url: string): Omit<Run, 'settings' | 'spared'> => ({
  ...{ url, openapiPath: dialect.openapiPath, seed: SEED, examples: EXAMPLES, only: null },
})

/** The operations of the document that were asked with success. */
function donesOf(dialect: Dialect, { statuses }: Outcome): number {
  return dialect.routes.filter(({ method, path, success }) => {
    const told = path.replace(/:([A-Za-z_]+)/g, '{$1}')
    return (statuses[`${method} ${told} ${success.status}`] ?? 0) > 0
  }).length
}

const sum = ({ statuses }: Outcome, status: RegExp): number =>
  Object.entries(statuses).reduce((all, [name, n]) => (status.test(name) ? all + n : all), 0)

const tell = (t: TestContext, dialect: Dialect, outcome: Outcome) => {
  figures(t, 'schemathesis', {
    document: dialect.openapiPath,
    requests: outcome.requests,
    'answered with success': sum(outcome, / 2\d\d$/),
    'operations, and of them done at least once': `${dialect.routes.length}, ${donesOf(dialect, outcome)}`,
    'slowest answer, ms': `${outcome.slowest.ms} (${outcome.slowest.operation})`,
  })
}

describe('what a document says is what the server does', { concurrency: 2 }, () => {
  for (const dialect of dialects.toSorted((a, b) => b.routes.length - a.routes.length)) {
    test(dialect.name, async (t) => {
      const { house, estate } = await place(t)
      const settings = settingsFor(dialect, estate, estate.admin.token ?? '')
      const spared = await itself(estate)
      const outcome = await schemathesis({ ...base(dialect, house.server.url), settings, spared })
      assert.equal(outcome.found, '')
      ;(await estate.admin.get('/strongroom/v1/whoami')).expect(200)
      assert.ok(
        donesOf(dialect, outcome) > dialect.routes.length / 2,
        'most of it was only refused',
      )
      tell(t, dialect, outcome)
    })
  }

  // Bug class 99.
  test('the operator, on a server that may come to any end', async (t) => {
    const { house, estate } = await place(t)
    const only = ['createAccount', 'listAccounts', 'closeAudit', 'rewrapKeys', 'rotateRootKey']
    const settings = settingsFor(strongroom, estate, house.server.token)
    const run = { ...base(strongroom, house.server.url), settings, only, spared: [] }
    const outcome = await schemathesis(run)
    assert.equal(outcome.found, '')
    tell(
      t,
      {
        ...strongroom,
        routes: strongroom.routes.filter((route) => only.includes(route.operationId)),
      },
      outcome,
    )
  })

  test('control: what is not as the document says is found', async (t) => {
    const { house, estate } = await place(t)
    const between = await liar(house.server.url, lie)
    t.after(() => between.close())
    const settings = settingsFor(scaleSgp, estate, estate.admin.token ?? '')
    const only = [
      'GET-V5-/sgp/secrets',
      'GET-V5-/v5/credentials',
      'GET-V5-/sgp/secrets/{secret_id}',
    ]
    const more = ['GET-V5-/v5/credentials/{credential_id}', 'POST-V5-/sgp/secrets']
    const run = { ...base(scaleSgp, between.url), settings, spared: [] }
    const { found } = await schemathesis({ ...run, only: [...only, ...more], examples: 2 })
    for (const { says } of Object.values(LIES)) assert.match(found, says)
    figures(t, 'schemathesis', { 'lies that were found out': Object.keys(LIES).length })
  })
})

interface Told {
  readonly says: RegExp
  readonly instead: (answer: Passing) => Passing
}

const without = (body: string, member: string): string =>
  JSON.stringify({ ...(JSON.parse(body) as object), [member]: undefined })

/** By method and path, what is made of an answer of success, and what is said of that. */
const LIES: Readonly<Record<string, Told>> = {
  'GET /v5/sgp/secrets': {
    says: /Server error/i,
    instead: (answer) => ({ ...answer, status: 500, body: '{"detail":"no"}' }),
  },
  'GET /v5/credentials': {
    says: /Undocumented status code/i,
    instead: (answer) => ({ ...answer, status: 203 }),
  },
  'GET /v5/sgp/secrets/*': {
    says: /Response violates schema/i,
    instead: (answer) => ({ ...answer, body: without(answer.body, 'account_id') }),
  },
  'GET /v5/credentials/*': {
    says: /Undocumented Content-Type/i,
    instead: (answer) => ({
      ...answer,
      headers: { ...answer.headers, 'content-type': 'text/html' },
    }),
  },
  'POST /v5/sgp/secrets': {
    says: /Response time limit exceeded/i,
    instead: (answer) => ({ ...answer, headers: { ...answer.headers, [LATE]: 'yes' } }),
  },
}

const lie: Lie = (method, path, answer) => {
  if (answer.status !== 200) return null
  const told = LIES[`${method} ${path}`] ?? LIES[`${method} ${path.replace(/\/[^/]+$/, '/*')}`]
  return told?.instead(answer) ?? null
}

import assert from 'node:assert/strict'
import { after, before, describe, test, type TestContext } from 'node:test'
import type { Route } from '#dialects/dialect.ts'
import type { Answer } from '#test/support/api.ts'
import { callOf, routes } from '#test/support/calls.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { ENGINES, openHouse, type Engine, type House } from '#test/support/house.ts'
import { WHOLE, figures, sized } from '#test/support/tier.ts'
import { CHANGED, alwaysWrong, type Complaints } from './complaints.ts'
import { Coverage } from './coverage.ts'
import { ownerInPlace } from './control.ts'
import { HIDDEN_PARTS, hiddenParts, insidersOf, letView, type Hidden } from './insiders.ts'
import { isNoOperation, mountedRoutes } from './mounted.ts'
import { justRevoked, nobodiesOf, unknownToken } from './nobodies.ts'
import { documentedOpen, openAmong } from './open.ts'
import { isOwnRight, outsidersIn, type Outsider } from './outsiders.ts'
import { tryInsider, tryNobody, tryOutsider, tryPlaces, type Insider } from './trials.ts'
import { sameCall } from './twins.ts'
import { Watch } from './watch.ts'

/**
 * Every route of every API is asked by every kind of stranger, with the request that the owner of the
 * things would make. What a stranger is told is what is told of nothing; what the account holds stays as
 * it was; and each request is on the record once.
 *
 * Elsewhere: what admins of other accounts are told at each single place of a request, `test/api/tenancy`;
 * what each role may do with what is open to it, `test/api/roles`; tokens narrowed by scopes and what
 * every other refusal leaves on the record, `test/api/tokens` and `test/api/audit`; two tokens at once and
 * odd headers, `test/api/headers`.
 */

const CONTROL_STEP = 4

interface Scene {
  readonly house: House
  readonly watch: Watch
  readonly theirs: Estate
  readonly nobodies: ReadonlyMap<string, string>
  readonly outsiders: ReadonlyMap<string, Outsider>
  readonly insiders: ReadonlyMap<string, Insider>
  readonly hidden: Hidden
  readonly coverage: Coverage
}

async function sceneIn(house: House): Promise<Scene> {
  const theirs = await settle(await house.tenant())
  const [nobodies, outsiders, insiders, hidden] = [
    await nobodiesOf(theirs),
    await outsidersIn(house),
    await insidersOf(theirs),
    await hiddenParts(theirs),
  ]
  await letView(theirs, hidden)
  const watch = await Watch.over(house, theirs.id)
  const coverage = new Coverage()
  return { house, watch, theirs, nobodies, outsiders, insiders, hidden, coverage }
}

type Try = (route: Route) => Promise<Complaints>

/** What is wrong on these routes by these kinds of strangers; each is counted as tried there. */
async function wrongs(
  { watch, coverage }: Scene,
  kinds: ReadonlyMap<string, Try>,
  on: readonly Route[] = routes,
): Promise<Complaints> {
  await watch.lookAway()
  const found: string[] = []
  for (const route of on) {
    for (const [kind, attempt] of kinds) {
      const wrong = await attempt(route)
      coverage.met(kind, route)
      found.push(...wrong.map((one) => `${route.method} ${route.path}, ${kind}: ${one}`))
    }
    if (await watch.isChanged()) found.push(`${route.method} ${route.path}: ${CHANGED}`)
  }
  return found
}

const kindsOf = <T>(
  strangers: ReadonlyMap<string, T>,
  attempt: (stranger: T) => Try,
  kind = (name: string) => name,
): ReadonlyMap<string, Try> =>
  new Map([...strangers].map(([name, stranger]) => [kind(name), attempt(stranger)]))

function tryNobodies({ watch, theirs, nobodies }: Scene): ReadonlyMap<string, Try> {
  const as = (token: string | null) => theirs.admin.as(token)
  const tried = (shown: ReadonlyMap<string, string | null>, like: string | null) => {
    const known = new Map<Route, Answer>()
    const knownOn = async (route: Route): Promise<Answer> => {
      const found =
        known.get(route) ?? (await watch.see(as(like), route, callOf(route, theirs))).answer
      known.set(route, found)
      return found
    }
    return kindsOf(
      shown,
      (token) => async (route) =>
        tryNobody({ watch, route, theirs }, as(token), await knownOn(route)),
    )
  }
  return new Map([
    ...tried(nobodies, unknownToken()),
    ...tried(new Map([['no token', null]]), null),
  ])
}

function report(t: TestContext, engine: Engine, { watch, coverage }: Scene, began: number): void {
  figures(t, 'strangers', {
    database: engine,
    routes: routes.length,
    'kinds of strangers so far': coverage.kinds,
    'requests so far': watch.requests,
    seconds: Math.round((Date.now() - began) / 1_000),
  })
}

for (const engine of WHOLE ? ENGINES : (['SQLite'] as const)) {
  describe(engine, () => {
    let house: House | null = null
    let scene: Scene | null = null
    let began = 0
    const opened = (): Scene => {
      assert.ok(scene !== null)
      return scene
    }
    before(async () => {
      began = Date.now()
      house = await openHouse(engine)
      scene = await sceneIn(house)
    })
    after(async () => {
      await scene?.watch.close()
      await house?.close()
    })

    // Bug classes 25, 55.
    test('who shows no good token is told what nobody is told', async (t) => {
      assert.deepEqual(await wrongs(opened(), tryNobodies(opened())), [])
      report(t, engine, opened(), began)
    })

    // Bug class 34.
    test('a token that was revoked while it was warm is nobody`s on every route', async (t) => {
      const { watch, theirs } = opened()
      const attempt: Try = async (route) => {
        const api = theirs.admin.as(await justRevoked(theirs))
        const nobody = theirs.admin.as(unknownToken())
        const { answer } = await watch.see(nobody, route, callOf(route, theirs))
        await watch.lookAway()
        return tryNobody({ watch, route, theirs }, api, answer)
      }
      assert.deepEqual(await wrongs(opened(), new Map([['a token just revoked', attempt]])), [])
      report(t, engine, opened(), began)
    })

    // Bug class 13.
    test('who is of another account is told what is told of nothing', async (t) => {
      const { watch, theirs, outsiders } = opened()
      const kinds = kindsOf(
        outsiders,
        (outsider) => async (route) =>
          isOwnRight(route, outsider) ? [] : tryOutsider({ watch, route, theirs }, outsider),
      )
      assert.deepEqual(await wrongs(opened(), kinds), [])
      report(t, engine, opened(), began)
    })

    // Bug classes 11, 13.
    test('and so is who names one thing of another account among its own', async (t) => {
      const { watch, theirs, outsiders } = opened()
      const others = new Map([...outsiders].filter(([, { api, mine }]) => api !== mine.admin))
      const kinds = kindsOf(
        new Map([...others].slice(0, sized(2, others.size))),
        (outsider) => (route) => tryPlaces({ watch, route, theirs }, outsider),
        (name) => `${name}, at one place`,
      )
      assert.deepEqual(await wrongs(opened(), kinds), [])
      report(t, engine, opened(), began)
    })

    for (const part of HIDDEN_PARTS) {
      test(`who is of the account is told what is told of nothing when it is of ${part}`, async (t) => {
        const { watch, hidden, insiders } = opened()
        const theirs = hidden[part]
        const [first] = HIDDEN_PARTS
        const isNew = (route: Route): boolean =>
          part === first || !sameCall(callOf(route, theirs), callOf(route, hidden[first]))
        const kinds = kindsOf(
          insiders,
          (insider) => async (route) =>
            isNew(route) ? tryInsider({ watch, route, theirs }, insider) : [],
          (name) => `${name}, about ${part}`,
        )
        assert.deepEqual(await wrongs(opened(), kinds), [])
        report(t, engine, opened(), began)
      })
    }

    test('every route that the server has was tried with every kind', async () => {
      const { coverage } = opened()
      const mounted = await mountedRoutes()
      const operations = mounted.filter((route) => !isNoOperation(route))
      assert.equal(operations.length, routes.length)
      assert.deepEqual(coverage.missing(operations), [])
      const more = await mountedRoutes((app) => app.get('/strongroom/v1/made-up', () => ''))
      const missing = coverage.missing(more.filter((route) => !isNoOperation(route)))
      assert.equal(missing.length, coverage.kinds, 'a route that nobody tried is not noticed')
      for (const one of missing) assert.ok(one.startsWith('GET /strongroom/v1/made-up: '))
    })

    // Bug class 44.
    test('only what the threat model lists answers without a token', async () => {
      const { theirs } = opened()
      const nobody = theirs.admin.as(null)
      const mounted = await mountedRoutes()
      assert.deepEqual(await openAmong(mounted, theirs, nobody), await documentedOpen())
      const more = [...mounted, 'GET /strongroom/v1/made-up']
      const found = await openAmong(more, theirs, nobody)
      assert.ok(found.includes('GET /strongroom/v1/made-up'), 'a route more is not noticed')
    })

    test('control: a refusal with two entries, with none, or recorded as done is found', async () => {
      const { watch, theirs } = opened()
      const [route] = routes
      assert.ok(route !== undefined)
      await watch.lookAway()
      const seen = await watch.see(theirs.admin.as(null), route, callOf(route, theirs))
      assert.deepEqual(alwaysWrong(seen), [])
      const done = seen.entries.map((entry) => ({ ...entry, outcome: 'allowed' as const }))
      for (const entries of [[], [...seen.entries, ...seen.entries], done]) {
        assert.equal(alwaysWrong({ ...seen, entries }).length, 1)
      }
    })

    test('control: the owner in the place of a stranger is found out', async (t) => {
      const scene = opened()
      const [outsider] = scene.outsiders.values()
      assert.ok(outsider !== undefined)
      const found = await ownerInPlace(scene.house, outsider, sized(CONTROL_STEP, 1))
      assert.deepEqual(found.unnoticed, [])
      figures(t, 'strangers', { database: engine, 'owners found out': found.noticed })
    })
  })
}

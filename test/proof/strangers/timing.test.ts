import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Route } from '#dialects/dialect.ts'
import { callOf, needsToken, routes, sendCall } from '#test/support/calls.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { ENGINES, openHouse, type House } from '#test/support/house.ts'
import { figures, sized } from '#test/support/tier.ts'
import { unknownToken, withAnotherSecret } from './nobodies.ts'
import { chanceOf, differenceOf, type Ask, type Difference } from './times.ts'
import { sameCall, twinOf } from './twins.ts'

/**
 * Nor does the time of an answer tell what is there: what is of another account is refused as fast as
 * what is of nobody. Requests of both kinds are made in a random order, so whatever else the machine
 * does takes time from both.
 */

/** Every so many routes are looked at. */
const STEP = sized(6, 1)
const SAMPLES = sized(500, 1_000)
const SAMPLES_OF_ONE = sized(2_000, 20_000)
/** The programme of tests promises no difference over this, in µs. */
const DIFFERENCE_MAX = 100
/** Smaller than chance makes it once in many runs of all routes. */
const CHANCE_MIN = 1e-6

const isTold = ({ medians, chance }: Difference): boolean =>
  chance < CHANCE_MIN && Math.abs(medians) > DIFFERENCE_MAX

const shown = ({ medians, chance }: Difference): string =>
  `${medians.toFixed(1)} µs, by chance ${chance.toPrecision(2)}`

interface Scene {
  readonly house: House
  readonly theirs: Estate
  readonly mine: Estate
}

/** What names something of theirs and is refused, and the same about what is not there. */
async function refusedOn(
  route: Route,
  { theirs, mine }: Scene,
): Promise<readonly [Ask, Ask] | null> {
  const [there, absent] = [callOf(route, theirs), callOf(route, twinOf(theirs))]
  if (!needsToken(route) || there.token !== null || sameCall(there, absent)) return null
  const ask = (call: typeof there) => () => sendCall(mine.admin, route, call)
  const statuses = [(await ask(there)()).status, (await ask(absent)()).status]
  return statuses.every((status) => status >= 400) ? [ask(there), ask(absent)] : null
}

for (const engine of ENGINES) {
  describe(engine, () => {
    let scene: Scene | null = null
    const opened = (): Scene => {
      assert.ok(scene !== null)
      return scene
    }
    before(async () => {
      const house = await openHouse(engine)
      const [theirs, mine] = [
        await settle(await house.tenant()),
        await settle(await house.tenant()),
      ]
      scene = { house, theirs, mine }
    })
    after(() => scene?.house.close())

    // Bug class 25.
    test('what is of another account is refused as fast as what is not there', async (t) => {
      const told: string[] = []
      let [looked, farthest] = [0, 0]
      for (const route of routes.filter((_, n) => n % STEP === 0)) {
        const asks = await refusedOn(route, opened())
        if (asks === null) continue
        const difference = await differenceOf(...asks, SAMPLES)
        looked++
        farthest = Math.max(farthest, Math.abs(difference.medians))
        if (isTold(difference)) told.push(`${route.method} ${route.path}: ${shown(difference)}`)
      }
      figures(t, 'timing', {
        ...{ database: engine, routes: looked, 'requests of each kind': SAMPLES },
        'medians at the most apart, in µs': farthest.toFixed(1),
        'routes that tell': told.length,
      })
      assert.deepEqual(told, [])
      assert.ok(looked > routes.length / STEP / 3, `${looked} routes`)
    })

    // Bug class 25.
    test('a token is refused as fast when its id is known', async (t) => {
      const { theirs } = opened()
      const known = theirs.admin.token ?? ''
      const as =
        (token: () => string): Ask =>
        () =>
          theirs.admin.as(token()).get('/v5/credentials')
      const difference = await differenceOf(
        as(() => withAnotherSecret(known)),
        as(unknownToken),
        SAMPLES_OF_ONE,
      )
      figures(t, 'timing', {
        ...{ database: engine, 'requests of each kind': SAMPLES_OF_ONE },
        ...{ 'medians apart by': shown(difference) },
      })
      assert.ok(!isTold(difference), shown(difference))
    })

    test('control: what is there is told from what is not by whose it is', async (t) => {
      const { mine } = opened()
      const lookFor =
        ({ credential }: Estate): Ask =>
        () =>
          mine.admin.get(`/v5/credentials/${credential}`)
      const difference = await differenceOf(lookFor(mine), lookFor(twinOf(mine)), SAMPLES_OF_ONE)
      figures(t, 'timing', { database: engine, 'medians apart by': shown(difference) })
      assert.ok(isTold(difference), shown(difference))
    })
  })
}

test('control: the chance of samples alike is high, that of others low', () => {
  const evenly = (from: number) => Array.from({ length: 500 }, (_, n) => from + n)
  assert.equal(chanceOf(evenly(0), evenly(0.5)), 1)
  assert.ok(chanceOf(evenly(0), evenly(20)) > 0.5)
  assert.ok(chanceOf(evenly(0), evenly(100)) < CHANCE_MIN)
})

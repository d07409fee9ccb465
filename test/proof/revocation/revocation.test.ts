import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { Api } from '#test/support/api.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { openHouse, type Engine, type House } from '#test/support/house.ts'
import { startServer } from '#test/support/server.ts'
import { figures, sized } from '#test/support/tier.ts'
import { losses, type Loss } from './losses.ts'
import { stageIn, type Stage } from './stage.ts'
import { staleServer } from './stale.ts'
import { late, told, trial, type Armed, type Outcome, type Phase } from './trial.ts'

/**
 * Something is taken from somebody whose clients ask on with it: no request that was begun when the
 * taking had been answered succeeds, whatever API it is of and whatever server it is sent to.
 */

const CLIENTS = 4
const kinds: readonly (readonly [string, Loss])[] = Object.entries(losses)

interface Tally {
  trials: number
  before: number
  taking: number
  after: number
  /** Those that would be late if the taking counted from when it was sent. */
  lateIfSent: number
  readonly wrong: string[]
}

const newTally = (): Tally => ({
  ...{ trials: 0, before: 0, taking: 0, after: 0, lateIfSent: 0 },
  wrong: [],
})

const SINCE_SENT: ReadonlySet<Phase> = new Set(['taking', 'after'])

function count(tally: Tally, kind: string, outcome: Outcome): void {
  tally.trials += 1
  for (const { begun } of outcome.observed) tally[begun] += 1
  tally.lateIfSent += late(outcome, SINCE_SENT).length
  const wrong = [...outcome.broken, ...late(outcome).map((one) => `late: ${told(one)}`)]
  tally.wrong.push(...wrong.map((one) => `${kind}: ${one}`))
}

/** So many trials, each kind of loss by turns, the clients on these servers by turns. */
async function tryAll(stage: Stage, urls: readonly string[], trials: number): Promise<Tally> {
  const tally = newTally()
  const clients = Array.from(
    { length: CLIENTS },
    (_, n) => new Api(urls[n % urls.length] ?? '', null),
  )
  for (let turn = 0; turn < trials; turn++) {
    const [kind, arm] = kinds[turn % kinds.length] ?? []
    assert.ok(kind !== undefined && arm !== undefined)
    // Each kind comes with another route and another way to take each time.
    const round = Math.floor(turn / kinds.length)
    count(tally, kind, await trial(await arm(stage, round), clients, round))
  }
  return tally
}

function report(t: TestContext, engine: Engine, servers: number, tally: Tally): void {
  figures(t, 'revocation', {
    ...{ database: engine, servers, 'kinds of loss': kinds.length, trials: tally.trials },
    'requests begun before the taking was sent': tally.before,
    'begun before it was answered': tally.taking,
    'begun after that': tally.after,
    'late if it counted from when it was sent': tally.lateIfSent,
  })
}

async function opened(t: TestContext, engine: Engine): Promise<House> {
  const house = await openHouse(engine)
  t.after(() => house.close())
  return house
}

// Bug classes 20, 29, 34.
test('what was taken away is gone with the answer to that', async (t) => {
  const house = await opened(t, 'SQLite')
  const stage = await stageIn(await house.tenant())
  const tally = await tryAll(stage, [house.server.url], sized(420, 7_000))
  assert.deepEqual(tally.wrong, [])
  report(t, 'SQLite', 1, tally)
  assert.ok(
    tally.lateIfSent > 0,
    'control: requests that were not late are not told from late ones',
  )
})

// Bug class 20.
test('and on every other server of the same database', async (t) => {
  const house = await opened(t, 'PostgreSQL')
  assert.ok(house.database !== null)
  const second = await startServer({
    dataDir: join(await ownDirectory(), 'second'),
    database: house.database,
    args: ['--private-stores', '--key', `${house.server.dataDir}.key`],
  })
  t.after(() => second.kill())
  const stage = await stageIn(await house.tenant())
  // Most clients are where the taking is not.
  const urls = [second.url, second.url, second.url, house.server.url]
  const tally = await tryAll(stage, urls, sized(180, 3_000))
  assert.deepEqual(tally.wrong, [])
  report(t, 'PostgreSQL', 2, tally)
})

test('control: a server that does not hear of it is found out, whatever is taken', async (t) => {
  const house = await opened(t, 'SQLite')
  const stage = await stageIn(await house.tenant())
  const all: [string, Armed][] = []
  for (const [kind, arm] of kinds) all.push([kind, await arm(stage, 1)])
  const stale = await staleServer(house.server, await ownDirectory())
  t.after(() => stale.kill())
  const unnoticed: string[] = []
  for (const [kind, armed] of all) {
    const outcome = await trial(armed, [new Api(stale.url, null), new Api(stale.url, null)], 0)
    assert.deepEqual(outcome.broken, [], kind)
    if (late(outcome).length === 0) unnoticed.push(kind)
  }
  assert.deepEqual(unnoticed, [])
})

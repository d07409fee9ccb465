import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Route } from '#dialects/dialect.ts'
import { routes } from '#test/support/calls.ts'
import type { Estate } from '#test/support/estate.ts'
import { startPostgres } from '#test/support/postgres.ts'
import { figures, sized } from '#test/support/tier.ts'
import { Canaries } from './canaries.ts'
import { startEchoingStore } from './echoing-store.ts'
import { estateIn, groundOf, type Ground } from './ground.ts'
import { MALFORMATIONS } from './malformed.ts'
import * as requests from './requests.ts'
import { OPENING, type Sending } from './sending.ts'
import { search, sinksOf, summary } from './search.ts'
import { filesIn } from './sinks.ts'
import { troubled } from './store-troubles.ts'
import { Traffic } from './traffic.ts'
import { many } from './volume.ts'

/**
 * A secret is sent through every route of every API, in its place and in all places that are not its
 * own, and through every fault; and then it is nowhere: not in an answer, not in what the server
 * writes, not in its record, its files, its arguments or its database.
 */

/** Routes that take away what others need go last; one takes away what asks. */
const inTurn = [
  ...routes.filter(({ method }) => method !== 'DELETE'),
  ...routes.filter(({ method }) => method === 'DELETE'),
].filter(({ operationId }) => operationId !== 'PersonalAccessToken.revokeAll')

const { inOrder, malformed, refused, misplaced, inQuery, inPath, inHeaders } = requests

function* aimedAt(aim: requests.Aim): Generator<Sending> {
  yield inOrder(aim)
  if (requests.takesValues(aim)) yield* malformed(aim)
  yield* refused(aim)
  yield* misplaced(aim)
  yield* inQuery(aim)
  yield* inPath(aim)
  yield* inHeaders(aim)
}

/** These routes, with canaries wherever something can be said. */
async function through(some: readonly Route[], traffic: Traffic, estate: Estate): Promise<void> {
  const { canaries } = traffic
  for (const route of some) await traffic.all(aimedAt({ route, estate, canaries }))
}

interface Passed {
  readonly traffic: Traffic
  readonly estate: Estate
}

async function pass(ground: Ground, some: readonly Route[], count: number): Promise<Passed> {
  const estate = await estateIn(ground)
  const traffic = new Traffic(new Canaries(), estate.admin)
  for (const token of [estate.userToken, estate.serviceToken]) traffic.tokensIn(token, 'an estate')
  const store = await startEchoingStore()
  await troubled(traffic, estate.admin, store)
  assert.ok(store.said() > 0, 'the store was never asked for more than it gave')
  await through(some, traffic, estate)
  await traffic.all(many(traffic.canaries, estate.id, count), 16)
  await store.stop()
  return { traffic, estate }
}

/** Routes of which every kind of request but those in order is refused, or that end what is there. */
const notTaken = new Set<string>(['Apply.dependencyTree'])

// Bug classes 57, 58.
test('no canary leaves by a side door: every route, on SQLite', async (t) => {
  const ground = await groundOf(t)
  const { traffic, estate } = await pass(ground, inTurn, sized(8_000, 100_000))
  const { canaries } = traffic
  const silent = inTurn
    .filter((route) => requests.takesValues({ route, estate }))
    .filter(({ operationId }) => !traffic.accepted.has(operationId))
    .filter(({ operationId }) => !notTaken.has(operationId))
  assert.deepEqual(silent, [], 'a route that took no value')
  assert.equal(summary(traffic.leaks), '')
  const seen = await search(canaries, sinksOf(ground, estate.admin))
  assert.equal(summary(seen.leaks), '')
  writeFileSync(join(ground.folder, 'tmp', 'x'), gzipSync(canaries.make('the control')))
  const control = await search(canaries, filesIn(ground.folder))
  assert.equal(control.leaks.length, 1, summary(control.leaks))
  assert.ok(MALFORMATIONS >= 50)
  figures(t, 'canaries', {
    canaries: canaries.count,
    routes: inTurn.length,
    'of these, may hand out what is kept': OPENING.size,
    'malformations of each body with a value': MALFORMATIONS,
    requests: traffic.requests,
    'of these refused': traffic.refusals,
    'sinks looked through': seen.looked,
    'MB looked through': seen.megabytes,
    'found but for the control': 0,
  })
})

const own = '/strongroom/v1'

/** Nobody's answer holds what is another's, however many are under way: Node once handed out used memory. */
// Bug class 91.
test('of many readers at once each gets the value that was asked for, and no other', async (t) => {
  const ground = await groundOf(t)
  const { admin } = await estateIn(ground)
  const traffic = new Traffic(new Canaries(), admin)
  const count = sized(200, 5_000)
  const readings: Sending[] = []
  const writings = Array.from({ length: count }, async (_, n) => {
    const value = traffic.canaries.make(`createSecret ${n}`)
    const target = `${own}/groups/secrets/secrets`
    const body = { name: `s-${n}`, value }
    const sending = { about: 'createSecret', method: 'POST', target, body, secrets: [value] }
    const id = (await traffic.send(sending))?.expect(200).str('id') ?? ''
    const path = `${own}/secrets/${id}/value`
    readings.push({
      about: 'readSecret',
      method: 'GET',
      target: path,
      secrets: [],
      exactly: [value],
    })
  })
  await Promise.all(writings)
  const thrice = [...readings, ...readings.toReversed(), ...readings]
  await traffic.all(thrice, 48)
  assert.equal(summary(traffic.leaks), '')
  assert.equal(traffic.accepted.get('readSecret'), thrice.length)
  // Asked for by another's name, it is found to be another's.
  const [one, other] = readings
  assert.ok(one !== undefined && other !== undefined)
  await traffic.send({ ...one, exactly: other.exactly ?? [] })
  assert.equal(traffic.leaks.length, 2, 'a value of another would not be found')
  figures(t, 'canaries', { values: count, readings: thrice.length, 'values of others': 0 })
})

const LOUD = [
  ...['log_statement=all', 'log_min_duration_statement=0', 'log_min_messages=debug1'],
  ...['log_parameter_max_length=-1', 'log_parameter_max_length_on_error=-1'],
]

// Bug class 57.
test('no canary leaves by a side door: routes that take values, on a PostgreSQL that logs all it is sent', async (t) => {
  const postgres = await startPostgres({ durable: false, settings: LOUD })
  t.after(() => postgres.stop())
  const ground = await groundOf(t, { database: await postgres.newDatabase() })
  const taking = inTurn.filter(({ schemas: { body } }) =>
    /value|payload/.test(JSON.stringify(body)),
  )
  const some = sized(0, 1) === 1 ? inTurn : taking
  const { traffic, estate } = await pass(ground, some, sized(2_000, 30_000))
  assert.equal(summary(traffic.leaks), '')
  const seen = await search(traffic.canaries, sinksOf(ground, estate.admin))
  assert.equal(summary(seen.leaks), '')
  const kept = await search(traffic.canaries, filesIn(postgres.folder), traffic.asked)
  assert.equal(summary(kept.leaks), '')
  // What the database is asked for stands in its log: the log is looked through as it should be.
  const asked = await search(traffic.canaries, filesIn(postgres.folder))
  assert.ok(asked.leaks.length > 0, 'the log of the database holds nothing that was sent')
  figures(t, 'canaries', {
    canaries: traffic.canaries.count,
    routes: some.length,
    requests: traffic.requests,
    'of these refused': traffic.refusals,
    'MB of PostgreSQL looked through': kept.megabytes,
    'values found': 0,
    'names and the like found in its log, as asked for': asked.leaks.length,
  })
})

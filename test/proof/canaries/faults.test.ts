import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Route } from '#dialects/dialect.ts'
import { routes } from '#test/support/calls.ts'
import { ownDirectory } from '#test/support/directory.ts'
import type { Estate } from '#test/support/estate.ts'
import { startPostgres } from '#test/support/postgres.ts'
import { startServer } from '#test/support/server.ts'
import { figures, sized } from '#test/support/tier.ts'
import { Canaries } from './canaries.ts'
import { estateIn, groundOf, startIn } from './ground.ts'
import * as requests from './requests.ts'
import { outsideOf, search, sinksOf, summary } from './search.ts'
import type { Sending } from './sending.ts'
import { Traffic } from './traffic.ts'
import { many } from './volume.ts'

/** Values on their way when something gives way: the database, the server, or the silence of the runtime. */

const takes = (estate: Estate) => (route: Route) => requests.takesValues({ route, estate })

function* valuesTo(estate: Estate, canaries: Canaries): Generator<Sending> {
  for (const route of routes.filter(takes(estate))) {
    const aim = { route, estate, canaries }
    yield requests.inOrder(aim)
    yield* requests.refused(aim)
    yield* requests.malformed(aim)
  }
}

test('without its database a server says and keeps nothing of what it is sent', async (t) => {
  const postgres = await startPostgres({ durable: false })
  t.after(() => postgres.stop())
  const ground = await groundOf(t, { database: await postgres.newDatabase() })
  const estate = await estateIn(ground)
  const traffic = new Traffic(new Canaries(), estate.admin)
  await traffic.all(many(traffic.canaries, estate.id, sized(200, 2_000)))
  await postgres.stop()
  const before = traffic.refusals
  await traffic.all(valuesTo(estate, traffic.canaries))
  const lines = ground.heard().toString().trim().split('\n')
  assert.ok(lines.length > 10, 'it said nothing of its database')
  for (const line of lines) assert.equal(typeof JSON.parse(line), 'object')
  assert.equal(summary(traffic.leaks), '')
  const seen = await search(traffic.canaries, outsideOf(ground))
  assert.equal(summary(seen.leaks), '')
  figures(t, 'canaries-faults', {
    canaries: traffic.canaries.count,
    'refused without the database': traffic.refusals - before,
    'lines it wrote': lines.length,
    'MB looked through': seen.megabytes,
  })
})

test('killed while it is sent values, a server leaves none behind, nor does the next', async (t) => {
  const folder = await ownDirectory()
  const canaries = new Canaries()
  const rounds = sized(2, 12)
  let megabytes = 0
  let token: string | undefined
  for (let round = 0; round < rounds; round++) {
    const ground = await startIn(t, folder, token === undefined ? {} : { token })
    token = ground.server.token
    const estate = await estateIn(ground, `round ${round}`)
    const traffic = new Traffic(canaries, estate.admin)
    const sending = traffic.all(many(canaries, estate.id, canaries.count + 2_000), 16)
    // Killed with requests under way: after some answers, and before the last.
    const some = 40 + round * 7
    while (traffic.accepted.size < 4 || traffic.requests < some) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    await ground.server.kill()
    await sending
    assert.ok(traffic.unanswered > 0, 'it was killed when all was done')
    const seen = await search(canaries, outsideOf(ground))
    assert.equal(summary([...traffic.leaks, ...seen.leaks]), '')
    megabytes += seen.megabytes
  }
  figures(t, 'canaries-faults', {
    'servers killed': rounds,
    canaries: canaries.count,
    'MB looked through': Math.round(megabytes),
  })
})

// Bug class 60.
test('a server says nothing of what is sent at the highest level that others know', async (t) => {
  const ground = await groundOf(t, { env: { DEBUG: '*', NODE_ENV: 'development' } })
  const estate = await estateIn(ground)
  const traffic = new Traffic(new Canaries(), estate.admin)
  await traffic.all(valuesTo(estate, traffic.canaries))
  assert.equal(summary(traffic.leaks), '')
  const seen = await search(traffic.canaries, sinksOf(ground, estate.admin))
  assert.equal(summary(seen.leaks), '')
  assert.equal(ground.heard().length, 0)
  figures(t, 'canaries-faults', { canaries: traffic.canaries.count, 'bytes it wrote': 0 })
})

// Bug class 60.
test('a server does not start in a runtime that writes down what it is sent', async () => {
  const folder = await ownDirectory()
  const heard: Buffer[] = []
  const started = startServer({
    dataDir: join(folder, 'data'),
    env: { NODE_DEBUG: 'stream' },
    heard: (said) => heard.push(said),
  })
  await assert.rejects(started, /ended before it answered/)
  assert.match(Buffer.concat(heard).toString(), /strongroom: NODE_DEBUG .*: unset it/)
  assert.deepEqual(readdirSync(folder), [])
})

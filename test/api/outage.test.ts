import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { Api, type Answer } from '#test/support/api.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { startPostgres } from '#test/support/postgres.ts'
import { startServer } from '#test/support/server.ts'

const own = '/strongroom/v1'

/** Refused in the voice of the API that the path is of, and without a word about the database. */
function checkUnavailable(path: string, answer: Answer): void {
  assert.equal(answer.status, 503, `${path}: ${answer.status} ${answer.text}`)
  assert.equal(answer.headers['retry-after'], '2', path)
  assert.equal(answer.headers['cache-control'], 'no-store', path)
  assert.ok(!/sql|postgres|connect|kept/i.test(answer.text), answer.text)
  const member = path.startsWith('/v5') ? 'detail' : 'error'
  assert.ok(member in answer.json, `${path}: ${answer.text}`)
}

// Bug class 97.
test('without its database a server answers 503 in the voice of each API, and stays', async (t) => {
  const postgres = await startPostgres({ durable: false })
  t.after(() => postgres.stop())
  const dataDir = join(await ownDirectory(), 'data')
  const server = await startServer({ dataDir, database: postgres.url })
  t.after(() => server.kill())
  const api = new Api(server.url, server.token)
  const made = (await api.post('/v5/sgp/secrets', { key: 'k', value: 'kept' })).expect(200)
  ;(await api.get(`${own}/secrets/${made.str('id')}/value`)).expect(200)
  await postgres.stop()
  const paths = [
    ...['/v5/sgp/secrets', `${own}/secrets/${made.str('id')}/value`, `${own}/whoami`],
    ...['/v5/openapi.json', '/v5/none', '/none', '/v5/%zz', '/%zz'],
  ]
  const callers = [api, api.as(null)]
  const answers = await Promise.all(
    paths.flatMap((path) =>
      callers.map(async (caller) => ({ path, answer: await caller.get(path) })),
    ),
  )
  for (const { path, answer } of answers) checkUnavailable(path, answer)
  ;(await api.get('/health')).expect(200)
  assert.equal(server.process.exitCode, null)
})

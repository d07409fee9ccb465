import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test, type TestContext } from 'node:test'
import { idMaker } from '#core/new-id.ts'
import { Api } from '#test/support/api.ts'
import { failingStart } from '#test/support/failing-start.ts'
import { startFaultProxy } from '#test/support/fault-proxy.ts'
import { smallVault } from '#test/support/small-vault.ts'
import { startServer, type ServerOptions } from '#test/support/server.ts'
import { openMetrics } from './metrics.ts'
import { realWorld } from './world.ts'

const own = '/strongroom/v1'

/** The samples of these metrics, by name and labels as they are written. */
const samplesIn = (text: string, name: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`))
      .map((line): [string, number] => [
        line.slice(name.length, line.lastIndexOf(' ')),
        Number(line.slice(line.lastIndexOf(' '))),
      ]),
  )

async function measured(t: TestContext, { args = [], ...options }: ServerOptions = {}) {
  const server = await startServer({
    ...options,
    args: ['--private-stores', '--metrics', '127.0.0.1:0', ...args],
  })
  t.after(() => server.stop())
  const { metricsUrl } = server
  assert.ok(metricsUrl !== null)
  const text = async () => (await fetch(metricsUrl)).text()
  const samples = async (name: string) => samplesIn(await text(), name)
  return { server, metricsUrl, text, samples, admin: new Api(server.url, server.token) }
}

test('requests are counted by API and status, whatever was asked for', async (t) => {
  const { admin, samples, text } = await measured(t)
  const secret = { name: 'a-name-of-theirs', value: 'a-value-of-theirs' }
  ;(await admin.post(`${own}/groups/secrets/secrets`, secret)).expect(200)
  ;(await admin.post(`${own}/groups/secrets/secrets`, secret)).expect(409)
  ;(await admin.get(`${own}/no/such/thing-of-theirs`)).expect(404)
  ;(await admin.as('a-token-of-theirs').get('/api/svc/v1/secret-groups')).expect(401)
  ;(await admin.get('/health')).expect(200)
  ;(await admin.get('/%zz')).expect(404)
  assert.deepEqual(await samples('strongroom_requests_total'), {
    '{dialect="strongroom",status="200"}': 1,
    '{dialect="strongroom",status="409"}': 1,
    '{dialect="strongroom",status="404"}': 1,
    '{dialect="truefoundry",status="401"}': 1,
    '{dialect="server",status="200"}': 1,
    '{dialect="server",status="404"}': 1,
  })
  const said = await text()
  assert.match(said, /^process_cpu_seconds_total [0-9.]+$/m)
  assert.doesNotMatch(said, /of-theirs/)
})

test('calls to a store are counted by its id, through failures, a breaker and a new setting', async (t) => {
  const proxy = await startFaultProxy(await smallVault())
  t.after(() => proxy.stop())
  const { admin, samples, text } = await measured(t)
  const store = { kind: 'vault', config: { url: proxy.url }, credential: { token: 'hush-token' } }
  const given = { name: 'hush-name', ...store }
  const id = (await admin.post(`${own}/stores`, given)).expect(200).str('id')
  const check = () => admin.post(`${own}/stores/${id}/check`)
  const calls = async (operation: string, outcome: string, of = id): Promise<number> => {
    const all = await samples('strongroom_store_calls_total')
    return all[`{store="${of}",kind="vault",operation="${operation}",outcome="${outcome}"}`] ?? 0
  }
  // One that was only tried has no name yet.
  assert.equal(await calls('put', 'done', 'trial'), 1)
  assert.equal(await calls('put', 'done'), 0)
  ;(await check()).expect(200)
  assert.deepEqual(
    await Promise.all(['put', 'get', 'remove'].map((operation) => calls(operation, 'done'))),
    [1, 1, 1],
  )
  proxy.trouble(() => ({ kind: 'status', status: 403 }))
  ;(await check()).expect(424)
  const refused = await calls('put', 'refused')
  assert.ok(refused > 0)
  proxy.trouble(() => ({ kind: 'lost' }))
  const asked: number[] = []
  do {
    ;(await check()).expect(503)
    asked.push((await calls('put', 'down')) + (await calls('remove', 'down')))
  } while (asked.at(-1) !== asked.at(-2))
  assert.ok((asked.at(-1) ?? 0) >= 5, `the breaker opened after ${asked.join()}`)
  proxy.trouble(null)
  // A new setting opens the store anew, with no breaker and with counts of its own.
  const config = { url: proxy.url, prefix: 'hush-prefix' }
  ;(await admin.send('PUT', `${own}/stores/${id}`, { body: { config } })).expect(200)
  const [first] = (await check()).expect(200).list('calls')
  assert.deepEqual(first, { operation: 'put', calls: 1, failures: 0 })
  assert.equal(await calls('put', 'done'), 2)
  assert.equal(await calls('put', 'refused'), refused)
  const said = await text()
  assert.doesNotMatch(said, /hush/)
  assert.ok(!said.includes(new URL(proxy.url).port))
})

test('metrics have an address of their own, at which nothing else is', async (t) => {
  const { server, admin, metricsUrl } = await measured(t)
  ;(await admin.get('/metrics')).expect(404)
  ;(await admin.get(`${own}/metrics`)).expect(404)
  const there = new Api(metricsUrl, server.token)
  const answer = (await there.get('/metrics')).expect(200)
  assert.match(answer.headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/)
  ;(await there.get('/metrics?name=x')).expect(200)
  ;(await there.post('/metrics', {})).expect(405)
  for (const path of ['/', '/metrics/', '/metricsx', '/health', `${own}/groups`]) {
    assert.equal((await there.get(path)).expect(404).text, '')
  }
})

const WATCH = `data:text/javascript,${encodeURIComponent(
  `import { registerHooks } from 'node:module'
   registerHooks({ resolve(name, context, next) {
     if (name === 'prom-client') process.stderr.write('LOADED')
     return next(name, context)
   } })`,
)}`

test('without --metrics none are kept, and what keeps them is not even loaded', async (t) => {
  const heard: Buffer[] = []
  const watched = { flags: ['--import', WATCH], heard: (said: Buffer) => heard.push(said) }
  const server = await startServer(watched)
  t.after(() => server.stop())
  assert.equal(server.metricsUrl, null)
  ;(await new Api(server.url, server.token).get('/metrics')).expect(404)
  assert.equal(Buffer.concat(heard).toString(), '')
  await measured(t, watched)
  assert.equal(Buffer.concat(heard).toString(), 'LOADED')
})

test('an address for metrics that others reach, or that is taken, is refused', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.after(() => taken.close())
  await once(taken, 'listening')
  const at = taken.address()
  assert.ok(typeof at === 'object' && at !== null)
  const cases: readonly (readonly [code: number, told: RegExp, ...args: string[]])[] = [
    [2, /--metrics takes HOST:PORT/, '9090'],
    [2, /0\.0\.0\.0 can be reached from other machines: give --tls-cert/, '0.0.0.0:0'],
    [2, /not that of --listen/, 'localhost:7421', '--listen', 'localhost:7421'],
    [1, /listens on that address: choose --listen, or --metrics/, `127.0.0.1:${at.port}`],
  ]
  for (const [code, told, ...args] of cases) {
    const failed = await failingStart(['--data', `/nowhere/${at.port}`, '--metrics', ...args])
    assert.deepEqual([failed.code, failed.output], [code, ''], failed.told)
    assert.match(failed.told, told)
  }
})

test('no more than a thousand stores are told apart', async () => {
  const metrics = await openMetrics()
  const newId = idMaker(realWorld())
  const first = newId<'store'>()
  const ids = [first, ...Array.from({ length: 1_001 }, () => newId<'store'>()), first]
  for (const id of ids) metrics.calls({ id, kind: 'vault' }, 'kept')('get', 'done')
  const samples = samplesIn((await metrics.text()).body, 'strongroom_store_calls_total')
  const labels = (id: string) => `{store="${id}",kind="vault",operation="get",outcome="done"}`
  assert.equal(Object.keys(samples).length, 1_001)
  assert.equal(samples[labels('others')], 2)
  assert.equal(samples[labels(first)], 2)
})

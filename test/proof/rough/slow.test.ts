import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { WAITING_MAX } from '#server/turns.ts'
import type { Api } from '#test/support/api.ts'
import { figures, sized } from '#test/support/tier.ts'
import { STALL_MS_MAX, startGauged } from './gauged.ts'

const CONNECTIONS = sized(500, 10_000)
const HONEST = sized(200, 2_000)
const GROWTH_MB_MAX = 200
/** A connection in so many has a byte more written to it, every so many ms. */
const TRICKLE = { steps: 100, everyMs: 10 }
const WHOAMI = '/strongroom/v1/whoami'

/** What each connection begins and does not end. */
const begun = (token: string): readonly string[] => {
  const head = (first: string, ...lines: readonly string[]) =>
    [first, 'host: localhost', `authorization: Bearer ${token}`, ...lines, ''].join('\r\n')
  const json = 'content-type: application/json'
  const openapi = `${head('GET /strongroom/v1/openapi.json HTTP/1.1')}\r\n`
  return [
    head(`GET ${WHOAMI} HTTP/1.1`),
    'GET /strong',
    `${head('POST /v5/sgp/secrets HTTP/1.1', json, 'content-length: 1000000')}\r\n{"key":`,
    `${head('POST /v5/sgp/secrets HTTP/1.1', json, 'transfer-encoding: chunked')}\r\n5\r\n{"k`,
    // Answers that nobody reads, as many as may wait for each other, and more.
    openapi.repeat(1 + WAITING_MAX),
    openapi.repeat(20),
    '',
  ]
}

/** How many of those kinds are sent more, byte by byte. */
const SLOW_KINDS = 4

async function hold(url: string, text: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect({ port: Number(port), host: hostname })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.pause()
  if (text !== '') socket.write(text)
  return socket
}

/** How long each of so many requests of somebody else takes meanwhile, in ms; the shortest first. */
async function honest(api: Api, requests: number): Promise<readonly number[]> {
  const times: number[] = []
  for (let n = 0; n < requests; n++) {
    const began = performance.now()
    ;(await api.get(WHOAMI)).expect(200)
    times.push(performance.now() - began)
  }
  return times.sort((a, b) => a - b)
}

const p99 = (times: readonly number[]): string =>
  (times[Math.floor(times.length * 0.99)] ?? 0).toFixed(1)

// Bug class 86.
test('connections that begin and do not end hold nobody up, and leave nothing behind', async (t) => {
  const server = await startGauged()
  t.after(() => server.close())
  const { admin, url } = server
  ;(await admin.get(WHOAMI)).expect(200)
  const before = await server.memory()
  const kinds = begun(admin.token ?? '')
  const held: Socket[] = []
  for (let n = 0; n < CONNECTIONS; n++) held.push(await hold(url, kinds[n % kinds.length] ?? ''))
  const slow = held.filter((_, n) => n % kinds.length < SLOW_KINDS)
  let step = 0
  const trickle = setInterval(() => {
    for (let n = step; n < slow.length; n += TRICKLE.steps) slow[n]?.write('a')
    step = (step + 1) % TRICKLE.steps
  }, TRICKLE.everyMs)
  await server.look()
  const meanwhile = await honest(admin, HONEST)
  const { longest } = await server.look()
  const grown = (await server.memory()) - before
  clearInterval(trickle)
  for (const socket of held) socket.destroy()
  const ended = performance.now()
  ;(await admin.get(WHOAMI)).expect(200)
  const recovery = performance.now() - ended
  const leaving = await server.look()
  figures(t, 'rough-slow', {
    connections: CONNECTIONS,
    'honest requests, all answered': HONEST,
    'their 99th percentile in ms': p99(meanwhile),
    'longest turn in ms': longest.toFixed(1),
    'growth in MB': grown.toFixed(0),
    'the first answer after all are gone at once, in ms': recovery.toFixed(1),
    'longest turn then, in ms': leaving.longest.toFixed(1),
  })
  assert.ok(server.isUp())
  assert.ok(longest < STALL_MS_MAX, `a turn of ${longest} ms`)
  assert.ok(grown < GROWTH_MB_MAX, `${grown} MB`)
})

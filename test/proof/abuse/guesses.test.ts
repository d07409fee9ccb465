import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, test } from 'node:test'
import type { Api } from '#test/support/api.ts'
import { settings } from '#server/config.ts'
import { figures, sized } from '#test/support/tier.ts'
import { asking, flood } from './flood.ts'
import { counted, guess, keyIdOf, limited, memoryOf, newToken, type Line } from './vault.ts'

const GUESSES = sized(20_000, 1_000_000)
const WHOAMI = '/strongroom/v1/whoami'
const MEMORY_MB_MAX = 100

/** What a budget of so many a minute allows in this time, with the reserve of those who come back. */
const allowed = (perMinute: number, seconds: number): number =>
  Math.ceil(1.25 * perMinute * (1 + seconds / 60)) + 2

const guessing = (headers: Readonly<Record<string, string>> = {}): string =>
  asking(WHOAMI, { authorization: `Bearer ${guess()}`, ...headers })

function* many<T>(count: number, make: (n: number) => T): Generator<T, undefined> {
  for (let n = 0; n < count; n++) yield make(n)
  return undefined
}

/** Asks again and again until told to stop; gives how often it was answered, always well. */
async function honest(api: Api, signal: AbortSignal): Promise<number> {
  let served = 0
  while (!signal.aborted) {
    ;(await api.get(WHOAMI)).expect(200)
    served += 1
    await pause(5)
  }
  return served
}

interface Entrance {
  readonly tries: number
  readonly seconds: number
}

/** Comes with a token, and again when it is told to, until it is let in. */
async function enter(api: Api): Promise<Entrance> {
  const began = performance.now()
  for (let tries = 1; tries <= 10; tries++) {
    const answer = await api.get(WHOAMI)
    if (answer.status !== 429) {
      answer.expect(200)
      return { tries, seconds: (performance.now() - began) / 1_000 }
    }
    await pause(Number(answer.headers['retry-after']) * 1_000)
  }
  return assert.fail('never let in')
}

/** The lines that stand for guesses that were looked up. */
const looked = (lines: readonly Line[]): number => counted(lines, 'bad_token')

describe('wrong tokens', () => {
  test('one address: a flood of guesses never reaches the verifier beyond the budget', async (t) => {
    const vault = await limited(t, '--failed-limit', '120')
    const { server, admin } = vault
    ;(await admin.get(WHOAMI)).expect(200)
    const fresh = admin.as(await newToken(vault, 'not seen before'))
    await vault.lines()
    // The first thousands fill the runtime's own heap; what grows after them grows for ever.
    const early: (number | null)[] = []
    const over = new AbortController()
    const serving = honest(admin, over.signal)
    const flooding = flood(
      server.url,
      many(GUESSES, (n) => {
        if (n === Math.floor(GUESSES / 4)) early.push(memoryOf(server))
        return guessing()
      }),
    )
    // Not before the flood has emptied the budget.
    await pause(500)
    const entered = await enter(fresh)
    const { statuses, waits, seconds } = await flooding
    over.abort()
    const served = await serving
    const after = memoryOf(server)
    const lines = await vault.end()
    const reached = looked(lines)
    const turned = lines.filter(({ reason }) => reason === 'too_many')
    assert.deepEqual(Object.keys(statuses), ['401', '429'])
    assert.equal((statuses[401] ?? 0) + (statuses[429] ?? 0), GUESSES)
    assert.equal(reached, statuses[401])
    assert.ok(reached >= 120, `the budget was not used: ${reached}`)
    assert.ok(reached <= allowed(120, seconds), `${reached} guesses in ${seconds} s were looked up`)
    assert.ok(served >= 5, `the honest were served only ${served} times`)
    assert.ok(entered.tries <= 4, `a good token was turned away ${entered.tries} times`)
    // The honest one that waited is among them.
    assert.equal(counted(lines, 'too_many'), (statuses[429] ?? 0) + entered.tries - 1)
    assert.ok(turned.length <= 2 + seconds / 30, `${turned.length} lines for those turned away`)
    const grown = (after ?? 0) - (early[0] ?? 0)
    assert.ok(grown < MEMORY_MB_MAX, `the server grew by ${grown} MB`)
    figures(t, 'abuse-guesses', {
      guesses: GUESSES,
      seconds: seconds.toFixed(1),
      'looked up': reached,
      'lines of the record for the rest': turned.length,
      'times to wait': JSON.stringify(waits),
      'honest requests served meanwhile': served,
      'a good token that was never seen: tries': entered.tries,
      'seconds until it was in': entered.seconds.toFixed(1),
      'growth in MB over the last three quarters': grown.toFixed(0),
    })
  })

  test('control: without a budget each guess is looked up, and counted so', async (t) => {
    const vault = await limited(t, '--failed-limit', '0')
    await vault.lines()
    const { statuses } = await flood(
      vault.server.url,
      many(2_000, () => guessing()),
    )
    assert.deepEqual(statuses, { 401: 2_000 })
    assert.equal(looked(await vault.end()), 2_000)
  })

  // Bug class 1.
  test('a hundred wrong tokens a minute lock nobody out, not even for a second', async (t) => {
    const vault = await limited(t, '--failed-limit', settings.failedLimit.fallback)
    const fresh = vault.admin.as(await newToken(vault, 'not seen before'))
    const { statuses } = await flood(
      vault.server.url,
      many(100, () => guessing()),
    )
    assert.deepEqual(statuses, { 401: 100 })
    assert.deepEqual((await enter(fresh)).tries, 1)
    ;(await vault.admin.get(WHOAMI)).expect(200)
  })

  test('many addresses: each network has its budget, and a million of them one in the end', async (t) => {
    const vault = await limited(t, '--failed-limit', '12', '--trusted-proxies', '127.0.0.1')
    const { server } = vault
    await vault.lines()
    const before = memoryOf(server)
    const from = (address: string) => guessing({ 'x-forwarded-for': address })
    // 200 networks with 250 addresses each.
    const some = await flood(
      server.url,
      many(GUESSES, (n) => from(`10.1.${n % 200}.${Math.floor(n / 200) % 250}`)),
    )
    const lines = await vault.lines()
    const networks = new Map<string, number>()
    for (const { reason, from: address } of lines) {
      const network = address.split('.').slice(0, 3).join('.')
      if (reason === 'bad_token') networks.set(network, (networks.get(network) ?? 0) + 1)
    }
    const most = Math.max(...networks.values())
    assert.equal(networks.size, 200)
    assert.ok(most >= 12 && most <= allowed(12, some.seconds), `${most} of one network`)
    assert.equal(looked(lines), some.statuses[401])
    // A network for each guess: more than are kept apart.
    const all = await flood(
      server.url,
      many(GUESSES, (n) =>
        from(`2001:db8:${(n >> 16).toString(16)}:${(n & 65_535).toString(16)}::1`),
      ),
    )
    const rest = await vault.end()
    const after = memoryOf(server)
    const reached = looked(rest)
    assert.equal(reached, all.statuses[401])
    // One guess of twelve a minute is made good in five seconds: then its place is another network's.
    const turns = 1 + Math.floor(all.seconds / 5)
    const bound = turns * 10_000 + allowed(12, all.seconds)
    assert.ok(reached <= bound, `${reached} were looked up`)
    const turned = [...lines, ...rest].filter(({ reason }) => reason === 'too_many')
    assert.equal(counted(turned, 'too_many'), (some.statuses[429] ?? 0) + (all.statuses[429] ?? 0))
    const grown = (after ?? 0) - (before ?? 0)
    assert.ok(grown < MEMORY_MB_MAX, `the server grew by ${grown} MB`)
    figures(t, 'abuse-guesses', {
      'guesses from 200 networks': GUESSES,
      'looked up, at most of one': most,
      'guesses from a network each': GUESSES,
      'looked up': reached,
      'lines of the record for the rest': turned.length,
      'growth in MB': grown.toFixed(0),
    })
  })

  // Bug class 72.
  test('what a client says of its address is ignored, unless a trusted proxy says it', async (t) => {
    const proxies = ['--trusted-proxies', '192.0.2.0/24,::1']
    const vault = await limited(t, '--failed-limit', '12', ...proxies)
    await vault.lines()
    const { statuses, seconds } = await flood(
      vault.server.url,
      many(500, (n) => {
        const address = `10.2.${n % 250}.1`
        return guessing({ 'x-forwarded-for': address, forwarded: `for=${address}` })
      }),
    )
    assert.ok((statuses[401] ?? 0) <= allowed(12, seconds), JSON.stringify(statuses))
    const known = ['127.0.0.0/24', '127.0.0.1', 'local']
    for (const { from } of await vault.end()) assert.ok(known.includes(from), from)
  })

  // Bug class 1.
  test('one key id has a budget of its own, from wherever a proxy says that guesses come', async (t) => {
    const vault = await limited(t, '--failed-limit', '40', '--trusted-proxies', '127.0.0.1')
    const { admin, server } = vault
    ;(await admin.get(WHOAMI)).expect(200)
    const id = keyIdOf(server.token)
    await vault.lines()
    // A proxy that says what is no address is the client itself.
    const odd = ['unknown', '', '<script>', '1.2.3', 'a, b', '[::1]:80', '10.0.0.1:99']
    const oddly = (n: number) => guessing({ 'x-forwarded-for': odd[n] ?? '' })
    await flood(server.url, many(odd.length, oddly))
    const first = await vault.lines()
    assert.equal(looked(first), odd.length)
    for (const { from } of first) assert.ok(['127.0.0.1', 'local'].includes(from), from)
    const { statuses, seconds } = await flood(
      server.url,
      many(2_000, (n) =>
        asking(WHOAMI, {
          authorization: `Bearer ${guess(id)}`,
          'x-forwarded-for': `10.3.${n % 250}.1`,
        }),
      ),
    )
    const reached = looked(await vault.lines())
    assert.equal(reached, statuses[401])
    assert.ok(reached >= 10 && reached <= allowed(10, seconds), `${reached} of one key id`)
    ;(await admin.get(WHOAMI)).expect(200)
  })
})

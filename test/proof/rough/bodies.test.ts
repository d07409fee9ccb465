import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { after, before, describe, test } from 'node:test'
import type { Route } from '#dialects/dialect.ts'
import { callOf, routes, targetOf } from '#test/support/calls.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { figures, sized, WHOLE } from '#test/support/tier.ts'
import { flood } from '#test/proof/abuse/flood.ts'
import { STALL_MS_MAX, startGauged, type Gauged } from './gauged.ts'
import { pour } from './wire.ts'

const MB = 1_048_576
/** What a collector that sees no reason to hurry leaves lying about for a while. */
const GROWTH_MB_MAX = 100

const writes: readonly Route[] = routes.filter(({ schemas }) => schemas.body !== null)

/** The routes that dear bodies are sent to: those that look closest at them, or all. */
const readers = writes.filter(
  ({ exactNumbers, method }, n) => WHOLE || n % 12 === 0 || (exactNumbers && method === 'POST'),
)

/** Bodies that are made to be dear to read; each fits the limit. */
const dear: Readonly<Record<string, () => string>> = {
  'arrays in arrays': () => '['.repeat(100_000),
  'objects in objects': () => '{"a":'.repeat(100_000),
  'just not too deep, again and again': () =>
    `[${Array.from({ length: 7_000 }, () => `${'['.repeat(63)}${']'.repeat(63)}`).join()}]`,
  'as many members as there is room for': () =>
    `{${Array.from({ length: 90_000 }, (_, n) => `"m${n}":0`).join()}}`,
  'one name again and again': () => `{${'"name":0,'.repeat(110_000)}"name":0}`,
  'names that are numbers': () =>
    `{${Array.from({ length: 80_000 }, (_, n) => `"${n * 3}":0`).join()}}`,
  'a number of a million digits': () => `{"value":${'9'.repeat(MB - 20)}}`,
  'a fraction of a million digits': () => `{"value":0.${'1'.repeat(MB - 20)}}`,
  exponents: () => `[${'1e308,'.repeat(170_000)}0]`,
  escapes: () => `{"value":"${'\\u0041'.repeat(170_000)}"}`,
  surrogates: () => `{"value":"${'\\ud83d\\ude00'.repeat(80_000)}"}`,
  backslashes: () => `{"value":"${'\\\\'.repeat(500_000)}"}`,
  'brackets in a string': () => `{"value":"${'[{'.repeat(500_000)}"}`,
  'empty arrays': () => `[${'[],'.repeat(340_000)}[]]`,
  spaces: () => `{"value":${' '.repeat(MB - 20)}1}`,
  'a name as long as it gets': () => `{"${'n'.repeat(MB - 20)}":0}`,
}

/** Some that are taken for JSON, most that are not. */
const SPELLINGS: readonly string[] = [
  'application/json',
  'application/ld+json',
  'text/plain',
  '',
].flatMap((type) => [
  ...[type, type.toUpperCase(), ` ${type}`, `\t${type}`, `${type} `, `${type};`, `${type} ;`],
  ...[`${type}\t; a=b`, `${type};charset=utf-8`, `${type}; charset="utf-8"`, `${type};;`],
  ...[`${type}; charset=utf-16`, `${type},${type}`, `${type}, text/html`, `text/html, ${type}`],
  ...[`${type} x`, `${type}\u00a0`, `"${type}"`, `${type}/`, `/${type}`, `*/${type}`, `${type}*`],
  ...[`x${type}`, `${type}x`, `${type}+json`, `${type}; ${type}`, `;${type}`, `=${type}`],
  ...[`${type}; boundary=x`, `multipart/form-data; a=${type}`, `${type} a/b`],
  ...[`${type};a="`, `${type};a=\\`, `${type};=`, `${type};a=b;a=c`, `${type}%3b`, `${type}?`],
  ...[type.replace('/', ' / '), type.replace('/', '//'), type.replace('/', '\\')],
  ...[type.replace('json', 'jsonp'), type.replace('json', 'json-seq'), `${type};json`],
  ...[type.slice(1), type.slice(0, -1), type.repeat(2), type.repeat(100), `${type}\u007e`],
])

const post = (url: string, token: string, target: string, headers: readonly string[]): string =>
  [
    `POST ${target} HTTP/1.1`,
    `host: ${new URL(url).host}`,
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    ...headers,
    '',
    '',
  ].join('\r\n')

describe('rough bodies', () => {
  let open: Gauged | null = null
  let estate: Estate | null = null
  const server = (): Gauged => open ?? assert.fail('not open')
  const own = (): Estate => estate ?? assert.fail('not settled')

  before(async () => {
    open = await startGauged()
    const { admin } = open
    const made = (await admin.post('/strongroom/v1/accounts', { name: 'rough' })).expect(200)
    const tenant = { id: made.str('id'), name: 'rough', admin: admin.as(made.str('token')) }
    estate = await settle(tenant)
  })
  after(() => open?.close())

  /** What a server goes through while `work` runs; never longer turns than promised, nor a crash. */
  async function gauged(work: () => Promise<void>) {
    const from = await server().memory()
    await server().look()
    await work()
    const { longest, polluted } = await server().look()
    assert.ok(server().isUp())
    assert.equal(polluted, false)
    return { longest, grown: (await server().memory()) - from }
  }

  test('control: the gauge finds a turn that takes long, and a prototype that was changed', async () => {
    await server().look()
    assert.ok((await server().look({ block: 120 })).longest >= 110)
    assert.ok((await server().look()).longest < 110)
    assert.equal((await server().look({ pollute: 'mine' })).polluted, true)
    assert.equal((await server().look()).polluted, false)
  })

  // Bug classes 85, 86.
  test('a body without end is not read to its end, with a token or without', async (t) => {
    const size = sized(64, 1_024)
    const piece = Buffer.concat([
      Buffer.from(`${(64 * 1_024).toString(16)}\r\n`),
      Buffer.alloc(64 * 1_024, 0x20),
      Buffer.from('\r\n'),
    ])
    const pieces = function* () {
      for (let n = 0; n < size * 16; n++) yield piece
    }
    let written = 0
    const { longest, grown } = await gauged(async () => {
      for (const token of [own().admin.token ?? '', 'none']) {
        for (const target of ['/v5/sgp/secrets', '/strongroom/v1/groups', '/api/v1/secrets/']) {
          const head = post(server().url, token, target, ['transfer-encoding: chunked'])
          const poured = await pour(server().url, head, pieces())
          // Who still sends when the server has done may find the connection gone, and no answer.
          assert.ok([413, 401, null].includes(poured.status), `${target}: ${poured.status}`)
          written = Math.max(written, poured.written)
        }
      }
    })
    assert.ok(longest < STALL_MS_MAX, `a turn of ${longest} ms`)
    assert.ok(grown < GROWTH_MB_MAX, `${grown} MB`)
    figures(t, 'rough-bodies', {
      'sent to one request at the most, in MB': (written / MB).toFixed(0),
      'longest turn in ms': longest.toFixed(1),
      'growth in MB': grown.toFixed(0),
    })
  })

  // Bug class 85.
  test('bodies that are dear to read hold nobody up, on any route', async (t) => {
    let longest = 0
    let slowest = ''
    const { grown } = await gauged(async () => {
      for (const [name, make] of Object.entries(dear)) {
        const text = make()
        const body = Buffer.from(text.slice(0, MB))
        for (const route of readers) {
          const answer = await own().admin.send(
            route.method,
            targetOf(route, callOf(route, own())),
            {
              body,
            },
          )
          assert.ok(answer.status < 500, `${name}, ${route.operationId}: ${answer.text}`)
          const seen = await server().look()
          if (seen.longest > longest) slowest = `${name} to ${route.operationId}`
          longest = Math.max(longest, seen.longest)
        }
      }
    })
    figures(t, 'rough-bodies', {
      bodies: Object.keys(dear).length * readers.length,
      'longest turn in ms': longest.toFixed(1),
      'longest turn': slowest,
      'growth in MB': grown.toFixed(0),
    })
    assert.ok(longest < STALL_MS_MAX, `a turn of ${longest} ms: ${slowest}`)
    assert.ok(grown < GROWTH_MB_MAX, `${grown} MB`)
  })

  test('a body that says it is larger than it may be is refused before it comes', async () => {
    const digits = Array.from({ length: 160 }, () => Buffer.alloc(64 * 1_024, 0x39))
    const length = `content-length: ${160 * 64 * 1_024}`
    for (const target of ['/v5/sgp/secrets', '/strongroom/v1/groups']) {
      const head = post(server().url, own().admin.token ?? '', target, [length])
      assert.equal((await pour(server().url, head, [])).status, 413)
      const { status } = await pour(server().url, head, digits)
      assert.ok(status === 413 || status === null)
    }
  })

  // Bug class 100.
  test('a compressed body is refused on every route, whatever it would unpack to', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * MB, 0x20))
    for (const route of writes) {
      const target = targetOf(route, callOf(route, own()))
      for (const encoding of ['gzip', 'x-gzip', 'deflate', 'br', 'gzip, gzip']) {
        const sent = { body: bomb, headers: { 'content-encoding': encoding } }
        ;(await own().admin.send(route.method, target, sent)).expect(415)
      }
    }
  })

  // Bug class 74.
  test('an invalid body is taken by no route, however its content type is spelled', async (t) => {
    const { url } = server()
    const token = own().admin.token ?? ''
    const some = writes.filter((_route, n) => WHOLE || n % 3 === 0)
    const requests = some.flatMap((route) =>
      SPELLINGS.map((type) => {
        const target = targetOf(route, callOf(route, own()))
        const head = post(url, token, target, [`content-type: ${type}`, 'content-length: 2'])
        // One content type, the spelled one; the body is no object.
        const one = head.replace('content-type: application/json\r\n', '')
        return `${one.replace(/^POST/, route.method)}[]`
      }),
    )
    const { statuses } = await flood(url, requests.values())
    const odd = Object.keys(statuses).filter((status) => !/^(?:400|415|422)$/.test(status))
    assert.deepEqual(odd, [], JSON.stringify(statuses))
    figures(t, 'rough-bodies', { spellings: SPELLINGS.length, requests: requests.length })
  })

  test('members and names that mean something to the language change nothing', async () => {
    const words = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf']
    const odd = [
      ...words.map((word) => `"${word}":{"polluted":true,"prototype":{"polluted":true}}`),
      ...words.map((word) => `"${word}":"text"`),
      ...words.map((word) => `"${word}":null`),
      '"\\u005f_proto__":{"polluted":true}',
      '"manifest":{"__proto__":{"polluted":true}},"__proto__":[]',
    ]
    await gauged(async () => {
      for (const route of writes) {
        // What would make too many accounts to go on with.
        if (route.operationId === 'createAccount') continue
        const target = targetOf(route, callOf(route, own()))
        for (const member of odd) {
          const body = Buffer.from(`{${member}}`)
          const { status, text } = await own().admin.send(route.method, target, { body })
          assert.ok(status < 500, `${route.operationId} with ${member}: ${text}`)
        }
      }
      const headers = Object.fromEntries(words.map((word) => [word, '{"polluted":true}']))
      const { admin } = own()
      for (const word of words) {
        await admin.send('GET', `/strongroom/v1/whoami?${word}=1&${word}[polluted]=1`, { headers })
        await admin.get(`/strongroom/v1/groups/secrets/secrets/${word}/value`)
      }
    })
  })

  test('names that mean something to the language are names like others', async () => {
    const words = ['constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__proto__']
    const { admin } = own()
    const { polluted } = await server().look()
    assert.equal(polluted, false)
    const base = '/strongroom/v1/groups/secrets/secrets'
    for (const name of words) {
      const made = await admin.post(base, { name, value: `value of ${name}` })
      if (made.status !== 200) {
        made.expect(422)
        continue
      }
      const read = (await admin.get(`/strongroom/v1/secrets/${made.str('id')}/value`)).text
      assert.ok(read.includes(`value of ${name}`), read)
      ;(await admin.delete(`/strongroom/v1/secrets/${made.str('id')}`)).expect(200)
    }
  })
})

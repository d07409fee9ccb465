import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { test } from 'node:test'
import type { Route } from '#dialects/dialect.ts'
import type { Api } from '#test/support/api.ts'
import { callOf, routes, targetOf } from '#test/support/calls.ts'
import { settle } from '#test/support/estate.ts'
import { onEachEngine, type House } from '#test/support/house.ts'
import { requestBytes, sendRaw } from '#test/support/raw.ts'

const own = '/strongroom/v1'
const BODY_BYTES_MAX = 1_048_576
const WINDOW = 8

/** Creates, each with a value of its own that may come back in no refusal. */
const creates = [
  ['/v5/sgp/secrets', 'key', 'value'],
  ['/v5/credentials', 'name', 'payload'],
  [`${own}/groups/credentials/secrets`, 'name', 'value'],
] as const

const VALUE = 'Qx7-canary-Zp4-canary-Lm9'
const windows = Array.from({ length: VALUE.length - WINDOW + 1 }, (_, n) =>
  VALUE.slice(n, n + WINDOW),
)

const bodyOf = (name: string, value: string) => ({
  [name]: `k-${value}-${name}`,
  [value]: VALUE,
  type: 'key',
  description: 'd',
})

/** A refusal that holds no eight characters of the value in a row; gives its status. */
async function refused(api: Api, path: string, body: Uint8Array, headers = {}): Promise<number> {
  const { status, text } = await api.send('POST', path, { body, headers })
  assert.ok(status >= 400 && status < 500, `${status}: ${text}`)
  const told = windows.find((window) => text.includes(window))
  assert.equal(told, undefined, text)
  return status
}

/** A body in pieces, so that nobody knows its length before its end. */
async function sendChunked(
  { server }: House,
  api: Api,
  path: string,
  pieces: readonly string[],
): Promise<number> {
  const headers = [
    ['authorization', `Bearer ${api.token ?? ''}`],
    ['transfer-encoding', 'chunked'],
    ['content-type', 'application/json'],
  ] as const
  const body = pieces.map((piece) => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`)
  const bytes = Buffer.from(`${body.join('')}0\r\n\r\n`)
  const request = { method: 'POST', target: path, headers, body: bytes }
  return (await sendRaw(server.url, requestBytes(server.url, request))).status
}

const withBody = (): readonly Route[] => routes.filter(({ schemas }) => schemas.body !== null)

/** Members of the last of the bodies that are sent to every route; each has a wrong type. */
const WRONG = { name: [], value: {}, key: 0, member: 1, secret: [] }

/** Whether that body is an empty one to a route: it knows none of its members, and needs none. */
function isEmptyTo({ method, schemas }: Route): boolean {
  const { required = [], properties = {} } = (schemas.body ?? {}) as {
    readonly required?: readonly string[]
    readonly properties?: object
  }
  const known = Object.keys(WRONG).some((name) => name in properties)
  return method === 'PATCH' || (required.length === 0 && !known)
}

onEachEngine((house) => {
  // Bug class 58.
  test('a create cut off, or with a byte changed, anywhere in it is refused without a word of it', async () => {
    const { admin } = await house().tenant()
    for (const [path, name, value] of creates) {
      const whole = Buffer.from(JSON.stringify(bodyOf(name, value)))
      for (let n = 1; n < whole.length; n++) {
        const status = await refused(admin, path, whole.subarray(0, n))
        assert.ok(status === 400 || status === 422)
      }
      for (let n = 0; n < whole.length; n++) {
        // A byte that no text holds; inside of a string too it is no UTF-8.
        await refused(
          admin,
          path,
          Buffer.concat([whole.subarray(0, n), Buffer.of(0xff), whole.subarray(n + 1)]),
        )
        const quoted = Buffer.concat([
          whole.subarray(0, n),
          Buffer.from('\u0001'),
          whole.subarray(n),
        ])
        await refused(admin, path, quoted)
      }
      ;(await admin.send('POST', path, { body: whole })).expect(200)
    }
  })

  // Bug classes 58, 59.
  test('what is wrong beside the value is told without the value', async () => {
    const { admin } = await house().tenant()
    for (const [path, name, value] of creates) {
      const right = bodyOf(name, value)
      const wrong: unknown[] = [
        { ...right, [name]: 7 },
        { ...right, [name]: VALUE.repeat(40) },
        { ...right, [name]: `${VALUE}\u0000` },
        { ...right, [name]: { [VALUE]: VALUE } },
        { ...right, description: [VALUE] },
        { ...right, description: VALUE.repeat(400) },
        { ...right, description: `${VALUE}\u0000` },
        { [name]: 'k', [`${value}s`]: VALUE, type: VALUE },
        { ...right, [value]: [VALUE] },
        { ...right, [value]: { [VALUE]: VALUE } },
        { ...right, [value]: VALUE.repeat(3_000) },
        [right],
        VALUE,
      ]
      for (const body of wrong) await refused(admin, path, Buffer.from(JSON.stringify(body)))
      const twice = `{"${value}":"${VALUE}","${value}":7,"${name}":"k","type":"key"}`
      await refused(admin, path, Buffer.from(twice))
    }
  })

  test('a body of a mebibyte is read, one with a byte more is not', async () => {
    const { admin } = await house().tenant()
    for (const [path, name, value] of creates) {
      const [before, after] = JSON.stringify(bodyOf(name, value)).split(VALUE)
      const filled = (size: number) => {
        const rest = size - Buffer.byteLength(`${before ?? ''}${after ?? ''}`)
        return Buffer.from(`${before ?? ''}${'v'.repeat(rest)}${after ?? ''}`)
      }
      // Large, but a value has 65 536 bytes at the most: read and refused.
      assert.equal(await refused(admin, path, filled(BODY_BYTES_MAX)), 422)
      assert.equal(await refused(admin, path, filled(BODY_BYTES_MAX + 1)), 413)
    }
  })

  // Bug class 85.
  test('a body in pieces has the same limit, whatever it said of its length', async () => {
    const { admin } = await house().tenant()
    const value = 'v'.repeat(1_000)
    const small = ['{"key":"k",', `"value":"${value}"`, '}']
    assert.equal(await sendChunked(house(), admin, '/v5/sgp/secrets', small), 200)
    const large = ['{"key":"l","value":"', ...Array.from({ length: 1_100 }, () => value), '"}']
    assert.equal(await sendChunked(house(), admin, '/v5/sgp/secrets', large), 413)
  })

  // Bug class 100.
  test('a compressed body is refused, however small', async () => {
    const { admin } = await house().tenant()
    for (const [path, name, value] of creates) {
      const body = gzipSync(JSON.stringify(bodyOf(name, value)))
      for (const encoding of ['gzip', 'GZIP', 'br', 'deflate', 'zstd', 'gzip, identity', 'x']) {
        const headers = { 'content-encoding': encoding }
        assert.equal(await refused(admin, path, body, headers), 415, encoding)
      }
    }
  })

  // Bug class 74.
  test('a body is JSON by its content type, in any spelling of it', async () => {
    const { admin } = await house().tenant()
    const taken = [
      ...['application/json', 'Application/JSON', 'application/json;charset=utf-8'],
      ...['application/json ; charset="utf-8"', 'application/vnd.api+json', '\tapplication/json'],
    ]
    for (const [n, type] of taken.entries()) {
      const body = Buffer.from(JSON.stringify({ key: `k${n}`, value: 'v' }))
      const headers = { 'content-type': type }
      const { status } = await admin.send('POST', '/v5/sgp/secrets', { body, headers })
      assert.equal(status, 200, `as ${JSON.stringify(type)}`)
    }
    const refusedTypes = [
      ...[
        '',
        'text/plain',
        'text/json',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
      ],
      ...['application/jsonp', 'application/json-patch', 'xapplication/json', 'application/'],
      ...[
        'text/plain, application/json',
        'json',
        '*/*',
        ';application/json',
        'application/octet-stream',
      ],
    ]
    for (const type of refusedTypes) {
      for (const [path, name, value] of creates) {
        const body = Buffer.from(JSON.stringify(bodyOf(name, value)))
        await refused(admin, path, body, { 'content-type': type })
      }
    }
  })

  // Bug classes 74, 87.
  test('an invalid body is refused on every route, whatever its content type is said to be', async () => {
    const estate = await settle(await house().tenant())
    const types = [
      ...[
        'application/json',
        'APPLICATION/JSON',
        ' application/json',
        'application/json\t; a=b',
        '',
      ],
      ...['application/json;', 'application/json; charset=utf-16', 'application/ld+json'],
      ...['text/plain', 'application/x-www-form-urlencoded', 'application/json x', '/', ';;', 'a'],
    ]
    const bodies = ['[]', '"text"', '7', 'null', 'true', JSON.stringify(WRONG)]
    for (const route of withBody()) {
      if (['createAccount'].includes(route.operationId)) continue
      const target = targetOf(route, callOf(route, estate))
      for (const type of types) {
        for (const text of bodies) {
          if (text.startsWith('{') && isEmptyTo(route)) continue
          const sent = { body: Buffer.from(text), headers: { 'content-type': type } }
          const { status } = await estate.admin.send(route.method, target, sent)
          assert.ok(
            status === 400 || status === 422,
            `${route.operationId} took ${text} as ${type}: ${status}`,
          )
        }
      }
    }
  })

  // Bug classes 85, 90.
  test('nesting is bounded, and what is bounded is refused fast', async () => {
    const { admin } = await house().tenant()
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
    const create = (metadata: string, name: string) =>
      admin.send('POST', '/v5/credentials', {
        body: Buffer.from(
          `{"type":"key","name":"${name}","payload":"p","credential_metadata":${metadata}}`,
        ),
      })
    ;(await create(nested(63), 'deep')).expect(200)
    ;(await create(nested(64), 'deeper')).expect(422)
    const started = performance.now()
    for (const open of ['[', '{"a":', '[{"a":']) {
      const deep = Buffer.from(open.repeat(Math.floor(BODY_BYTES_MAX / open.length)))
      const { status } = await admin.send('POST', '/v5/credentials', { body: deep })
      assert.equal(status, 422)
    }
    const digits = Buffer.from(`{"a":${'9'.repeat(BODY_BYTES_MAX - 10)}}`)
    ;(await admin.send('POST', '/v5/credentials', { body: digits })).expect(422)
    const members = Array.from({ length: 90_000 }, (_, n) => `"m${n}":0`).join()
    ;(await create(`{${members}}`, 'wide')).expect(422)
    assert.ok(performance.now() - started < 5_000, 'hostile bodies take long')
  })

  test('numbers beside a value are kept to the last digit, or refused', async () => {
    const { admin } = await house().tenant()
    const numbers: Readonly<Record<string, string | null>> = {
      '0': '0',
      '-1': '-1',
      '0.1': '0.1',
      '1e22': '1e+22',
      '9007199254740992': '9007199254740992',
      '0.30000000000000004': '0.30000000000000004',
      '9007199254740993': null,
      '12345678901234567890': null,
      '0.1234567890123456789': null,
      '1e400': null,
      '-1e400': null,
      '1e-400': null,
    }
    for (const [n, [sent, kept]] of Object.entries(numbers).entries()) {
      const body = Buffer.from(
        `{"type":"key","name":"n${n}","payload":"p","credential_metadata":{"n":[${sent}]}}`,
      )
      const made = await admin.send('POST', '/v5/credentials', { body })
      if (kept === null) made.expect(422)
      else {
        assert.ok(
          made.expect(200).text.includes(`"credential_metadata":{"n":[${kept}]}`),
          made.text,
        )
        const read = await admin.get(`/v5/credentials/name/n${n}`)
        assert.equal(read.expect(200).text, made.text)
      }
    }
  })
})

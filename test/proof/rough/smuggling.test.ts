import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { figures } from '#test/support/tier.ts'
import { startGauged, type Gauged } from './gauged.ts'
import { converse } from './wire.ts'

const LF = '\r\n'
const BODY = '{"key":"seen","value":"v"}'

/** A request with these header lines, as they are, and what follows its head. */
type Probe = (inner: string) => { readonly lines: readonly string[]; readonly rest: string }

const chunk = (text: string, size = text.length.toString(16), extension = ''): string =>
  `${size}${extension}${LF}${text}${LF}`
const LAST = `0${LF}${LF}`
const length = (n: number | string) => `content-length: ${n}`
const CHUNKED = 'transfer-encoding: chunked'

/** Ways to have two readers disagree on where a request ends; each carries another one within. */
const probes: Readonly<Record<string, Probe>> = {
  'a length and pieces': (inner) => ({ lines: [length(4), CHUNKED], rest: LAST + inner }),
  'pieces and a length': (inner) => ({ lines: [CHUNKED, length(4)], rest: LAST + inner }),
  'two lengths': (inner) => ({ lines: [length(0), length(inner.length)], rest: inner }),
  'two equal lengths': (inner) => ({ lines: [length(0), length(0)], rest: inner }),
  'lengths in a list': (inner) => ({ lines: [length(`0, ${inner.length}`)], rest: inner }),
  ...Object.fromEntries(
    ['+0', '-1', '0x0', '0 0', '1e1', '0;0', '٠', '"0"', '0\u000b', '18446744073709551616'].map(
      (text): [string, Probe] => [
        `a length of ${JSON.stringify(text)}`,
        (inner) => ({ lines: [length(text)], rest: inner }),
      ],
    ),
  ),
  ...Object.fromEntries(
    [
      ...[
        'transfer-encoding : chunked',
        'transfer-encoding\t: chunked',
        ' transfer-encoding: chunked',
      ],
      ...['transfer-encoding: xchunked', 'transfer-encoding: chunked, identity'],
      ...['transfer-encoding: chunked, gzip', 'transfer-encoding: chunked;q=1'],
      ...['transfer-encoding: "chunked"', 'transfer-encoding: \u000bchunked'],
      ...['transfer-encoding: chun\tked', 'transfer-encoding: identity', 'transfer-encoding: '],
      ...['transfer-encoding\u0000: chunked', 'transfer-encoding: chunked\u0000'],
      ...['transfer-encoding: chunked\rx: y', 'x: y\rtransfer-encoding: chunked'],
      ...['transfer-encoding: chunked\n x', 'transfer\u00adencoding: chunked, chunked'],
    ].map((line): [string, Probe] => [
      JSON.stringify(line),
      (inner) => ({ lines: [line, length(LAST.length + inner.length)], rest: LAST + inner }),
    ]),
  ),
  ...Object.fromEntries(
    [
      'content-length : 0',
      'content-length\t: 0',
      'content-length\u0000: 0',
      'content length: 0',
    ].map((line): [string, Probe] => [
      JSON.stringify(line),
      (inner) => ({ lines: [line], rest: inner }),
    ]),
  ),
  ...Object.fromEntries(
    [
      '0x1',
      '-1',
      '+1',
      '1 1',
      '',
      'g',
      '1\u0000',
      '00000000000000000001f',
      'ffffffffffffffffff',
    ].map((size): [string, Probe] => [
      `a piece of the size ${JSON.stringify(size)}`,
      (inner) => ({ lines: [CHUNKED], rest: chunk('x', size) + LAST + inner }),
    ]),
  ),
  'a lone line feed after a size': (inner) => ({
    lines: [CHUNKED],
    rest: `1\nx\r\n${LAST}${inner}`,
  }),
  'a lone return after a size': (inner) => ({ lines: [CHUNKED], rest: `1\rx\r\n${LAST}${inner}` }),
  'a piece that does not end': (inner) => ({ lines: [CHUNKED], rest: `1\r\nxx${LAST}${inner}` }),
  'a line feed in an extension': (inner) => ({
    ...{ lines: [CHUNKED], rest: chunk('x', '1', ';a\nb') + LAST + inner },
  }),
  'an extension without end': (inner) => ({
    ...{ lines: [CHUNKED], rest: chunk('x', '1', `;${'a'.repeat(20_000)}`) + LAST + inner },
  }),
  'a line that is folded': (inner) => ({ lines: ['x: y', ' z: 1', length(0)], rest: inner }),
  'a line without a colon': (inner) => ({ lines: ['x', length(0)], rest: inner }),
  'a name that is none': (inner) => ({ lines: ['x(y): z', length(0)], rest: inner }),
  'a lone return between lines': (inner) => ({ lines: [`x: y\r${length(0)}`], rest: inner }),
}

/** Where the end is not in doubt, so that what comes after it is another request, and is answered. */
const clear: Readonly<Record<string, Probe>> = {
  'no body': (inner) => ({ lines: [length(0)], rest: inner }),
  'a body': (inner) => ({ lines: [length(BODY.length)], rest: BODY + inner }),
  pieces: (inner) => ({ lines: [CHUNKED], rest: chunk(BODY) + LAST + inner }),
  'a short extension': (inner) => ({
    ...{ lines: [CHUNKED], rest: chunk(BODY, undefined, ';a=b') + LAST + inner },
  }),
}

describe('requests within requests', () => {
  let open: Gauged | null = null
  const server = (): Gauged => open ?? assert.fail('not open')
  before(async () => {
    open = await startGauged()
  })
  after(() => open?.close())

  /** A create, and behind it, where it ends for some, another one. */
  async function send(probe: Probe, name: string) {
    const { url, admin } = server()
    const head = (lines: readonly string[]) =>
      [
        'POST /v5/sgp/secrets HTTP/1.1',
        'host: localhost',
        `x-api-key: ${admin.token ?? ''}`,
        'content-type: application/json',
        ...[...lines, '', ''],
      ].join(LF)
    const body = JSON.stringify({ key: name, value: 'v' })
    const { lines, rest } = probe(head([length(body.length)]) + body)
    const said = await converse(url, head(lines) + rest, 2)
    const made = await admin.get(`/v5/sgp/secrets?limit=1000`)
    return { said, came: made.expect(200).text.includes(`"${name}"`) }
  }

  test('control: a request that follows another is answered, and seen to be', async () => {
    for (const [n, [name, probe]] of Object.entries(clear).entries()) {
      const { said, came } = await send(probe, `clear-${n}`)
      assert.equal(said.statuses.length, 2, `${name}: ${said.statuses.join()}`)
      assert.ok(came, name)
    }
  })

  // Bug class 89.
  test('where the end of a request is in doubt, nothing after it is read, and the connection goes', async (t) => {
    const taken: string[] = []
    const all = Object.entries(probes)
    await Promise.all(
      all.map(async ([name, probe], n) => {
        const { said, came } = await send(probe, `smuggled-${n}`)
        const clean = !came && said.closed && said.statuses.every((one) => one >= 400 && one < 500)
        if (!clean) taken.push(`${name}: ${JSON.stringify({ ...said, came })}`)
      }),
    )
    figures(t, 'rough-smuggling', { probes: all.length, 'that came through': taken.length })
    assert.deepEqual(taken, [])
  })

  test('what answers after all that is the same server', async () => {
    assert.ok(server().isUp())
    ;(await server().admin.get('/strongroom/v1/whoami')).expect(200)
  })
})

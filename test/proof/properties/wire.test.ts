import assert from 'node:assert/strict'
import fc from 'fast-check'
import Type from 'typebox'
import { namedBy, shownToken } from '#dialects/credential.ts'
import { decodePage } from '#dialects/scale-sgp/paging.ts'
import { isoTime } from '#dialects/schema.ts'
import { opened, readValue } from '#dialects/strongroom/shapes.ts'
import { readFilter } from '#dialects/truefoundry/filter.ts'
import { readEnd, readMoment } from '#dialects/truefoundry/moments.ts'
import { checkOf, coerceQuery } from '#dialects/validate.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { decodeOpened, encodeValue } from '#client/values.ts'
import { dialects } from '#server/registry.ts'
import { methodsOf } from '#server/methods.ts'
import {
  anyBytes,
  anyText,
  holds,
  isFoundOut,
  nearMissOf,
  sayHowMuch,
  wellFormed,
} from './holds.ts'

/** What comes in from a wire: read as it is meant, or refused; never an error, never another thing. */

const querySchema = Type.Object({
  ...{ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })) },
  ...{ on: Type.Optional(Type.Boolean()), text: Type.Optional(Type.String()) },
})
const checkQuery = checkOf('query', querySchema)

holds(
  'query: a text is a number or a yes only in its one spelling',
  fc.property(fc.oneof(anyText(20), fc.stringMatching(/^-?[0-9.e+x ]{0,18}$/)), (text) => {
    const coerced = coerceQuery(querySchema, { limit: text, on: text, text })
    const whole = /^-?[0-9]{1,15}$/.test(text) && Number(text) >= 1 && Number(text) <= 100
    const problems = checkQuery(coerced).map(({ at }) => at[1])
    assert.equal(problems.includes('limit'), !whole)
    assert.equal(problems.includes('on'), text !== 'true' && text !== 'false')
    assert.ok(!problems.includes('text'))
  }),
)

holds(
  'query: what comes twice, or as something else, is refused and never repeated',
  fc.property(fc.array(wellFormed(20), { minLength: 2 }), (texts) => {
    const problems = checkQuery(coerceQuery(querySchema, { limit: texts, on: texts, text: texts }))
    assert.equal(problems.length, 3)
    for (const text of texts) {
      if (text.length > 9) assert.ok(!JSON.stringify(problems).includes(text))
    }
  }),
)

const SORTS = { created_at: 'id', name: 'name' } as const
const group = { by: 'kind', kind: 'account' } as const

/** What other databases have been told in the place of a column (row 81). */
const injections = [
  ...["name'", 'name"', 'name; DROP TABLE secrets', 'name--', 'name/*', '(SELECT 1)', 'name,value'],
  ...['1', 'NAME', 'name ', ' name', 'name\0', 'name\n', 'rowid', 'value', 'id DESC', '`name`'],
  ...['[name]', 'name COLLATE NOCASE', 'CASE WHEN 1=1 THEN 1 END', '\u02bcname', '__proto__'],
  ...[
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
    '\u00bf\u005c',
    'name\\',
    '$1',
    ':name',
  ],
]
const sortText = fc.oneof(
  anyText(40),
  fc.constantFrom(...injections),
  fc
    .tuple(fc.constantFrom(...injections), fc.constantFrom(...injections))
    .map((two) => two.join('')),
  nearMissOf('created_at'),
)

// Bug class 81.
holds(
  'sort_by: is a column of the list, or refused; nothing of it goes further (row 81)',
  fc.property(sortText, (text) => {
    const page = decodePage(group, { sort_by: text }, SORTS)
    if (text === '' || text === 'created_at' || text === 'name') {
      assert.ok(page.ok && ['id', 'name'].includes(page.value.sort))
    } else {
      assert.deepEqual(page, {
        ok: false,
        error: {
          kind: 'invalid',
          problems: [{ at: ['query', 'sort_by'], rule: 'one_of', allowed: Object.keys(SORTS) }],
        },
      })
    }
  }),
)

isFoundOut(
  'an order that is looked up as a member of an object',
  fc.property(sortText, (text) => {
    const known = (SORTS as Readonly<Record<string, unknown>>)[text] !== undefined
    assert.equal(known, text === 'created_at' || text === 'name')
  }),
)

holds(
  'cursor: any text is a place or none; both at once are refused',
  fc.property(anyText(40), anyText(40), (after, before) => {
    const page = decodePage(group, { starting_after: after, ending_before: before }, SORTS)
    assert.equal(page.ok, after === '' || before === '')
    if (!page.ok) return
    const { from } = page.value
    if (after !== '') assert.deepEqual(from, { kind: 'after', id: after })
    else assert.deepEqual(from, before === '' ? { kind: 'start' } : { kind: 'before', id: before })
  }),
)

const base64ish = fc.oneof(
  anyText(60),
  fc.stringMatching(/^[A-Za-z0-9+/=_\n -]{0,40}$/),
  anyBytes(40).map((bytes) => bytes.toString('base64')),
  anyBytes(40).map((bytes) => bytes.toString('base64url')),
)

holds(
  'base64: bytes have one spelling, and no other is taken',
  fc.property(base64ish, (text) => {
    const value = readValue(text, 'base64')
    if (value === null) return
    assert.match(text, /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/)
    assert.equal(Buffer.from(value.reveal()).toString('base64'), text)
  }),
)

isFoundOut(
  'a reader of base64 that takes what Node takes',
  fc.property(base64ish, (text) => {
    assert.equal(Buffer.from(text, 'base64').toString('base64'), text)
  }),
)

interface Shown {
  readonly value: string
  readonly encoding: 'utf8' | 'base64'
}

const id = { id: 'c1', file: false }
const shown = (bytes: Buffer) =>
  opened({
    name: 'n',
    secret: id,
    version: 1,
    value: new SecretValue(bytes),
  } as unknown as Parameters<typeof opened>[0])

holds(
  'value: any bytes go out, and come in again, as they are',
  fc.property(
    fc.oneof(
      anyBytes(),
      wellFormed().map((text) => Buffer.from(text)),
      fc.constant(Buffer.from('\ufeffx')),
    ),
    (bytes) => {
      const { value, encoding } = JSON.parse(JSON.stringify(shown(bytes))) as Shown
      assert.deepEqual(Buffer.from(readValue(value, encoding)?.reveal() ?? []), bytes)
      const opening = { id: 'c1', name: 'n', version: 1, file: false, value, encoding }
      assert.deepEqual(Buffer.from(decodeOpened(opening).value.reveal()), bytes)
      const sent = encodeValue(new SecretValue(bytes))
      assert.deepEqual(Buffer.from(readValue(sent.value, sent.encoding)?.reveal() ?? []), bytes)
    },
  ),
)

const AT = ['query', 'at']
const anyMs = fc.integer({ min: Date.UTC(1, 0), max: Date.UTC(9999, 11, 31) })

holds(
  'moment: is printed as Date prints it, and read back to the millisecond',
  fc.property(
    anyMs.filter((ms) => ms >= 0),
    (ms) => {
      assert.equal(isoTime(ms), new Date(ms).toISOString())
      assert.deepEqual(readMoment(isoTime(ms), AT), { ok: true, value: ms })
    },
  ),
)

const nearMoment = fc.oneof(
  anyText(40),
  nearMissOf('2026-02-28T23:59:59.999Z'),
  fc.stringMatching(
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,10})?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?$/,
  ),
)

holds(
  'moment: any text is one that the calendar has, with its zone, or refused',
  fc.property(nearMoment, (text) => {
    for (const result of [readMoment(text, AT), readEnd(text, AT)]) {
      if (!result.ok || result.value === null) continue
      assert.ok(Number.isSafeInteger(Math.trunc(result.value)))
      const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number)
      const last = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
      assert.ok(month >= 1 && month <= 12 && day >= 1 && day <= last, text)
      assert.match(text, /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:$|T.*(?:Z|[+-][0-9]{2}:[0-9]{2})$)/)
    }
  }),
)

const anyLeaf = fc.record({
  ...{ column: fc.constantFrom('name', 'email', '__proto__', 'constructor'), value: anyText(10) },
  op: fc.constantFrom('EQUAL', 'NOT_EQUAL', 'STRING_CONTAINS', 'constructor', 'LIKE'),
})
const anyFilter = fc.oneof(
  anyText(60),
  fc
    .letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 12, depthSize: 'medium' },
        anyLeaf,
        fc.record({
          type: fc.constantFrom('AND', 'OR', 'NOT', 'and'),
          children: fc.array(tie('node'), { maxLength: 3 }),
        }),
      ),
    }))
    .node.map((node) => JSON.stringify(node)),
  fc.json({ maxDepth: 5 }),
)

holds(
  'filter: any text is a filter that says yes or no, or is refused and not repeated',
  fc.property(anyFilter, (text) => {
    const filter = readFilter(text, 'name')
    if (filter.ok) assert.equal(typeof filter.value({ name: 'n', email: 'e' }), 'boolean')
    else if (text.length > 30) assert.ok(!JSON.stringify(filter.error).includes(text.slice(0, 30)))
  }),
)

holds(
  'filter: AND and OR are what they say',
  fc.property(fc.array(anyLeaf, { minLength: 1, maxLength: 4 }), anyText(10), (leaves, name) => {
    const of = (type: 'AND' | 'OR') =>
      readFilter(JSON.stringify({ type, children: leaves }), 'name')
    const single = leaves.map((leaf) => readFilter(JSON.stringify(leaf), 'name'))
    const [all, some] = [of('AND'), of('OR')]
    assert.equal(
      all.ok,
      single.every(({ ok }) => ok),
    )
    if (!all.ok || !some.ok) return
    const said = single.map((one) => one.ok && one.value({ name }))
    assert.equal(all.value({ name }), said.every(Boolean))
    assert.equal(some.value({ name }), said.some(Boolean))
  }),
)

// Bug class 32.
holds(
  'token: two shown are refused, in whatever headers and whatever they hold (row 32)',
  fc.property(anyText(30), anyText(30), fc.constantFrom(null, '', 'c1'), (one, two, account) => {
    const both = { 'x-api-key': one, authorization: `Bearer ${two}` }
    assert.deepEqual(shownToken(both, 'x-api-key', account), { kind: 'several' })
    for (const header of ['x-api-key', 'authorization']) {
      const twice = { [header]: [one, two] }
      assert.deepEqual(shownToken(twice, 'x-api-key', null), { kind: 'several' })
    }
  }),
)

holds(
  'token: any Authorization header is one token or a bad one, never none',
  fc.property(anyText(60), (text) => {
    const credential = shownToken({ authorization: text }, null, null)
    assert.ok(credential.kind === 'token')
    assert.ok(credential.text === '' || text.toLowerCase().startsWith('bearer '))
    assert.ok(credential.text === '' || text.endsWith(credential.text))
    assert.equal(namedBy({ h: text }, 'h'), text === '' ? null : text)
  }),
)

const routes = dialects.flatMap((dialect) => dialect.routes)
const methods = methodsOf(routes, '')
const filled = fc
  .constantFrom(...routes)
  .chain((route) =>
    fc.tuple(
      fc.constant(route),
      fc.array(fc.stringMatching(/^[A-Za-z0-9%._~-]{1,12}$/), { minLength: 5, maxLength: 5 }),
      fc.constantFrom('', '?a=/b/c', '#x', '?x=/login#/a'),
    ),
  )

holds(
  'path: the methods of a path are those of the routes that it is one of, whatever stands behind it',
  fc.property(filled, ([route, words, tail]) => {
    let n = 0
    const path = route.path.replace(/:[A-Za-z_]+/g, () => words[(n += 1)] ?? 'w')
    assert.ok(methods(path + tail).includes(route.method))
    assert.deepEqual(methods(path + tail), methods(path))
    assert.deepEqual(methods(`${path}/more/segments/than/any/route/has`), [])
  }),
)

sayHowMuch('wire')

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import Type from 'typebox'
import { isJson, metadataText, readJson } from '#dialects/json.ts'
import { coerceQuery } from '#dialects/validate.ts'
import { JSON_DEPTH_MAX } from '#domain/limits.ts'
import {
  anyBytes,
  anyText,
  holds,
  isFoundOut,
  nearMissOf,
  sayHowMuch,
  wellFormed,
} from './holds.ts'

/** JSON from a wire: read as it was written, to the last digit where that counts, or refused. */

const read = (text: string, exact = false) => readJson(Buffer.from(text), exact)

const refusedFor = (text: string, exact = false): string | null => {
  const result = read(text, exact)
  if (result.ok) return null
  return result.error.kind === 'invalid'
    ? (result.error.problems[0]?.rule ?? '')
    : result.error.kind
}

holds(
  'JSON: whatever JSON.stringify writes is read as it was',
  fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }), fc.boolean(), (value, exact) => {
    assert.deepEqual(read(JSON.stringify(value), exact), {
      ...{ ok: true, value: JSON.parse(JSON.stringify(value)) as unknown },
    })
  }),
)

holds(
  'JSON: any bytes are read as JSON.parse reads them, or refused, and never repeated',
  fc.property(
    fc.oneof(
      anyBytes(),
      anyText().map((text) => Buffer.from(text)),
    ),
    (bytes) => {
      const result = readJson(bytes, true)
      if (result.ok) assert.deepEqual(result.value, JSON.parse(bytes.toString('utf8')))
      else if (bytes.length > 20) {
        assert.ok(!JSON.stringify(result.error).includes(bytes.toString('utf8').slice(0, 20)))
      }
    },
  ),
)

holds(
  'JSON: a near miss of a body is refused, or is JSON',
  fc.property(nearMissOf('{"name":"a","value":[1,2.5e3,true,null,"\\u00e9"],"x":{}}'), (drawn) => {
    // As it is sent: UTF-8 has no lone surrogates.
    const text = drawn.toWellFormed()
    assert.equal(read(text).ok, isJson(text))
  }),
)

holds(
  'JSON: deeper than the limit is refused before it is walked, whatever it is made of',
  fc.property(
    fc.array(fc.constantFrom('[', '{"a":'), { minLength: 1, maxLength: 140 }),
    (opens) => {
      const closes = opens.map((open) => (open === '[' ? ']' : '}')).toReversed()
      const text = `${opens.join('')}"]}[{"${closes.join('')}`
      assert.equal(read(text).ok, opens.length <= JSON_DEPTH_MAX)
      assert.equal(refusedFor(opens.join('')), 'malformed')
    },
  ),
)

holds(
  'JSON: brackets in a text are no depth',
  fc.property(fc.stringMatching(/^[[{\]}"\\]{0,300}$/), (text) => {
    assert.deepEqual(read(JSON.stringify(text)), { ok: true, value: text })
  }),
)

holds(
  'JSON: a lone surrogate is refused wherever it stands, a pair is not',
  fc.property(anyText(20), anyText(10), (name, text) => {
    const good = name.isWellFormed() && text.isWellFormed()
    assert.equal(refusedFor(JSON.stringify({ [name]: [text] })), good ? null : 'not_text')
  }),
)

const digits = fc.stringMatching(
  /^(?:0|[1-9][0-9]{0,24})(?:\.[0-9]{1,24})?(?:[eE][+-]?[0-9]{1,2})?$/,
)

/** The number as a whole number and a power of ten, by whole numbers alone. */
function exactly(literal: string): readonly [bigint, number] {
  const [mantissa = '', power = '0'] = literal.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  let [value, exponent] = [BigInt(whole + fraction), Number(power) - fraction.length]
  if (value === 0n) return [0n, 0]
  while (value % 10n === 0n) [value, exponent] = [value / 10n, exponent + 1]
  return [value, exponent]
}

holds(
  'JSON: with exact, a number is read only if no digit is lost',
  fc.property(digits, fc.boolean(), (literal, negative) => {
    const kept = Number(literal)
    const [v1, e1] = exactly(literal)
    const [v2, e2] = exactly(kept.toString())
    const whole = v1 === v2 && e1 === e2
    const text = `[${negative ? '-' : ''}${literal}]`
    assert.equal(refusedFor(text, true), whole ? null : 'number_precision')
    assert.equal(refusedFor(text, false), null)
  }),
)

isFoundOut(
  'a reader that takes every number for exact',
  fc.property(digits, (literal) => {
    const [v1, e1] = exactly(literal)
    const [v2, e2] = exactly(Number(literal).toString())
    assert.ok(v1 === v2 && e1 === e2)
  }),
)

holds(
  'metadata: is kept as text that is read back the same',
  fc.property(
    fc.dictionary(wellFormed(10), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 }),
    (metadata) => {
      assert.deepEqual(
        JSON.parse(metadataText(metadata) ?? ''),
        JSON.parse(JSON.stringify(metadata)),
      )
    },
  ),
)

// Bug class 84.
test('prototypes stay as they are, whatever a member is called (row 84)', () => {
  for (const name of ['__proto__', 'constructor', 'prototype']) {
    const result = read(`{"${name}":{"polluted":true}}`)
    assert.ok(result.ok)
    assert.deepEqual(Object.keys(result.value as object), [name])
    assert.equal(({} as { polluted?: unknown }).polluted, undefined)
    const query = coerceQuery(Type.Object({ limit: Type.Integer() }), { [name]: 'x' })
    assert.deepEqual(Object.keys(query as object), [])
  }
})

sayHowMuch('json')

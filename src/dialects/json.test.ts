import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JSON_DEPTH_MAX } from '#domain/limits.ts'
import { readJson } from './json.ts'

const read = (text: string | Uint8Array, exact = false) => readJson(Buffer.from(text), exact)

/** What was read, or why nothing was: the kind of the fault, and its rule if it has one. */
function outcome(text: string | Uint8Array, exact = false): unknown {
  const result = read(text, exact)
  if (result.ok) return { value: result.value }
  return result.error.kind === 'invalid' ? result.error.problems[0]?.rule : result.error.kind
}

test('JSON texts are read as they are', () => {
  for (const text of ['null', 'true', '7', '"a"', '[]', '{}', ' \t\r\n[1, {"a": [null]}] ']) {
    assert.deepEqual(outcome(text), { value: JSON.parse(text) as unknown })
  }
})

test('what is not JSON is malformed', () => {
  const texts = [
    ...['', ' ', '{', '}', '[1,]', '{"a":1,}', '{a:1}', "{'a':1}", '01', '+1', '.5', '1.', '0x1'],
    ...['NaN', 'Infinity', 'undefined', '"a', '"a\nb"', '"\u0000"', '// c\n1', '1 2', '\ufeff1'],
    ...['[1]]', '"\\x41"', '"\\u12"', 'nul', '{"a"}', '{"a":}', '[,1]'],
  ]
  for (const text of texts) assert.equal(outcome(text), 'malformed', JSON.stringify(text))
})

test('bytes that are not UTF-8 are malformed, wherever they stand', () => {
  const broken = [
    ...[[0xff], [0xc0, 0xaf], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x80]],
  ]
  for (const bytes of broken) {
    const text = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')])
    assert.equal(outcome(text), 'malformed')
    assert.equal(outcome(Buffer.from(bytes)), 'malformed')
  }
})

test('the bytes of a part of a buffer are read, and no others', () => {
  const all = Buffer.from('[9,9]{"a":1}[8]')
  assert.deepEqual(outcome(all.subarray(5, 12)), { value: { a: 1 } })
})

// Bug class 90.
test('nesting is bounded, and only brackets outside of strings nest', () => {
  const nested = (depth: number, open: string, close: string) =>
    open.repeat(depth) + '1' + close.repeat(depth)
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    assert.ok(read(nested(JSON_DEPTH_MAX, open, close)).ok)
    assert.equal(outcome(nested(JSON_DEPTH_MAX + 1, open, close)), 'malformed')
  }
  assert.equal(outcome('['.repeat(1_000_000)), 'malformed')
  const brackets = '[{'.repeat(200)
  for (const text of [`"${brackets}"`, `"\\"${brackets}"`, `["\\\\","${brackets}"]`]) {
    assert.ok(read(text).ok, text.slice(0, 12))
  }
  // Many things side by side are not deep.
  assert.ok(read(`[${Array.from({ length: 500 }, () => '[]').join()}]`).ok)
})

test('text is Unicode: a lone surrogate is refused in a value and in a name', () => {
  const lone = [
    '"\\ud800"',
    '"a\\udfffb"',
    '"\\udc00\\ud800"',
    '{"\\ud800":1}',
    '[{"a":["\\uDBFF"]}]',
  ]
  for (const text of lone) assert.equal(outcome(text), 'not_text', text)
  assert.deepEqual(outcome('"\\ud83d\\ude00"'), { value: '\u{1f600}' })
  assert.deepEqual(outcome('"\\\\ud800"'), { value: '\\ud800' })
  assert.deepEqual(outcome('"\u{10ffff}\\uffff"'), { value: '\u{10ffff}\uffff' })
})

test('NUL is a character like any other where it is escaped', () => {
  assert.deepEqual(outcome('"a\\u0000b"'), { value: 'a\u0000b' })
})

// Bug class 84.
test('members named __proto__ are members, and pollute nothing', () => {
  const text = '{"__proto__":{"polluted":1},"a":{"constructor":{"prototype":{"polluted":1}}}}'
  const result = read(text, true)
  assert.ok(result.ok)
  assert.equal(JSON.stringify(result.value), text)
  assert.ok(Object.hasOwn(result.value as object, '__proto__'))
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
})

test('a refusal never repeats what was sent', () => {
  const canary = 'canary-of-a-value'
  for (const text of [`"${canary}`, `{"a":"${canary}"`, `["${canary}\\ud800"]`, canary]) {
    const result = read(text)
    assert.ok(!result.ok)
    for (let n = 0; n + 6 <= canary.length; n++) {
      assert.ok(!JSON.stringify(result.error).includes(canary.slice(n, n + 6)))
    }
  }
})

/** Number literals, and whether each is kept to the last digit. */
const LITERALS: Readonly<Record<string, boolean>> = {
  '0': true,
  '-0': true,
  '1.0': true,
  '1.50': true,
  '0.1': true,
  '1e22': true,
  '1E+22': true,
  '1e-7': true,
  '0e400': true,
  '0.000': true,
  '100000000000000000000': true,
  '0.30000000000000004': true,
  '123456789012345': true,
  '9007199254740991': true,
  '9007199254740992': true,
  '5e-324': true,
  '1.7976931348623157e308': true,
  '9007199254740993': false,
  '-9007199254740993': false,
  '12345678901234567890': false,
  '0.1234567890123456789': false,
  '0.300000000000000041': false,
  '1.0000000000000000000001': false,
  '1e400': false,
  '-1e400': false,
  '1e-400': false,
  '1.7976931348623159e308': false,
  '2e-324': false,
}

test('where every digit counts, a number that a double cannot hold is refused', () => {
  for (const [literal, kept] of Object.entries(LITERALS)) {
    for (const text of [literal, `[0,${literal}]`, `{"a":{"b":${literal}}}`]) {
      const expected = kept ? { value: JSON.parse(text) as unknown } : 'number_precision'
      assert.deepEqual(outcome(text, true), expected, text)
    }
    assert.ok(read(literal, false).ok, `${literal}, where digits do not count`)
    assert.ok(read(JSON.stringify(literal), true).ok, `${literal} as text`)
  }
})

/** A decimal literal as a whole number of the power of ten given. */
function scaled(literal: string, power: number): bigint {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)([0-9]+)(?:\.([0-9]+))?(?:e([+-]?[0-9]+))?$/.exec(literal) ?? []
  const digits =
    BigInt(whole + fraction) * 10n ** BigInt(Number(exponent) - fraction.length + power)
  return sign === '-' ? -digits : digits
}

test('of ten thousand literals exactly those are kept whose double prints the same number', () => {
  const POWER = 60
  // Numerical Recipes' generator: the same literals on every run.
  let state = 1
  const below = (n: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % n
  }
  const digits = (count: number): string =>
    Array.from({ length: count }, () => String(below(10))).join('')
  let lost = 0
  for (let n = 0; n < 10_000; n++) {
    const whole = String(below(10)) === '0' ? '0' : `${1 + below(9)}${digits(below(20))}`
    const fraction = below(2) === 0 ? '' : `.${digits(1 + below(20))}`
    const exponent = below(3) === 0 ? `e${below(40) - 20}` : ''
    const literal = `${below(2) === 0 ? '-' : ''}${whole}${fraction}${exponent}`
    const same = scaled(literal, POWER) === scaled(String(Number(literal)), POWER)
    assert.equal(read(literal, true).ok, same, literal)
    lost += same ? 0 : 1
  }
  assert.ok(lost > 1_000 && lost < 9_000, 'the literals try both')
})

test('json: more parts than anybody has use for are refused before they are parsed', () => {
  const parts = (count: number) => Buffer.from(`[${'0,'.repeat(count - 2)}0]`)
  assert.equal(readJson(parts(20_000), true).ok, true)
  for (const text of [
    `[${'0,'.repeat(20_000)}0]`,
    `{${'"a":0,'.repeat(20_000)}"a":0}`,
    `[${'[],'.repeat(10_000)}[]]`,
    `[${'1e308,'.repeat(170_000)}0]`,
  ]) {
    assert.deepEqual(readJson(Buffer.from(text), true), {
      ok: false,
      error: { kind: 'malformed', why: 'the body holds more than 20000 parts' },
    })
  }
  assert.equal(readJson(Buffer.from(JSON.stringify([',[{'.repeat(100_000)])), true).ok, true)
})

test('json: a number of very many zeros is read in the time of its length', () => {
  const zeros = '0'.repeat(500_000)
  for (const number of [`1${zeros}1`, `1.${zeros}1`, `1${zeros}1e-9`, `0.${zeros}1`]) {
    const began = performance.now()
    assert.equal(readJson(Buffer.from(`[${number}]`), true).ok, false)
    assert.ok(performance.now() - began < 2_000, 'it is walked again from each zero')
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { format, inspect } from 'node:util'
import { SecretValue } from './secret-value.ts'

const TEXT = 'canary-of-a-value'
const value = SecretValue.fromText(TEXT)

/** The text, and what its bytes look like where bytes are printed. */
const traces = [
  ...[TEXT, Buffer.from(TEXT).toString('base64'), Buffer.from(TEXT).toString('hex')],
  ...[
    Buffer.from(TEXT).join(),
    Buffer.from(TEXT).join(', '),
    Buffer.from('canary').toString('hex'),
  ],
]

const silent = (told: unknown, how: string): void => {
  const text = String(told)
  for (const trace of traces) assert.ok(!text.includes(trace), `${how} tells the value: ${text}`)
}

// Bug class 66.
test('a value is never printed, however it is asked for', () => {
  const printed: Readonly<Record<string, () => unknown>> = {
    String: () => String(value),
    template: () => `a ${value as unknown as string}`,
    concatenation: () => 'a ' + (value as unknown as string),
    join: () => [value, [value]].join(),
    JSON: () => JSON.stringify({ value, list: [value] }),
    'JSON of itself': () => JSON.stringify(value),
    inspect: () => inspect(value),
    'inspect, with everything shown': () => inspect(value, { showHidden: true, depth: 9 }),
    'inspect, without what it says of itself': () =>
      inspect(value, { showHidden: true, customInspect: false, getters: true, depth: 9 }),
    'inspect of what holds it': () => inspect({ a: { b: [value, new Map([[value, value]])] } }),
    format: () => format('%s %o %O %j %d', value, value, value, value, value),
    'an error': () => new Error(value as unknown as string).stack,
    'an error with a cause': () => inspect(new Error('x', { cause: value }), { showHidden: true }),
    entries: () => inspect([Object.entries(value), Object.getOwnPropertyDescriptors(value)]),
    spread: () => inspect({ ...(value as object) }, { showHidden: true }),
    assign: () => JSON.stringify(Object.assign({}, value)),
    clone: () => inspect(structuredClone(value), { showHidden: true }),
    number: () => Number(value),
    key: () => Object.keys({ [value as unknown as string]: 1 }),
  }
  for (const [how, print] of Object.entries(printed)) silent(print(), how)
  assert.equal(String(value), '[secret]')
  assert.equal(JSON.stringify([value]), '["[secret]"]')
  assert.equal(inspect([value]), '[ [secret] ]')
})

test('a copy that is not made by us holds nothing', () => {
  assert.deepEqual(Object.keys(value), [])
  assert.deepEqual(Reflect.ownKeys(value), [])
  assert.deepEqual(structuredClone({ ...(value as object) }), {})
  assert.throws(() => (Object.create(SecretValue.prototype) as SecretValue).reveal(), TypeError)
})

test('it gives back the bytes it was made of, by the one way out', () => {
  assert.deepEqual(value.reveal(), new TextEncoder().encode(TEXT))
  const bytes = Uint8Array.of(0, 255, 128)
  assert.deepEqual(new SecretValue(bytes).reveal(), bytes)
  assert.equal(new SecretValue(bytes).size, 3)
})

test('text becomes UTF-8, and its size is counted in bytes', () => {
  assert.equal(SecretValue.fromText('').size, 0)
  assert.equal(SecretValue.fromText('é\u{1f600}\u0000').size, 7)
})

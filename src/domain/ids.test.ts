import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatId, parseId } from './ids.ts'

const TIME_MAX = 2 ** 48 - 1
const CHANCE_MAX = 2n ** 74n - 1n

test('every id has one length, up to the greatest time and chance', () => {
  for (const time of [0, 1, 1_795_254_036_693, TIME_MAX]) {
    for (const chance of [0n, 1n, 2n ** 73n, CHANCE_MAX]) {
      assert.match(formatId(time, chance), /^c[0-9a-z]{24}$/)
    }
  }
})

test('ids sort as text by their time, and within one time by their chance', () => {
  const times = [0, 1, 2, 999, 1_000, 1_795_254_036_693, 1_795_254_036_694, TIME_MAX]
  const chances = [0n, 1n, 35n, 36n, 2n ** 40n, CHANCE_MAX]
  const ids = times.flatMap((time) => chances.map((chance) => formatId(time, chance)))
  assert.deepEqual(ids.toSorted(), ids)
  assert.equal(new Set(ids).size, ids.length)
})

test('an id is read as it is printed', () => {
  const id = formatId<'secret'>(1_795_254_036_693, 123_456_789n)
  assert.equal(parseId<'secret'>(id), id)
})

test('what has not the shape of an id names nothing', () => {
  const digits = '0'.repeat(24)
  const odd = [
    ...['', 'c', digits, `c${digits}0`, `c${digits.slice(1)}`, `C${digits}`, `d${digits}`],
    ...[`c${'A'.repeat(24)}`, `c${digits.slice(1)}-`, ` c${digits}`, `c${digits}\n`, `c${digits} `],
    ...[`c${'٠'.repeat(24)}`, `c${digits.slice(1)}\u0000`, `c${'ｚ'.repeat(24)}`],
  ]
  for (const text of odd) assert.equal(parseId(text), null, JSON.stringify(text))
})

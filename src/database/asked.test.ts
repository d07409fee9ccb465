import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allAsked, asked } from './asked.ts'

const row = { id: 'a', group_id: 'g', name: 'key' }
const damaged = { name: 'DatabaseDown', message: /an index leads to another row/ }

test('a row that was asked for is given as it is', () => {
  assert.equal(asked(row, { id: 'a' }), row)
  assert.equal(asked(row, {}), row)
  assert.equal(asked<typeof row | null>(null, { id: 'a' }), null)
  assert.deepEqual(allAsked([row], { group_id: 'g' }), [row])
})

test('a row that an index leads to by mistake is not given', () => {
  assert.throws(() => asked(row, { id: 'b' }), damaged)
  assert.throws(() => asked(row, { id: 'a', name: 'other' }), damaged)
  assert.throws(() => allAsked([row, { ...row, group_id: 'h' }], { group_id: 'g' }), damaged)
})

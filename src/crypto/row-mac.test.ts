import assert from 'node:assert/strict'
import { createSecretKey, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { idOf, someKey } from '#test/support/places.ts'
import { ROW_MAC_BYTES, rowMac, rowMacGeneration, rowMacHolds } from './row-mac.ts'
import type { MacRow } from './row-mac.ts'

const key = someKey(3)
const row: MacRow = {
  id: idOf('1'),
  account: idOf('2'),
  group: idOf('3'),
  name: 'OPENAI_API_KEY',
  description: 'what it is for',
  type: 'key',
  metadata: '{"a":1}',
  file: false,
  current: 4,
  deletedAt: null,
}

test('holds for the row it was made over, and for a copy of it', () => {
  const mac = rowMac(key, row)
  assert.equal(mac.length, ROW_MAC_BYTES)
  assert.equal(rowMacGeneration(mac), 3)
  assert.equal(rowMacHolds(key, row, mac), true)
  assert.equal(rowMacHolds(key, { ...row }, Buffer.from(mac)), true)
})

test('does not hold when any member is another', () => {
  const mac = rowMac(key, row)
  const changes: { readonly [Member in keyof MacRow]: MacRow[Member][] } = {
    id: [idOf('9')],
    account: [idOf('9')],
    group: [idOf('9')],
    name: ['OPENAI_API_KEY_2', '', 'openai_api_key'],
    description: [null, '', 'another'],
    type: [null, '', 'what it is for'],
    metadata: [null, '', '{"a": 1}'],
    file: [true],
    current: [0, 3, 5],
    deletedAt: [0, 1_700_000_000_000],
  }
  for (const [member, values] of Object.entries(changes)) {
    for (const value of values) {
      assert.equal(rowMacHolds(key, { ...row, [member]: value }, mac), false, member)
    }
  }
})

test('does not hold for two rows that swapped members, or under another key', () => {
  const mac = rowMac(key, { ...row, description: 'x', type: null })
  assert.equal(rowMacHolds(key, { ...row, description: null, type: 'x' }, mac), false)
  assert.equal(rowMacHolds(someKey(3), row, rowMac(key, row)), false)
  assert.equal(rowMacHolds({ ...key, generation: 4 }, row, rowMac(key, row)), false)
})

test('does not hold for a MAC that is altered, cut or of another format', () => {
  const mac = Buffer.from(rowMac(key, row))
  for (let at = 0; at < mac.length; at++) {
    const altered = Buffer.from(mac)
    altered[at] = (altered[at] ?? 0) ^ 1
    assert.equal(rowMacHolds(key, row, altered), false)
    assert.equal(rowMacHolds(key, row, mac.subarray(0, at)), false)
  }
  assert.equal(rowMacGeneration(mac.subarray(1)), null)
  assert.equal(rowMacGeneration(Buffer.alloc(0)), null)
})

test('refuses an account key of another size, and text without UTF-8 form', () => {
  const short = { generation: 1, key: createSecretKey(randomBytes(16)) }
  assert.throws(() => rowMac(short, row), RangeError)
  assert.throws(() => rowMac(key, { ...row, name: '\udc00' }), RangeError)
})

test('stays the same from release to release', () => {
  const fixed = { generation: 1, key: createSecretKey(Buffer.alloc(32, 7)) }
  const expected = '010000000180744785d132d6276265a92757fe7b53aba72a25b37ec24bc390432706282bb8'
  assert.equal(Buffer.from(rowMac(fixed, row)).toString('hex'), expected)
})

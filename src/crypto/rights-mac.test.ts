import assert from 'node:assert/strict'
import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { RIGHTS_MAC_BYTES, rightsMac, rightsMacHolds, type RightsMember } from './rights-mac.ts'

const key = createSecretKey(Buffer.alloc(32, 7))
const row: readonly RightsMember[] = ['c1', 'c2', 'user', 'admin', null, 0, 1_700_000_000_000]
const mac = rightsMac(key, 'token', row)

const text = (value: string): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(Buffer.byteLength(value))
  return Buffer.concat([length, Buffer.from(value)])
}

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

test('is HMAC-SHA-256 over label, format, table and members, as the format says', () => {
  const encoded = Buffer.concat([
    ...[text('strongroom/v1/rights'), Buffer.of(1), text('token')],
    ...['c1', 'c2', 'user', 'admin'].flatMap((word) => [Buffer.of(1), text(word)]),
    ...[Buffer.of(0), Buffer.of(2), number(0), Buffer.of(2), number(1_700_000_000_000)],
  ])
  const expected = createHmac('sha256', Buffer.alloc(32, 7)).update(encoded).digest()
  assert.deepEqual(Buffer.from(mac), Buffer.concat([Buffer.of(1), expected]))
  assert.equal(mac.length, RIGHTS_MAC_BYTES)
})

test('stays the same from release to release', () => {
  const expected = '01a939e26bd4ea0f2c6b11fd8410b00b1e7b5176147adc996873d8f7639f1bb69d'
  assert.equal(Buffer.from(mac).toString('hex'), expected)
})

test('holds for the row it was made over, and for a copy of it', () => {
  assert.equal(rightsMacHolds(key, 'token', row, mac), true)
  assert.equal(rightsMacHolds(key, 'token', [...row], Buffer.from(mac)), true)
})

test('does not hold when any member is another, of another type, or not there', () => {
  const others: readonly unknown[] = [
    'c3',
    '',
    '0',
    null,
    0,
    1,
    -1,
    0.5,
    Buffer.from('c1'),
    '\udc00',
  ]
  let refused = 0
  for (const at of row.keys()) {
    for (const other of others.filter((one) => one !== row[at])) {
      assert.equal(rightsMacHolds(key, 'token', row.with(at, other as RightsMember), mac), false)
      refused++
    }
    assert.equal(rightsMacHolds(key, 'token', row.toSpliced(at, 1), mac), false)
  }
  assert.equal(refused, others.length * row.length - 2, 'null and 0 are members of the row')
})

test('does not hold for members that moved, for another table, or under another key', () => {
  const moved = ['c1c', '2', ...row.slice(2)]
  assert.equal(rightsMacHolds(key, 'token', moved, mac), false)
  assert.equal(rightsMacHolds(key, 'token', [row[1], row[0], ...row.slice(2)], mac), false)
  assert.equal(rightsMacHolds(key, 'subject', row, mac), false)
  assert.equal(rightsMacHolds(createSecretKey(randomBytes(32)), 'token', row, mac), false)
})

test('does not hold for a seal that is altered, cut, longer, of another format or none', () => {
  for (let at = 0; at < mac.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const altered = Buffer.from(mac)
      altered[at] = (altered[at] ?? 0) ^ (1 << bit)
      assert.equal(rightsMacHolds(key, 'token', row, altered), false)
    }
    assert.equal(rightsMacHolds(key, 'token', row, mac.subarray(0, at)), false)
  }
  assert.equal(rightsMacHolds(key, 'token', row, Buffer.concat([mac, Buffer.of(0)])), false)
  for (const none of [null, '', 'x'.repeat(RIGHTS_MAC_BYTES), 0]) {
    assert.equal(rightsMacHolds(key, 'token', row, none), false)
  }
})

test('refuses to seal what has no encoding', () => {
  for (const member of ['\udc00', -1, 0.5, Number.MAX_SAFE_INTEGER + 1, Number.NaN]) {
    assert.throws(() => rightsMac(key, 'token', [member]), RangeError)
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Encoder } from './encode.ts'

const hex = (encoder: Encoder): string => encoder.view().toString('hex')

test('writes numbers big-endian and at a fixed width', () => {
  assert.equal(hex(new Encoder().u8(0).u8(255)), '00ff')
  assert.equal(hex(new Encoder().u32(0x01020304).u32(0xffffffff)), '01020304ffffffff')
  assert.equal(hex(new Encoder().u64(0)), '0000000000000000')
  assert.equal(hex(new Encoder().u64(0x1_0000_0001)), '0000000100000001')
  assert.equal(hex(new Encoder().u64(Number.MAX_SAFE_INTEGER)), '001fffffffffffff')
})

test('writes text as UTF-8 behind its length in bytes', () => {
  assert.equal(hex(new Encoder().text('')), '00000000')
  assert.equal(hex(new Encoder().text('é😀')), '00000006c3a9f09f9880')
  assert.equal(hex(new Encoder().bytes(Buffer.of(1, 2))), '000000020102')
  assert.equal(hex(new Encoder().fixed(Buffer.of(1, 2))), '0102')
  assert.equal(hex(new Encoder().flag(true).flag(false)), '0100')
})

test('tells what is missing from what is empty', () => {
  assert.equal(hex(new Encoder().optionalText(null)), '00')
  assert.equal(hex(new Encoder().optionalText('')), '0100000000')
  assert.equal(hex(new Encoder().optionalU64(null)), '00')
  assert.equal(hex(new Encoder().optionalU64(0)), '010000000000000000')
})

test('refuses what has no encoding', () => {
  for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    assert.throws(() => new Encoder().u64(value), RangeError)
    assert.throws(() => new Encoder().u32(value), RangeError)
    assert.throws(() => new Encoder().u8(value), RangeError)
  }
  assert.throws(() => new Encoder().u8(256), RangeError)
  assert.throws(() => new Encoder().u32(2 ** 32), RangeError)
  assert.throws(() => new Encoder().text('\ud800'), RangeError)
})

test('no two lists of parts give the same bytes, however the text is cut', () => {
  const whole = 'aabbcc'
  const seen = new Set<string>()
  let count = 0
  for (let i = 0; i <= whole.length; i++) {
    for (let j = i; j <= whole.length; j++) {
      const parts = [whole.slice(0, i), whole.slice(i, j), whole.slice(j)]
      const encoder = new Encoder()
      for (const part of parts) encoder.text(part)
      seen.add(hex(encoder))
      count += 1
    }
  }
  assert.equal(count, 28)
  assert.equal(seen.size, count)
})

test('grows, and begins anew after a reset', () => {
  const encoder = new Encoder(1)
  const long = 'x'.repeat(10_000)
  assert.equal(encoder.u8(7).text(long).length, 1 + 4 + long.length)
  assert.equal(encoder.view(5).toString(), long)
  assert.equal(hex(encoder.reset().u8(9)), '09')
})

test('grows under whatever is written next', () => {
  const full = () => new Encoder(4).u32(1)
  assert.equal(hex(full().u8(2)), '0000000102')
  assert.equal(hex(full().u32(2)), '0000000100000002')
  assert.equal(hex(full().u64(2)), '000000010000000000000002')
  assert.equal(hex(full().fixed(Buffer.of(2))), '0000000102')
  assert.equal(hex(full().bytes(Buffer.of(2))), '000000010000000102')
  assert.equal(hex(full().text('2')), '000000010000000132')
})

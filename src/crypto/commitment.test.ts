import assert from 'node:assert/strict'
import { createCipheriv, createHmac, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { someKey, somePlace } from '#test/support/places.ts'
import { Encoder } from './encode.ts'
import { openValue, sealValue } from './envelope.ts'
import type { ValueKey } from './envelope.ts'
import { openGcm } from './gcm.ts'

// Multiplication in GF(2^128) with the bit order of NIST SP 800-38D, section 6.3.
function multiply(x: bigint, y: bigint): bigint {
  let product = 0n
  let shifted = y
  for (let bit = 127n; bit >= 0n; bit--) {
    if ((x >> bit) & 1n) product ^= shifted
    shifted = shifted & 1n ? (shifted >> 1n) ^ (0xe1n << 120n) : shifted >> 1n
  }
  return product
}

// x^(2^128 - 2): the inverse of x.
function invert(x: bigint): bigint {
  let power = x
  let inverse = 1n << 127n
  for (let i = 1; i < 128; i++) {
    power = multiply(power, power)
    inverse = multiply(inverse, power)
  }
  return inverse
}

const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
const block = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(32, '0'), 'hex')

function aes(key: Uint8Array, input: bigint): bigint {
  const cipher = createCipheriv('aes-256-ecb', key, null)
  cipher.setAutoPadding(false)
  return number(cipher.update(block(input)))
}

// The tag of a ciphertext of two blocks under a nonce of zeros.
function tagOf(key: Uint8Array, aad: Uint8Array, text: Uint8Array): bigint {
  const h = aes(key, 0n)
  const padded = Buffer.alloc(Math.ceil(aad.length / 16) * 16)
  padded.set(aad)
  const lengths = (BigInt(aad.length * 8) << 64n) | BigInt(text.length * 8)
  const all = Buffer.concat([padded, text, block(lengths)])
  let sum = 0n
  for (let at = 0; at < all.length; at += 16) {
    sum = multiply(sum ^ number(all.subarray(at, at + 16)), h)
  }
  return sum ^ aes(key, 1n)
}

/** One ciphertext and tag that AES-GCM opens under both keys. */
function collide(one: Uint8Array, two: Uint8Array, aad: Uint8Array): Buffer {
  const text = Buffer.alloc(32)
  text.set(randomBytes(16))
  const square = (key: Uint8Array): bigint => multiply(aes(key, 0n), aes(key, 0n))
  const difference = tagOf(one, aad, text) ^ tagOf(two, aad, text)
  text.set(block(multiply(difference, invert(square(one) ^ square(two)))), 16)
  assert.equal(tagOf(one, aad, text), tagOf(two, aad, text))
  return Buffer.concat([text, block(tagOf(one, aad, text))])
}

function contextOf(key: ValueKey): Buffer {
  const place = somePlace
  const head = new Encoder().text('SR').u8(1).u8(1).text(place.installation).text(place.account)
  head.text('secret').text(place.secret).u64(place.version).u32(key.generation)
  return head.text(place.store).u8(0).view()
}

function derive(key: ValueKey, salt: Uint8Array): { once: Buffer; commitment: Buffer } {
  const head = new Encoder().text('strongroom/v1/value').u8(1).fixed(salt).view()
  const mac = createHmac('sha512', key.key).update(head).update(contextOf(key)).digest()
  return { once: mac.subarray(0, 32), commitment: mac.subarray(32) }
}

// Bug class 96.
test('a text that AES-GCM opens under two keys opens under one account key only', () => {
  const one = someKey()
  const two = someKey()
  const salt = randomBytes(32)
  const first = derive(one, salt)
  const second = derive(two, salt)
  const aad = contextOf(one)
  const text = collide(first.once, second.once, aad)
  const nonce = Buffer.alloc(12)
  const underOne = openGcm(first.once, nonce, aad, text)
  const underTwo = openGcm(second.once, nonce, aad, text)
  assert.ok(underOne !== null && underTwo !== null, 'AES-GCM by itself takes both keys')
  assert.notDeepEqual(underOne, underTwo)

  const blob = Buffer.concat([Buffer.of(1, 1), salt, first.commitment, text])
  assert.deepEqual(openValue(one, somePlace, blob), underOne)
  assert.throws(() => openValue(two, somePlace, blob), { name: 'DamagedEnvelope' })
})

// Bug class 96.
test('another blob’s commitment, or another salt, refuses an authentic ciphertext', () => {
  const key = someKey()
  const mine = Buffer.from(sealValue(key, somePlace, Buffer.from('mine'), randomBytes))
  const other = Buffer.from(sealValue(key, somePlace, Buffer.from('mine'), randomBytes))
  const swap = (from: number, to: number): Buffer =>
    Buffer.concat([mine.subarray(0, from), other.subarray(from, to), mine.subarray(to)])
  for (const blob of [swap(34, 66), swap(2, 34), swap(2, 66), swap(66, mine.length)]) {
    assert.throws(() => openValue(key, somePlace, blob), { name: 'DamagedEnvelope' })
  }
  assert.deepEqual(openValue(key, somePlace, swap(2, mine.length)), Buffer.from('mine'))
})

import assert from 'node:assert/strict'
import { createSecretKey, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { fingerprint, unwrapKey, WRAPPED_BYTES, wrapKey, wrappedUnder } from './wrap.ts'

const kek = createSecretKey(randomBytes(32))
const context = Buffer.from('account key of somebody, generation 1')

test('unwraps what it wrapped, and names the root key', () => {
  const key = randomBytes(32)
  const wrapped = wrapKey(kek, context, key, randomBytes)
  assert.equal(wrapped.length, WRAPPED_BYTES)
  assert.equal(wrappedUnder(wrapped), fingerprint(kek))
  assert.deepEqual(unwrapKey(kek, context, wrapped), key)
})

test('refuses every altered byte, every cut, another context and another root key', () => {
  const wrapped = Buffer.from(wrapKey(kek, context, randomBytes(32), randomBytes))
  for (let at = 0; at < wrapped.length; at++) {
    const altered = Buffer.from(wrapped)
    altered[at] = (altered[at] ?? 0) ^ 1
    assert.throws(() => unwrapKey(kek, context, altered), { name: 'NotAuthentic' })
    assert.throws(() => unwrapKey(kek, context, wrapped.subarray(0, at)), { name: 'NotAuthentic' })
  }
  const other = createSecretKey(randomBytes(32))
  assert.throws(() => unwrapKey(other, context, wrapped), { name: 'NotAuthentic' })
  assert.throws(() => unwrapKey(kek, Buffer.from('other'), wrapped), { name: 'NotAuthentic' })
})

test('a blob that names another root key does not open under it', () => {
  const other = createSecretKey(randomBytes(32))
  const wrapped = Buffer.from(wrapKey(kek, context, randomBytes(32), randomBytes))
  const named = Buffer.from(wrapKey(other, context, randomBytes(32), randomBytes))
  named.copy(wrapped, 1, 1, 9)
  assert.equal(wrappedUnder(wrapped), fingerprint(other))
  assert.throws(() => unwrapKey(other, context, wrapped), { name: 'NotAuthentic' })
})

test('a fingerprint is short, printable, stable and its key’s own', () => {
  assert.match(fingerprint(kek), /^[0-9a-f]{4}(-[0-9a-f]{4}){3}$/)
  assert.equal(fingerprint(createSecretKey(Buffer.alloc(32, 1))), '7ccb-0c1a-6b60-d384')
  const seen = new Set<string>()
  for (let i = 0; i < 100; i++) seen.add(fingerprint(createSecretKey(randomBytes(32))))
  assert.equal(seen.size, 100)
})

test('what is no wrapped key names no root key', () => {
  assert.equal(wrappedUnder(Buffer.alloc(0)), null)
  assert.equal(wrappedUnder(Buffer.alloc(WRAPPED_BYTES)), null)
})

test('refuses keys that are not 32 bytes', () => {
  const short = createSecretKey(randomBytes(16))
  assert.throws(() => wrapKey(kek, context, randomBytes(31), randomBytes), RangeError)
  assert.throws(() => wrapKey(short, context, randomBytes(32), randomBytes), RangeError)
  assert.throws(() => fingerprint(short), RangeError)
})

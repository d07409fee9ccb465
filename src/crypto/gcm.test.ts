import assert from 'node:assert/strict'
import { createDecipheriv, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { GCM_TAG_BYTES, openGcm, sealGcm } from './gcm.ts'

const key = randomBytes(32)
const nonce = randomBytes(12)
const aad = Buffer.from('where')
const plaintext = Buffer.from('what')
const sealed = Buffer.alloc(plaintext.length + GCM_TAG_BYTES)
sealGcm(key, nonce, aad, plaintext, sealed, 0)

test('a tag of 4 bytes is refused, by us and by the options that we always give', () => {
  for (const size of [0, 4, 8, 12, 13, 14, 15]) {
    const short = sealed.subarray(0, plaintext.length + size)
    assert.equal(openGcm(key, nonce, aad, short), null)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: GCM_TAG_BYTES })
    const tag = short.subarray(plaintext.length)
    assert.throws(() => decipher.setAuthTag(tag), { code: 'ERR_CRYPTO_INVALID_AUTH_TAG' })
  }
  assert.deepEqual(openGcm(key, nonce, aad, sealed), plaintext)
})

test('a key or a nonce of another length is a mistake, not damage', () => {
  assert.throws(() => openGcm(key.subarray(1), nonce, aad, sealed), RangeError)
  assert.throws(() => openGcm(key, randomBytes(16), aad, sealed), RangeError)
  assert.throws(() => sealGcm(key.subarray(16), nonce, aad, plaintext, sealed, 0), RangeError)
})

import assert from 'node:assert/strict'
import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { serverSubkey } from './derive.ts'

test('gives one key for one purpose, by HKDF with the purpose in its info', () => {
  const raw = randomBytes(32)
  const server = createSecretKey(raw)
  for (const purpose of ['token-pepper', 'cursor-mac', 'rights-mac'] as const) {
    // RFC 5869, section 2, by hand: extract with a salt of zeros, then one block of expand.
    const prk = createHmac('sha256', Buffer.alloc(32)).update(raw).digest()
    const okm = createHmac('sha256', prk).update(`strongroom/v1/server/${purpose}\u0001`).digest()
    assert.deepEqual(serverSubkey(server, purpose).export(), okm)
  }
})

test('refuses a server key of another size', () => {
  assert.throws(() => serverSubkey(createSecretKey(randomBytes(31)), 'cursor-mac'), RangeError)
})

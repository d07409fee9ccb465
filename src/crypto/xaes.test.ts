import assert from 'node:assert/strict'
import { createHash, createSecretKey, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { openXaes, sealXaes } from './xaes.ts'
import { WHOLE } from '#test/support/tier.ts'

const nonce = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWX')
const text = Buffer.from('XAES-256-GCM')

// The two vectors of c2sp.org/XAES-256-GCM; the top bit of L is 0 in the first and 1 in the second.
const vectors = [
  { fill: 1, aad: '', sealed: 'ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271' },
  {
    fill: 3,
    aad: 'c2sp.org/XAES-256-GCM',
    sealed: '986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d',
  },
]

test('agrees with both vectors of the specification', () => {
  for (const { fill, aad, sealed } of vectors) {
    const key = createSecretKey(Buffer.alloc(32, fill))
    const made = sealXaes(key, nonce, text, Buffer.from(aad))
    assert.equal(Buffer.from(made).toString('hex'), sealed)
    assert.deepEqual(openXaes(key, nonce, made, Buffer.from(aad)), text)
  }
})

/** The specification's accumulated test: inputs from one SHAKE-128 stream, outputs into another. */
function accumulated(iterations: number): string {
  const outputLength = iterations * 320 + 100_000
  const stream = createHash('shake128', { outputLength }).digest()
  const sum = createHash('shake128', { outputLength: 32 })
  let at = 0
  const take = (size: number): Buffer => stream.subarray(at, (at += size))
  const takeSome = (): Buffer => take(take(1).readUInt8())
  for (let i = 0; i < iterations; i++) {
    const key = createSecretKey(take(32))
    const iv = take(24)
    const plaintext = takeSome()
    const aad = takeSome()
    const sealed = sealXaes(key, iv, plaintext, aad)
    sum.update(sealed)
    if (i % 100 === 0) assert.deepEqual(openXaes(key, iv, sealed, aad), plaintext)
  }
  assert.ok(at <= stream.length)
  return sum.digest('hex')
}

test('agrees with the accumulated test of 10 000 messages', () => {
  const expected = 'e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939'
  assert.equal(accumulated(10_000), expected)
})

const why = 'takes half a minute: set STRONGROOM_WHOLE=1'
test(
  'agrees with the accumulated test of 1 000 000 messages',
  { skip: WHOLE ? false : why },
  () => {
    const expected = '2163ae1445985a30b60585ee67daa55674df06901b890593e824b8a7c885ab15'
    assert.equal(accumulated(1_000_000), expected)
  },
)

test('refuses anything altered', () => {
  const key = createSecretKey(randomBytes(32))
  const aad = Buffer.from('where')
  const sealed = Buffer.from(sealXaes(key, nonce, text, aad))
  for (let at = 0; at < sealed.length; at++) {
    const altered = Buffer.from(sealed)
    altered[at] = (altered[at] ?? 0) ^ 0x80
    assert.throws(() => openXaes(key, nonce, altered, aad), { name: 'NotAuthentic' })
    assert.throws(() => openXaes(key, nonce, sealed.subarray(0, at), aad), { name: 'NotAuthentic' })
  }
  for (let at = 0; at < nonce.length; at++) {
    const other = Buffer.from(nonce)
    other[at] = (other[at] ?? 0) ^ 1
    assert.throws(() => openXaes(key, other, sealed, aad), { name: 'NotAuthentic' })
  }
  const elsewhere = Buffer.from('elsewhere')
  assert.throws(() => openXaes(key, nonce, sealed, elsewhere), { name: 'NotAuthentic' })
})

test('refuses a key or a nonce of another length', () => {
  const key = createSecretKey(randomBytes(32))
  assert.throws(() => sealXaes(createSecretKey(randomBytes(16)), nonce, text, text), RangeError)
  assert.throws(() => sealXaes(key, nonce.subarray(1), text, text), RangeError)
  assert.throws(() => openXaes(key, Buffer.alloc(12), Buffer.alloc(40), text), RangeError)
})

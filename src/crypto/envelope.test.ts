import assert from 'node:assert/strict'
import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { idOf, someKey, somePlace } from '#test/support/places.ts'
import { DamagedEnvelope, ENVELOPE_OVERHEAD, openValue, sealValue } from './envelope.ts'
import type { ValuePlace } from './envelope.ts'
import { openGcm } from './gcm.ts'

const key = someKey()
const plaintext = Buffer.from('a value that must be kept')

const refused = { name: 'DamagedEnvelope', message: new DamagedEnvelope().message }

test('opens what it sealed, at every size around a block and at the largest', () => {
  for (const size of [0, 1, 15, 16, 17, 31, 32, 33, 256, 4096, 65_536]) {
    const value = randomBytes(size)
    const sealed = sealValue(key, somePlace, value, randomBytes)
    assert.equal(sealed.length, size + ENVELOPE_OVERHEAD)
    assert.deepEqual(Buffer.from(openValue(key, somePlace, sealed)), value)
  }
})

// Bug class 91.
test('gives plaintext in memory of its own, never in the shared pool', () => {
  for (const size of [1, 32, 256]) {
    const sealed = sealValue(key, somePlace, randomBytes(size), randomBytes)
    assert.equal(openValue(key, somePlace, sealed).buffer.byteLength, size)
    assert.equal(sealed.buffer.byteLength, sealed.length)
  }
})

test('never seals twice alike', () => {
  const seen = new Set<string>()
  for (let i = 0; i < 100; i++) {
    seen.add(Buffer.from(sealValue(key, somePlace, plaintext, randomBytes)).toString('hex', 34))
  }
  assert.equal(seen.size, 100)
})

test('refuses a blob with any one bit changed', () => {
  const sealed = Buffer.from(sealValue(key, somePlace, plaintext, randomBytes))
  let refusals = 0
  for (let at = 0; at < sealed.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const altered = Buffer.from(sealed)
      altered[at] = (altered[at] ?? 0) ^ (1 << bit)
      assert.throws(() => openValue(key, somePlace, altered), refused)
      refusals += 1
    }
  }
  assert.equal(refusals, (ENVELOPE_OVERHEAD + plaintext.length) * 8)
})

test('refuses a blob cut short anywhere, or lengthened', () => {
  const sealed = Buffer.from(sealValue(key, somePlace, plaintext, randomBytes))
  for (let size = 0; size < sealed.length; size++) {
    assert.throws(() => openValue(key, somePlace, sealed.subarray(0, size)), refused)
  }
  assert.throws(() => openValue(key, somePlace, Buffer.concat([sealed, Buffer.of(0)])), refused)
})

test('refuses a blob moved to any other place', () => {
  const sealed = sealValue(key, somePlace, plaintext, randomBytes)
  const moves: Partial<ValuePlace>[] = [
    { installation: idOf('9') },
    { account: idOf('9') },
    { secret: idOf('9') },
    { version: 2 },
    { file: true },
    { account: idOf('3'), secret: idOf('2') },
  ]
  for (const move of moves) {
    assert.throws(() => openValue(key, { ...somePlace, ...move }, sealed), refused)
  }
  assert.throws(() => openValue({ ...key, generation: 2 }, somePlace, sealed), refused)
  assert.throws(() => openValue(someKey(), somePlace, sealed), refused)
})

test('refuses a short tag', () => {
  const sealed = Buffer.from(sealValue(key, somePlace, plaintext, randomBytes))
  for (const size of [4, 8, 12, 13, 14, 15]) {
    const short = sealed.subarray(0, sealed.length - 16 + size)
    assert.throws(() => openValue(key, somePlace, short), refused)
  }
})

test('refuses a key, a salt or a place that cannot be', () => {
  const short = { generation: 1, key: createSecretKey(randomBytes(16)) }
  assert.throws(() => sealValue(short, somePlace, plaintext, randomBytes), RangeError)
  assert.throws(() => sealValue(key, somePlace, plaintext, () => randomBytes(16)), RangeError)
  const nowhere = { ...somePlace, version: -1 }
  assert.throws(() => sealValue(key, nowhere, plaintext, randomBytes), RangeError)
})

test('is made as docs/formats/envelope.md says', () => {
  const place: ValuePlace = { ...somePlace, version: 7, file: true }
  const text = (value: string): Buffer =>
    Buffer.concat([Buffer.of(0, 0, 0, value.length), Buffer.from(value)])
  const context = Buffer.concat([
    text('SR'),
    Buffer.of(1, 1),
    text(place.installation),
    text(place.account),
    text('secret'),
    text(place.secret),
    Buffer.of(0, 0, 0, 0, 0, 0, 0, 7),
    Buffer.of(0, 0, 0, 1),
    text('embedded'),
    Buffer.of(1),
  ])
  const sealed = Buffer.from(sealValue(key, place, plaintext, randomBytes))
  const derived = createHmac('sha512', key.key)
    .update(text('strongroom/v1/value'))
    .update(Buffer.of(1))
    .update(sealed.subarray(2, 34))
    .update(context)
    .digest()
  assert.deepEqual(sealed.subarray(34, 66), derived.subarray(32))
  const opened = openGcm(derived.subarray(0, 32), Buffer.alloc(12), context, sealed.subarray(66))
  assert.deepEqual(opened, plaintext)
})

import assert from 'node:assert/strict'
import { createSecretKey, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { Encoder } from '#crypto/encode.ts'
import { DamagedEnvelope, ENVELOPE_OVERHEAD, openValue, sealValue } from '#crypto/envelope.ts'
import type { ValuePlace } from '#crypto/envelope.ts'
import { rowMac, rowMacHolds, type MacRow } from '#crypto/row-mac.ts'
import { mintToken, parseToken, tfyForm } from '#crypto/token.ts'
import { unwrapKey, wrapKey } from '#crypto/wrap.ts'
import { NotAuthentic, openXaes, sealXaes } from '#crypto/xaes.ts'
import { formatId, parseId } from '#domain/ids.ts'
import { someKey, somePlace } from '#test/support/places.ts'
import {
  anyBytes,
  anyText,
  holds,
  isFoundOut,
  nearMissOf,
  sayHowMuch,
  wellFormed,
} from './holds.ts'

/** What is sealed, signed, MACed and minted: whole again by its key and place, and by nothing else. */

const key = someKey()
const secretKey = (bytes: Uint8Array) => createSecretKey(bytes)
const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 })
const damaged = (work: () => unknown) => {
  assert.throws(work, DamagedEnvelope)
}
const forged = (work: () => unknown) => {
  assert.throws(work, NotAuthentic)
}

const anyId = fc.tuple(fc.nat(), fc.bigInt(0n, (1n << 74n) - 1n))
const idArbitrary = anyId.map(([time, chance]) => formatId<never>(time, chance))
const anyPlace: fc.Arbitrary<ValuePlace> = fc.record({
  ...{ installation: idArbitrary, account: idArbitrary, secret: idArbitrary },
  version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  store: fc.oneof(fc.constant('embedded' as const), idArbitrary),
  file: fc.boolean(),
})

const flipped = (bytes: Uint8Array, bit: number): Buffer => {
  const altered = Buffer.from(bytes)
  const at = bit % (altered.length * 8)
  altered[at >> 3] = (altered[at >> 3] ?? 0) ^ (1 << (at & 7))
  return altered
}

holds(
  'envelope: any bytes at any place come back whole',
  fc.property(anyBytes(2_000), anyPlace, (value, place) => {
    const sealed = sealValue(key, place, value, randomBytes)
    assert.equal(sealed.length, value.length + ENVELOPE_OVERHEAD)
    assert.deepEqual(Buffer.from(openValue(key, place, sealed)), value)
  }),
)

holds(
  'envelope: one bit changed anywhere is refused',
  fc.property(anyBytes(), fc.nat(), (value, bit) => {
    const sealed = sealValue(key, somePlace, value, randomBytes)
    damaged(() => openValue(key, somePlace, flipped(sealed, bit)))
  }),
)

holds(
  'envelope: any other place is refused',
  fc.property(anyBytes(), anyPlace, anyPlace, (value, place, other) => {
    fc.pre(JSON.stringify(place) !== JSON.stringify(other))
    const sealed = sealValue(key, place, value, randomBytes)
    damaged(() => openValue(key, other, sealed))
  }),
)

holds(
  'envelope: one member of the place changed is refused',
  fc.property(anyPlace, anyPlace, fc.constantFrom(...keysOf(somePlace)), (place, other, member) => {
    fc.pre(place[member] !== other[member])
    const sealed = sealValue(key, place, Buffer.from('value'), randomBytes)
    damaged(() => openValue(key, { ...place, [member]: other[member] }, sealed))
  }),
)

holds(
  'envelope: any other key or generation is refused',
  fc.property(anyKey, fc.nat(), fc.boolean(), (bytes, generation, both) => {
    const sealed = sealValue(key, somePlace, Buffer.from('value'), randomBytes)
    fc.pre(generation !== key.generation)
    const other = both ? secretKey(bytes) : key.key
    damaged(() => openValue({ generation, key: other }, somePlace, sealed))
    damaged(() => openValue({ ...key, key: secretKey(bytes) }, somePlace, sealed))
  }),
)

holds(
  'envelope: bytes that nobody sealed are refused, and nothing else happens',
  fc.property(anyBytes(), fc.boolean(), (bytes, begun) => {
    const sealed = begun ? Buffer.concat([Buffer.of(1, 1), bytes]) : bytes
    damaged(() => openValue(key, somePlace, sealed))
  }),
)

holds(
  'envelope: cut, or with more behind it, is refused',
  fc.property(anyBytes(), fc.nat(), anyBytes(40), (value, cut, more) => {
    const sealed = Buffer.from(sealValue(key, somePlace, value, randomBytes))
    fc.pre(more.length > 0)
    damaged(() => openValue(key, somePlace, sealed.subarray(0, cut % sealed.length)))
    damaged(() => openValue(key, somePlace, Buffer.concat([sealed, more])))
  }),
)

isFoundOut(
  'an opening that does not look at the version',
  fc.property(anyPlace, anyPlace, (place, other) => {
    fc.pre(place.version !== other.version)
    const sealed = sealValue(key, { ...place, version: 1 }, Buffer.from('value'), randomBytes)
    const careless = (at: ValuePlace) => openValue(key, { ...at, version: 1 }, sealed)
    damaged(() => careless({ ...place, version: other.version }))
  }),
)

const nonces = fc.uint8Array({ minLength: 24, maxLength: 24 })

holds(
  'XAES: any bytes with any associated data come back; any bit changed in either is refused',
  fc.property(anyKey, nonces, anyBytes(), anyBytes(), fc.nat(), (raw, nonce, value, aad, bit) => {
    const of = secretKey(raw)
    const sealed = sealXaes(of, nonce, value, aad)
    assert.deepEqual(Buffer.from(openXaes(of, nonce, sealed, aad)), value)
    forged(() => openXaes(of, nonce, flipped(sealed, bit), aad))
    forged(() => openXaes(of, flipped(nonce, bit), sealed, aad))
    if (aad.length > 0) forged(() => openXaes(of, nonce, sealed, flipped(aad, bit)))
  }),
  { cost: 2 },
)

holds(
  'a wrapped key comes back under its root key and context, and no bit of it can change',
  fc.property(anyKey, anyKey, anyBytes(60), fc.nat(), (root, raw, context, bit) => {
    const kek = secretKey(root)
    const wrapped = wrapKey(kek, context, raw, randomBytes)
    assert.deepEqual(Buffer.from(unwrapKey(kek, context, wrapped)), Buffer.from(raw))
    forged(() => unwrapKey(kek, context, flipped(wrapped, bit)))
    forged(() => unwrapKey(kek, Buffer.concat([context, Buffer.of(0)]), wrapped))
    forged(() => unwrapKey(secretKey(flipped(root, bit)), context, wrapped))
  }),
  { cost: 4 },
)

/** What is written, part by part. */
type Part =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'optional'; readonly value: string | null }
  | { readonly kind: 'u64' | 'u8'; readonly value: number }
  | { readonly kind: 'bytes'; readonly value: Buffer }

const anyPart: fc.Arbitrary<Part> = fc.oneof(
  wellFormed(12).map((value): Part => ({ kind: 'text', value })),
  fc.option(wellFormed(12)).map((value): Part => ({ kind: 'optional', value })),
  fc.nat({ max: 255 }).map((value): Part => ({ kind: 'u8', value })),
  fc.maxSafeNat().map((value): Part => ({ kind: 'u64', value })),
  anyBytes(12).map((value): Part => ({ kind: 'bytes', value })),
)

function write(encoder: Encoder, part: Part): Encoder {
  switch (part.kind) {
    case 'text':
      return encoder.text(part.value)
    case 'optional':
      return encoder.optionalText(part.value)
    case 'u64':
      return encoder.u64(part.value)
    case 'u8':
      return encoder.u8(part.value)
    case 'bytes':
      return encoder.bytes(part.value)
  }
}

function encoded(parts: readonly Part[]): string {
  const encoder = new Encoder(8)
  for (const part of parts) write(encoder, part)
  return encoder.view().toString('hex')
}

/** Two lists of the same kinds of parts. */
const pairs = fc
  .array(anyPart, { maxLength: 6 })
  .chain((first) =>
    fc.tuple(
      fc.constant(first),
      fc.tuple(...first.map((part) => anyPart.filter(({ kind }) => kind === part.kind))),
    ),
  )

holds(
  'encoder: two lists of parts of the same kinds never give the same bytes',
  fc.property(pairs, ([first, second]) => {
    const alike = JSON.stringify(first) === JSON.stringify(second)
    assert.equal(encoded(first) === encoded(second), alike)
  }),
)

holds(
  'encoder: what moves from one text to the next is seen',
  fc.property(wellFormed(20), fc.nat(), (text, at) => {
    const cut = at % (text.length + 1)
    const [head, tail] = [text.slice(0, cut).toWellFormed(), text.slice(cut).toWellFormed()]
    fc.pre(tail !== '')
    const apart = encoded([
      { kind: 'text', value: head },
      { kind: 'text', value: tail },
    ])
    const together = encoded([
      { kind: 'text', value: head + tail },
      { kind: 'text', value: '' },
    ])
    assert.notEqual(apart, together)
  }),
)

const twoLetters = fc.stringMatching(/^[ab]{0,2}$/)

isFoundOut(
  'an encoding that puts texts one behind the other',
  fc.property(twoLetters, twoLetters, twoLetters, twoLetters, (a, b, c, d) => {
    fc.pre(a !== c || b !== d)
    assert.notEqual(a + b, c + d)
  }),
)

const anyRow: fc.Arbitrary<MacRow> = fc.record({
  ...{ id: idArbitrary, account: idArbitrary, group: idArbitrary, name: wellFormed(30) },
  ...{ description: fc.option(wellFormed(30)), metadata: fc.option(wellFormed(30)) },
  ...{ type: fc.option(wellFormed(10)), file: fc.boolean(), current: fc.nat() },
  deletedAt: fc.option(fc.nat()),
})

holds(
  'row MAC: holds for its row, and for none that differs in one member',
  fc.property(anyRow, anyRow, (row, other) => {
    const mac = rowMac(key, row)
    assert.equal(rowMacHolds(key, row, mac), true)
    for (const member of keysOf(row)) {
      const same = row[member] === other[member]
      assert.equal(rowMacHolds(key, { ...row, [member]: other[member] }, mac), same, member)
    }
  }),
  { cost: 2 },
)

holds(
  'row MAC: any bytes in its place are false, never an error',
  fc.property(anyRow, anyBytes(45), fc.nat(), (row, bytes, bit) => {
    assert.equal(rowMacHolds(key, row, bytes), false)
    assert.equal(rowMacHolds(key, row, flipped(rowMac(key, row), bit)), false)
  }),
)

const minted = fc.constantFrom(
  mintToken('user', randomBytes).text,
  mintToken('svc', randomBytes).text,
)
const nearToken = minted.chain((text) => fc.oneof(nearMissOf(text), nearMissOf(tfyForm(text))))

holds(
  'token: what was minted is read in both forms, and has one canonical one',
  fc.property(fc.constantFrom('user' as const, 'svc' as const), (type) => {
    const { text, keyId } = mintToken(type, randomBytes)
    for (const form of [text, tfyForm(text)]) {
      assert.deepEqual(parseToken(form), { type, keyId, canonical: text })
    }
  }),
)

holds(
  'token: a near miss is none, unless only its beginning is the other form',
  fc.property(nearToken, (text) => {
    assert.equal(parseToken(text), null)
  }),
)

holds(
  'token: any text at all is answered with null',
  fc.property(anyText(), (text) => {
    assert.equal(parseToken(text), null)
    assert.equal(parseToken(`sr_user_${text}`), null)
  }),
)

holds(
  'id: what was made is read, in order of time, and of one length',
  fc.property(anyId, anyId, ([t1, c1], [t2, c2]) => {
    const [one, two] = [formatId(t1, c1), formatId(t2, c2)]
    assert.equal(parseId(one), one)
    assert.equal(one === two, t1 === t2 && c1 === c2)
    if (t1 !== t2) assert.equal(one < two, t1 < t2)
  }),
)

holds(
  'id: what has not the shape of one is none',
  fc.property(
    fc.oneof(
      anyText(40),
      idArbitrary.chain((id) => nearMissOf(id)),
    ),
    (text) => {
      const read = parseId(text)
      assert.ok(read === null || /^c[0-9a-z]{24}$/.exec(text)?.[0] === text)
      assert.equal(parseId(`${text}\n`), null)
    },
  ),
)

function keysOf<T extends object>(of: T): (keyof T)[] {
  return Object.keys(of) as (keyof T)[]
}

sayHowMuch('crypto')

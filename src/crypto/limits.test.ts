import assert from 'node:assert/strict'
import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { idOf, someKey, somePlace } from '#test/support/places.ts'
import { signCheckpoint } from './checkpoint.ts'
import { serverSubkey } from './derive.ts'
import { Encoder } from './encode.ts'
import { DamagedEnvelope, sealValue } from './envelope.ts'
import { openGcm, sealGcm } from './gcm.ts'
import { readLoginKey } from './login-key.ts'
import { Frontier } from './merkle.ts'
import { formatVerifierKey, openNote, parseVerifierKey, signNote } from './note.ts'
import { rowMac, type MacRow } from './row-mac.ts'
import { publicKeyOf, signingKey, verifyingKey } from './signing-key.ts'
import { fingerprint, wrapKey, wrappedUnder, WRAPPED_BYTES } from './wrap.ts'
import { NotAuthentic, openXaes, sealXaes } from './xaes.ts'

const bytes = (length: number): Uint8Array => new Uint8Array(length)
const short = createSecretKey(randomBytes(16))
const whole = createSecretKey(randomBytes(32))
const mine = signingKey(bytes(32))
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })

const someRow: MacRow = {
  ...{ id: idOf('1'), account: idOf('2'), group: idOf('3'), name: 'N', description: null },
  ...{ type: null, metadata: null, file: false, current: 1, deletedAt: null },
}

/** What may not be done, and in which words it is refused. */
const refusals: readonly (readonly [RegExp, () => unknown])[] = [
  [/^not a tree size$/, () => signCheckpoint('o', -1, bytes(32), mine)],
  [/^not a tree size$/, () => signCheckpoint('o', 0.5, bytes(32), mine)],
  [/^a root hash has 32 bytes$/, () => signCheckpoint('o', 1, bytes(31), mine)],
  [/^a server key has 32 bytes$/, () => serverSubkey(short, 'cursor-mac')],
  ...[-1, 256, 0.5].map((n) => [/ u8$/, () => new Encoder().u8(n)] as const),
  ...[-1, 2 ** 32, 0.5].map((n) => [/^not encodable as u32$/, () => new Encoder().u32(n)] as const),
  ...[-1, 2 ** 53, 0.5].map((n) => [/^not encodable as u64$/, () => new Encoder().u64(n)] as const),
  [/^not encodable as text$/, () => new Encoder().text('\ud800')],
  [
    /^an account key has 32 bytes$/,
    () => sealValue({ ...someKey(), key: short }, somePlace, bytes(1), randomBytes),
  ],
  [/^an account key has 32 bytes$/, () => rowMac({ ...someKey(), key: short }, someRow)],
  [/^a salt has 32 bytes$/, () => sealValue(someKey(), somePlace, bytes(1), () => bytes(31))],
  [/^an AES-256-GCM key has 32/, () => openGcm(bytes(31), bytes(12), bytes(0), bytes(16))],
  [/^an AES-GCM nonce has 12/, () => openGcm(bytes(32), bytes(11), bytes(0), bytes(16))],
  [/32/, () => sealGcm(bytes(16), bytes(12), bytes(0), bytes(0), bytes(16), 0)],
  [/12/, () => sealGcm(bytes(32), bytes(16), bytes(0), bytes(0), bytes(16), 0)],
  [/^not a tree size$/, () => Frontier.restore(-1, bytes(0))],
  [/^not a tree size$/, () => Frontier.restore(0.5, bytes(0))],
  [/^a frontier has one hash for/, () => Frontier.restore(1, bytes(0))],
  [/^a leaf hash has 32 bytes$/, () => new Frontier().append(bytes(31))],
  [/^a public key has 32/, () => formatVerifierKey({ name: 'n', publicKey: bytes(31) })],
  [/^a key name has no space/, () => formatVerifierKey({ name: 'n n', publicKey: bytes(32) })],
  [/^not the text of a note$/, () => signNote('no end', 'n', mine)],
  [/^a key name has no space/, () => signNote('text\n', 'n+n', mine)],
  [/^an Ed25519 seed has 32 bytes$/, () => signingKey(bytes(31))],
  [/^not an Ed25519 key$/, () => publicKeyOf(rsa.privateKey)],
  [/^an Ed25519 public key has 32 bytes$/, () => verifyingKey(bytes(31))],
  [/^a wrapped key has 32 bytes$/, () => wrapKey(whole, bytes(0), bytes(31), randomBytes)],
  [/^a root key has 32 bytes$/, () => fingerprint(short)],
  [/^an XAES-256-GCM key has 32/, () => sealXaes(short, bytes(24), bytes(0), bytes(0))],
  [/^an XAES-256-GCM nonce has 24/, () => openXaes(whole, bytes(12), bytes(16), bytes(0))],
  [/^an XAES-256-GCM nonce has 24/, () => sealXaes(whole, bytes(25), bytes(0), bytes(0))],
]

test('what is of another size is refused, and told what it should be', () => {
  for (const [message, attempt] of refusals) assert.throws(attempt, { message }, String(message))
  assert.equal(new NotAuthentic().message, 'not authentic')
  assert.match(new DamagedEnvelope().message, /is not what was written at this place$/)
})

test('what is just large enough is taken', () => {
  const written = new Encoder()
    .u8(0)
    .u8(255)
    .u32(0)
    .u32(2 ** 32 - 1)
    .u64(0)
    .u64(2 ** 53 - 1)
  assert.equal(written.view().length, 2 + 8 + 16)
  assert.equal(Frontier.restore(0, bytes(0)).size, 0)
})

test('a verifier key or a signature line with anything before or behind it is none', () => {
  const key = { name: 'n', publicKey: publicKeyOf(mine) }
  const text = formatVerifierKey(key)
  assert.deepEqual(parseVerifierKey(text), key)
  for (const other of [` ${text}`, `x ${text}`, `${text} `, `${text}x`, `${text}\n`]) {
    assert.equal(parseVerifierKey(other), null, other)
  }
  const note = signNote('text\n', 'n', mine)
  const line = note.slice(note.indexOf('—'), -1)
  for (const other of [`x${line}`, `${line} x`, `${line}x`, line.replaceAll('=', '')]) {
    assert.deepEqual(openNote(`text\n\n${other}\n`, key), { ok: false, error: 'malformed' }, other)
  }
  assert.deepEqual(openNote('text\n', key), { ok: false, error: 'malformed' })
  assert.deepEqual(openNote(note, key), { ok: true, value: 'text\n' })
})

test('a note may be as long as is said, and no longer', () => {
  const key = { name: 'n', publicKey: publicKeyOf(mine) }
  const short = signNote('\n', 'n', mine).length
  const note = (length: number): string => signNote(`${'x'.repeat(length - short)}\n`, 'n', mine)
  assert.ok(openNote(note(65_536), key).ok)
  assert.deepEqual(openNote(note(65_537), key), { ok: false, error: 'malformed' })
})

test('a wrapped key of another length names no root key', () => {
  const wrapped = wrapKey(whole, bytes(0), bytes(32), randomBytes)
  assert.equal(wrapped.length, WRAPPED_BYTES)
  assert.equal(wrappedUnder(wrapped), fingerprint(whole))
  assert.equal(wrappedUnder(wrapped.subarray(0, -1)), null)
})

test('a login key is an RSA key and nothing else that is a public key', () => {
  const pem = (key: typeof rsa.publicKey): string => key.export({ format: 'pem', type: 'spki' })
  assert.ok(readLoginKey(pem(rsa.publicKey)))
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 })
  assert.equal(readLoginKey(pem(pss.publicKey)), null)
  assert.equal(readLoginKey('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'), null)
  const filled = pem(rsa.publicKey)
  assert.ok(readLoginKey(filled + '\n'.repeat(4_096 - filled.length)))
  assert.equal(readLoginKey(filled + '\n'.repeat(4_097 - filled.length)), null)
})

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { formatVerifierKey, openNote, parseVerifierKey, signNote } from './note.ts'
import { publicKeyOf, signingKey } from './signing-key.ts'

// The key and note of the reference implementation's own tests (golang.org/x/mod/sumdb/note).
const VKEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const SEED = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1)
const TEXT =
  'If you think cryptography is the answer to your problem,\n' +
  "then you don't know what your problem is.\n"
const LINE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n'
const NOTE = `${TEXT}\n${LINE}`

const peter = parseVerifierKey(VKEY) ?? assert.fail('the reference key does not parse')

test('agrees with the reference implementation byte for byte', () => {
  const key = signingKey(SEED)
  assert.deepEqual(publicKeyOf(key), peter.publicKey)
  assert.equal(formatVerifierKey(peter), VKEY)
  assert.equal(signNote(TEXT, 'PeterNeumann', key), NOTE)
  assert.deepEqual(openNote(NOTE, peter), { ok: true, value: TEXT })
})

test('refuses a verifier key that is cut or has any one character changed', () => {
  for (let from = 0; from <= VKEY.length; from++) {
    for (let to = from + 1; to <= VKEY.length; to++) {
      if (from === 0 && to === VKEY.length) continue
      assert.equal(parseVerifierKey(VKEY.slice(from, to)), null)
    }
  }
  for (let at = 0; at < VKEY.length; at++) {
    const next = String.fromCharCode(VKEY.charCodeAt(at) + 1)
    assert.equal(parseVerifierKey(VKEY.slice(0, at) + next + VKEY.slice(at + 1)), null)
  }
  const wrongLength = 'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=='
  const wrongType = 'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
  for (const other of [wrongLength, wrongType]) assert.equal(parseVerifierKey(other), null)
})

test('refuses a note with any one byte of its text or signature changed', () => {
  for (let at = 0; at < NOTE.length; at++) {
    const altered = NOTE.slice(0, at) + (NOTE[at] === 'a' ? 'b' : 'a') + NOTE.slice(at + 1)
    assert.equal(openNote(altered, peter).ok, false, String(at))
    assert.equal(openNote(NOTE.slice(0, at), peter).ok, false, String(at))
  }
})

test('passes over signatures of other keys, and refuses a false one of its own', () => {
  const other = signingKey(randomBytes(32))
  const line = (name: string): string => {
    const made = signNote(TEXT, name, other)
    return made.slice(made.lastIndexOf('\n\n') + 2)
  }
  assert.deepEqual(openNote(`${TEXT}\n${line('other')}${LINE}`, peter), { ok: true, value: TEXT })
  assert.deepEqual(openNote(`${TEXT}\n${LINE}${line('PeterNeumann')}`, peter), {
    ok: true,
    value: TEXT,
  })
  const none = { ok: false, error: 'not_signed_by_key' }
  assert.deepEqual(openNote(`${TEXT}\n${line('PeterNeumann')}`, peter), none)
  const bad = { ok: false, error: 'bad_signature' }
  assert.deepEqual(openNote(`Another text.\n\n${LINE}`, peter), bad)
  const forged = LINE.replace('SffcvI', 'SffcvJ')
  assert.deepEqual(openNote(`${TEXT}\n${LINE}${forged}`, peter), bad)
})

test('refuses what is not a note', () => {
  const malformed = { ok: false, error: 'malformed' }
  const notes = [
    '',
    TEXT,
    `${TEXT}\n`,
    `${TEXT}\n${LINE}`.replaceAll('\n', '\r\n'),
    `${TEXT}\n${LINE}x`,
    `${TEXT}\n${LINE}\n`,
    `${TEXT}\n${LINE.replace('—', '-')}`,
    `${TEXT}\n${LINE.replace('=', '')}`,
    `${TEXT}\n— PeterNeumann x08gow==\n`,
    `tab\there\n\n${LINE}`,
    ...['Peter+Neumann', 'Peter Neumann', '', 'Peter\u00a0'].map(
      (name) => `${TEXT}\n${LINE.replace('PeterNeumann', name)}`,
    ),
    `${'x'.repeat(70_000)}\n\n${LINE}`,
  ]
  for (const note of notes) assert.deepEqual(openNote(note, peter), malformed, note.slice(0, 80))
})

test('refuses to sign what no one could read', () => {
  const key = signingKey(SEED)
  for (const text of ['', 'no newline', 'a\0\n', 'a\r\n', '\ud800\n']) {
    assert.throws(() => signNote(text, 'name', key), RangeError)
  }
  for (const name of ['', 'a b', 'a+b', 'a\nb', 'a\u00a0b']) {
    assert.throws(() => signNote(TEXT, name, key), RangeError)
  }
})

test('passes over what others signed, however long their signatures are', () => {
  for (const length of [5, 6, 7, 68, 69, 70]) {
    const line = `— Somebody ${Buffer.alloc(length, 1).toString('base64')}\n`
    assert.deepEqual(openNote(NOTE + line, peter), { ok: true, value: TEXT }, `${length}`)
    const alone = { ok: false, error: 'not_signed_by_key' }
    assert.deepEqual(openNote(`${TEXT}\n${line}`, peter), alone)
  }
})

test('a signature of another length is none of the key', () => {
  const signature = Buffer.from(LINE.split(' ')[2] ?? '', 'base64')
  for (const other of [
    signature.subarray(0, 5),
    signature.subarray(0, 67),
    Buffer.concat([signature, Buffer.of(0)]),
  ]) {
    const note = `${TEXT}\n— PeterNeumann ${other.toString('base64')}\n`
    assert.deepEqual(
      openNote(note, peter),
      { ok: false, error: 'bad_signature' },
      `${other.length}`,
    )
  }
})

test('no verifier key is what has another name, id, type or length, or none of these', () => {
  const [name = '', id = '', key = ''] = VKEY.split('+')
  const others = [
    ...['', '+', '++', name, `${name}+${id}`, `${name}+${id}+`, key, `+${id}+${key}`],
    ...[`a b+${id}+${key}`, `${name}+${id.toUpperCase()}+${key}`, `${name}+00000000+${key}`],
    ...[`${name}+${id}+${key}AAAA`, `${name}+${id}+${key.slice(4)}`, `${name}++${id}+${key}`],
  ]
  for (const other of others) assert.equal(parseVerifierKey(other), null, other)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCheckpoint, signCheckpoint } from './checkpoint.ts'
import { emptyRoot, leafHash } from './merkle.ts'
import { signNote } from './note.ts'
import { publicKeyOf, signingKey } from './signing-key.ts'

const ORIGIN = 'strongroom.example/log'
const key = signingKey(Buffer.alloc(32, 1))
const publicKey = publicKeyOf(key)
const root = leafHash('one')

test('reads back what it signed', () => {
  for (const size of [0, 1, 7, 20_852_163, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
    const note = signCheckpoint(ORIGIN, size, root, key)
    assert.deepEqual(readCheckpoint(note, ORIGIN, publicKey), { ok: true, value: { size, root } })
  }
})

test('stays the same from release to release', () => {
  const expected = [
    ORIGIN,
    '0',
    '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    '',
    '— strongroom.example/log Qtj2KJajhNhdIiZbwQ39n1J1VZ0n0haceHf1O9KftTSOMRHrDYtZcYf3cEpEOYuQeXWbOo6iZUsStwXbeMptS4rthA4=',
    '',
  ]
  assert.equal(signCheckpoint(ORIGIN, 0, emptyRoot(), key), expected.join('\n'))
})

test('refuses another origin, another key and anything altered', () => {
  const note = signCheckpoint(ORIGIN, 7, root, key)
  const other = publicKeyOf(signingKey(Buffer.alloc(32, 2)))
  const unsigned = { ok: false, error: 'not_signed_by_key' }
  assert.deepEqual(readCheckpoint(note, ORIGIN, other), unsigned)
  assert.deepEqual(readCheckpoint(note, 'strongroom.example/other', publicKey), unsigned)
  const altered = note.replace('\n7\n', '\n8\n')
  const bad = { ok: false, error: 'bad_signature' }
  assert.deepEqual(readCheckpoint(altered, ORIGIN, publicKey), bad)
  const foreign = signNote(note.slice(0, note.indexOf('\n\n') + 1).replace('log', 'x'), ORIGIN, key)
  assert.deepEqual(readCheckpoint(foreign, ORIGIN, publicKey), { ok: false, error: 'other_origin' })
})

test('refuses a signed note that is not a checkpoint', () => {
  const base64 = Buffer.from(root).toString('base64')
  const bodies = [
    `${ORIGIN}\n`,
    `${ORIGIN}\n7\n`,
    `${ORIGIN}\n07\n${base64}\n`,
    `${ORIGIN}\n-7\n${base64}\n`,
    `${ORIGIN}\n7.0\n${base64}\n`,
    `${ORIGIN}\n9007199254740992\n${base64}\n`,
    `${ORIGIN}\n7\n${base64.slice(4)}\n`,
    `${ORIGIN}\n7\n${base64.replace('=', '')}\n`,
    `${ORIGIN}\n7\n${base64}\nextension\n`,
    `${ORIGIN}\n7\n${base64}\n\n`,
  ]
  for (const body of bodies) {
    const read = readCheckpoint(signNote(body, ORIGIN, key), ORIGIN, publicKey)
    assert.deepEqual(read, { ok: false, error: 'malformed' }, body)
  }
})

test('refuses to sign what is not a tree head', () => {
  assert.throws(() => signCheckpoint(ORIGIN, -1, root, key), RangeError)
  assert.throws(() => signCheckpoint(ORIGIN, 1.5, root, key), RangeError)
  assert.throws(() => signCheckpoint(ORIGIN, 1, root.subarray(1), key), RangeError)
  assert.throws(() => signCheckpoint('two\nlines', 1, root, key), RangeError)
})

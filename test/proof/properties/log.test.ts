import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { readCheckpoint, signCheckpoint } from '#crypto/checkpoint.ts'
import { emptyRoot, Frontier, leafHash, nodeHash } from '#crypto/merkle.ts'
import { formatVerifierKey, openNote, parseVerifierKey, signNote } from '#crypto/note.ts'
import { publicKeyOf, signingKey } from '#crypto/signing-key.ts'
import { anyText, holds, isFoundOut, nearMissOf, sayHowMuch, wellFormed } from './holds.ts'

/** What the record is checked by: notes, keys and checkpoints as text, and the tree behind them. */

const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 })

const signer = signingKey(new Uint8Array(32).fill(7))
const publicKey = publicKeyOf(signer)
const otherSigner = signingKey(new Uint8Array(32).fill(8))
const noteText = wellFormed(60).map((text) => `${text.replace(/\p{Cc}/gu, '')}\n`)
const noteName = fc.stringMatching(/^[A-Za-z0-9./-]{1,30}$/)

holds(
  'note: what was signed is read back, under its name and key alone',
  fc.property(noteText, noteName, noteName, (text, name, other) => {
    const note = signNote(text, name, signer)
    assert.deepEqual(openNote(note, { name, publicKey }), { ok: true, value: text })
    if (other !== name) assert.equal(openNote(note, { name: other, publicKey }).ok, false)
    const stranger = { name, publicKey: publicKeyOf(otherSigner) }
    assert.equal(openNote(note, stranger).ok, false)
  }),
  { cost: 4 },
)

const someNote = signNote('one line\nand another\n', 'a/name', signer)

holds(
  'note: a near miss is never taken for another text, and never an error',
  fc.property(nearMissOf(someNote), (note) => {
    assert.equal(openNote(note, { name: 'a/name', publicKey }).ok, false)
  }),
)

holds(
  'note: any text is answered',
  fc.property(anyText(400), (text) => {
    assert.equal(openNote(text, { name: 'n', publicKey }).ok, false)
    assert.equal(openNote(`${text}\n\n— n ${text}\n`, { name: 'n', publicKey }).ok, false)
    assert.equal(readCheckpoint(text, 'n', publicKey).ok, false)
  }),
)

holds(
  'verifier key: is read back, and no near miss of it is a key',
  fc.property(noteName, anyKey, (name, bytes) => {
    const text = formatVerifierKey({ name, publicKey: bytes })
    const read = parseVerifierKey(text)
    assert.deepEqual(read && { ...read, publicKey: Buffer.from(read.publicKey) }, {
      ...{ name, publicKey: Buffer.from(bytes) },
    })
  }),
)

const someVerifier = formatVerifierKey({ name: 'a/name', publicKey })

holds(
  'verifier key: any text is a key only if it is one',
  fc.property(fc.oneof(anyText(), nearMissOf(someVerifier)), (text) => {
    const read = parseVerifierKey(text)
    assert.ok(read === null || formatVerifierKey(read) === text)
  }),
)

holds(
  'checkpoint: size and root are read back',
  fc.property(fc.maxSafeNat(), anyKey, noteName, (size, root, origin) => {
    const note = signCheckpoint(origin, size, root, signer)
    const read = readCheckpoint(note, origin, publicKey)
    assert.deepEqual(read, { ok: true, value: { size, root: Buffer.from(root) } })
    assert.equal(readCheckpoint(note, `${origin}x`, publicKey).ok, false)
  }),
  { cost: 4 },
)

const someCheckpoint = signCheckpoint('a/name', 12, new Uint8Array(32), signer)

holds(
  'checkpoint: a near miss is refused',
  fc.property(nearMissOf(someCheckpoint), (note) => {
    assert.equal(readCheckpoint(note, 'a/name', publicKey).ok, false)
  }),
)

/** RFC 6962, section 2.1, word by word. */
function rootOf(leaves: readonly string[]): Buffer {
  const sha = (...parts: readonly Uint8Array[]) => {
    const sum = createHash('sha256')
    for (const part of parts) sum.update(part)
    return sum.digest()
  }
  const [only = ''] = leaves
  if (leaves.length === 0) return sha()
  if (leaves.length === 1) return sha(Buffer.of(0), Buffer.from(only))
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return sha(Buffer.of(1), rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)))
}

const anyLeaves = fc.array(wellFormed(8), { maxLength: 70 })

holds(
  'Merkle tree: grown leaf by leaf, and put away in between, it has the root of RFC 6962',
  fc.property(anyLeaves, (leaves) => {
    let tree = new Frontier()
    for (const [n, leaf] of leaves.entries()) {
      tree.append(leafHash(leaf))
      if (n % 3 === 0) tree = Frontier.restore(tree.size, tree.serialise())
    }
    assert.deepEqual(Buffer.from(tree.root()), rootOf(leaves))
  }),
  { cost: 4 },
)

holds(
  'Merkle tree: another list of leaves has another root',
  fc.property(anyLeaves, anyLeaves, (first, second) => {
    const alike = JSON.stringify(first) === JSON.stringify(second)
    assert.equal(rootOf(first).equals(rootOf(second)), alike)
  }),
  { cost: 4 },
)

holds(
  'Merkle tree: no leaf hashes as a node or as nothing',
  fc.property(anyKey, anyKey, (left, right) => {
    const pair = Buffer.concat([left, right])
    assert.notDeepEqual(leafHash(pair), nodeHash(left, right))
    assert.notDeepEqual(leafHash(pair), emptyRoot())
  }),
)

isFoundOut(
  'a tree in which a leaf is hashed as it is',
  fc.property(anyLeaves, anyLeaves, (first, second) => {
    const careless = (leaves: readonly string[]) => sha256(leaves.join(''))
    const alike = JSON.stringify(first) === JSON.stringify(second)
    assert.equal(careless(first) === careless(second), alike)
    assert.notEqual(careless([first.join('')]) === careless(first), first.length > 1)
  }),
)

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

sayHowMuch('log')

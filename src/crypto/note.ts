import { hash, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { err, ok } from '#domain/result.ts'
import type { Result } from '#domain/result.ts'
import { publicKeyOf, verifyingKey } from './signing-key.ts'

/** The public half of a note's signer, under its name. */
export interface VerifierKey {
  readonly name: string
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array
}

/** Why a note is not to be believed. */
export type NoteFault = 'malformed' | 'not_signed_by_key' | 'bad_signature'

const ED25519 = 0x01
const PUBLIC_BYTES = 32
const KEY_ID_BYTES = 4
/** 0x01 and the key in base64, which fills its characters. */
const KEY_CHARACTERS = 44
/** More than our own notes ever need; c2sp.org/signed-note asks that 16 signatures are taken. */
const NOTE_CHARACTERS_MAX = 65_536
const NAME = /^[^\s+\p{Cc}]+$/u

/** The id of an Ed25519 key: SHA-256(name || 0x0A || 0x01 || key)[:4] (c2sp.org/signed-note). */
export function keyId(key: VerifierKey): Uint8Array {
  const head = Buffer.from(`${key.name}\n`)
  const sum = hash('sha256', Buffer.concat([head, Buffer.of(ED25519), key.publicKey]), 'buffer')
  return sum.subarray(0, KEY_ID_BYTES)
}

/**
 * The key as text for people to keep: `<name>+<key id, hex>+<base64 of 0x01 and the key>`, as
 * golang.org/x/mod/sumdb/note writes it. Throws RangeError for a name or a key that cannot be one.
 */
export function formatVerifierKey(key: VerifierKey): string {
  checkKey(key)
  const id = Buffer.from(keyId(key)).toString('hex')
  const text = Buffer.concat([Buffer.of(ED25519), key.publicKey]).toString('base64')
  return `${key.name}+${id}+${text}`
}

/** The key in `text`, or `null` when it is not one, or its id is not its own. Never throws. */
export function parseVerifierKey(text: string): VerifierKey | null {
  const bytes = Buffer.from(text.slice(-KEY_CHARACTERS), 'base64')
  const key = { name: text.slice(0, text.indexOf('+')), publicKey: bytes.subarray(1) }
  const isOne = NAME.test(key.name) && key.publicKey.length === PUBLIC_BYTES
  return isOne && formatVerifierKey(key) === text ? key : null
}

/**
 * A signed note (c2sp.org/signed-note) over `text`, which must end in a newline and hold no other
 * control character. Throws RangeError for another text or a name that cannot be one.
 */
export function signNote(text: string, name: string, privateKey: KeyObject): string {
  if (!isNoteText(text)) throw new RangeError('not the text of a note')
  const key = { name, publicKey: publicKeyOf(privateKey) }
  checkKey(key)
  const signature = Buffer.concat([keyId(key), sign(null, Buffer.from(text), privateKey)])
  return `${text}\n${signatureLine(name, signature)}\n`
}

/**
 * The text of a note that `key` signed. Signatures of other keys are passed over; one of `key` that
 * does not hold refuses the whole note, as c2sp.org/signed-note says. Never throws.
 */
export function openNote(note: string, key: VerifierKey): Result<string, NoteFault> {
  const split = note.lastIndexOf('\n\n')
  const text = note.slice(0, split + 1)
  if (note.length > NOTE_CHARACTERS_MAX || !note.endsWith('\n')) return err('malformed')
  if (!isNoteText(text)) return err('malformed')
  const lines = note.slice(split + 2, -1).split('\n')
  const id = Buffer.from(keyId(key))
  let signed = false
  for (const line of lines) {
    const at = line.lastIndexOf(' ')
    const name = line.slice(2, at)
    const bytes = Buffer.from(line.slice(at + 1), 'base64')
    if (!NAME.test(name) || line !== signatureLine(name, bytes)) return err('malformed')
    if (bytes.length <= KEY_ID_BYTES) return err('malformed')
    if (name !== key.name || !bytes.subarray(0, KEY_ID_BYTES).equals(id)) continue
    if (!signatureHolds(text, bytes.subarray(KEY_ID_BYTES), key)) return err('bad_signature')
    signed = true
  }
  return signed ? ok(text) : err('not_signed_by_key')
}

const signatureLine = (name: string, bytes: Buffer): string =>
  `— ${name} ${bytes.toString('base64')}`

function signatureHolds(text: string, signature: Uint8Array, key: VerifierKey): boolean {
  return verify(null, Buffer.from(text), verifyingKey(key.publicKey), signature)
}

function isNoteText(text: string): boolean {
  return text.endsWith('\n') && text.isWellFormed() && !/(?!\n)\p{Cc}/u.test(text)
}

function checkKey(key: VerifierKey): void {
  if (!NAME.test(key.name)) throw new RangeError('a key name has no space, plus or control sign')
  if (key.publicKey.length !== PUBLIC_BYTES) throw new RangeError('a public key has 32 bytes')
}

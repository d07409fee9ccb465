import { isUtf8 } from 'node:buffer'
import { scrypt } from 'node:crypto'
import { readPrivateFile, RootKeyFault } from '#kms/private-file.ts'
import { takeRootKey } from '#kms/root-key.ts'
import type { RootKey } from '#kms/root-key.ts'
import { SCRYPT } from './format.ts'

const KEY_BYTES = 32
const CHARACTERS_MIN = 12
const NEWLINE = 0x0a
const RETURN = 0x0d
/** What scrypt needs is 128 * N * r bytes (RFC 7914, section 2) and a little more. */
const MEMORY_MAX = 192 * 1024 * 1024

/**
 * The passphrase in a file, without the newline at its end; the caller clears it. Throws
 * `RootKeyFault` for a file that is missing or open to others, for bytes that are not UTF-8 and for
 * fewer than 12 characters.
 */
export async function readPassphrase(path: string): Promise<Buffer> {
  const bytes = await readPrivateFile(path)
  if (bytes === null) throw new RootKeyFault(`there is no passphrase file at ${path}`)
  let end = bytes.length
  if (end > 0 && bytes[end - 1] === NEWLINE) end -= 1
  if (end > 0 && bytes[end - 1] === RETURN) end -= 1
  const passphrase = bytes.subarray(0, end)
  const characters = countCharacters(passphrase)
  if (characters !== null && characters >= CHARACTERS_MIN) return passphrase
  bytes.fill(0)
  if (characters === null) throw new RootKeyFault(`${path} is not UTF-8 text`)
  throw new RootKeyFault(`the passphrase in ${path} has fewer than ${CHARACTERS_MIN} characters`)
}

/** The root key of a passphrase and a salt, by scrypt (RFC 7914); about half a second of one core. */
export async function deriveRootKey(passphrase: Uint8Array, salt: Uint8Array): Promise<RootKey> {
  const cost = { N: 2 ** SCRYPT.logN, r: SCRYPT.r, p: SCRYPT.p, maxmem: MEMORY_MAX }
  const raw = await new Promise<Buffer>((resolve, reject) => {
    scrypt(passphrase, salt, KEY_BYTES, cost, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
  const key = takeRootKey(raw)
  if (key === null) throw new Error('scrypt gives zeros')
  return key
}

/** Counts without making a string of it: a character is any byte that does not continue one. */
function countCharacters(text: Uint8Array): number | null {
  if (!isUtf8(text)) return null
  return text.reduce((count, byte) => ((byte & 0xc0) === 0x80 ? count : count + 1), 0)
}

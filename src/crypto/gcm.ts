import { createCipheriv, createDecipheriv } from 'node:crypto'

export const GCM_KEY_BYTES = 32
export const GCM_NONCE_BYTES = 12
export const GCM_TAG_BYTES = 16

const ALGORITHM = 'aes-256-gcm'
/** Stated always: without it, some releases of Node take a tag of 4 bytes for a whole one. */
const OPTIONS = { authTagLength: GCM_TAG_BYTES } as const

/**
 * Encrypts under AES-256-GCM (NIST SP 800-38D) with a 32-byte key and a 12-byte nonce, and writes
 * ciphertext and 16-byte tag into `out` from `at` on. Throws RangeError for a key or nonce of
 * another length. That a pair of key and nonce is used once is the caller's promise.
 */
export function sealGcm(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
  out: Uint8Array,
  at: number,
): void {
  check(key, nonce)
  const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS)
  cipher.setAAD(aad)
  out.set(cipher.update(plaintext), at)
  cipher.final()
  out.set(cipher.getAuthTag(), at + plaintext.length)
}

/**
 * The plaintext of ciphertext and tag, in memory of its own, or `null` when they are not authentic
 * or too short to be. Throws RangeError for a key or nonce of another length.
 */
export function openGcm(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | null {
  check(key, nonce)
  const end = sealed.length - GCM_TAG_BYTES
  if (end < 0) return null
  // A raw key: it is cleared when we say, where a KeyObject keeps a copy until it is collected.
  const decipher = createDecipheriv(ALGORITHM, key, nonce, OPTIONS)
  decipher.setAAD(aad)
  decipher.setAuthTag(sealed.subarray(end))
  const text = decipher.update(sealed.subarray(0, end))
  try {
    decipher.final()
    return text
  } catch {
    // What an altered text decrypts to was never anybody's value, and must not lie about.
    text.fill(0)
    return null
  }
}

function check(key: Uint8Array, nonce: Uint8Array): void {
  if (key.length !== GCM_KEY_BYTES) throw new RangeError('an AES-256-GCM key has 32 bytes')
  if (nonce.length !== GCM_NONCE_BYTES) throw new RangeError('an AES-GCM nonce has 12 bytes')
}

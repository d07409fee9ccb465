import { createPrivateKey, createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

const SEED_BYTES = 32
const PUBLIC_BYTES = 32

/** All of an Ed25519 private key in PKCS #8 but its seed (RFC 8410, section 7). */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
/** All of an Ed25519 public key in SPKI but the key itself (RFC 8410, section 4). */
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * The Ed25519 private key (RFC 8032) of a 32-byte seed. The seed stays the caller's to clear.
 * Throws RangeError for another length.
 */
export function signingKey(seed: Uint8Array): KeyObject {
  if (seed.length !== SEED_BYTES) throw new RangeError('an Ed25519 seed has 32 bytes')
  const der = Buffer.allocUnsafeSlow(PRIVATE_PREFIX.length + SEED_BYTES)
  der.set(PRIVATE_PREFIX)
  der.set(seed, PRIVATE_PREFIX.length)
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  } finally {
    der.fill(0)
  }
}

/** The 32 bytes of the public key (RFC 8032, section 5.1.5) that belongs to an Ed25519 private key. */
export function publicKeyOf(privateKey: KeyObject): Uint8Array {
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError('not an Ed25519 key')
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return spki.subarray(PUBLIC_PREFIX.length)
}

/** The key that checks signatures, from its 32 bytes. Throws RangeError for another length. */
export function verifyingKey(publicKey: Uint8Array): KeyObject {
  if (publicKey.length !== PUBLIC_BYTES) throw new RangeError('an Ed25519 public key has 32 bytes')
  const der = Buffer.concat([PUBLIC_PREFIX, publicKey])
  return createPublicKey({ key: der, format: 'der', type: 'spki' })
}

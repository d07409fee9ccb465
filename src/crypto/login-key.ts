import { constants, createPublicKey, publicEncrypt, type KeyObject } from 'node:crypto'

/** A PEM file of one SubjectPublicKeyInfo (RFC 7468 section 13) and nothing else. */
const PEM = /^-----BEGIN PUBLIC KEY-----\r?\n[A-Za-z0-9+/=\r\n]+-----END PUBLIC KEY-----\s*$/

const PEM_CHARACTERS_MAX = 4_096
const BITS_MIN = 2_048
/** What NIST SP 800-56B asks for; with a smaller one the padding alone would have to hold. */
const EXPONENT_MIN = 65_537n

/** The RSA key in a PEM text, or `null` for what is no key to encrypt a token for. */
export function readLoginKey(pem: string): KeyObject | null {
  if (pem.length > PEM_CHARACTERS_MAX || !PEM.test(pem)) return null
  const key = publicKeyIn(pem)
  if (key?.asymmetricKeyType !== 'rsa') return null
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  return modulusLength >= BITS_MIN && publicExponent >= EXPONENT_MIN ? key : null
}

function publicKeyIn(pem: string): KeyObject | null {
  try {
    return createPublicKey({ key: pem, format: 'pem', type: 'spki' })
  } catch {
    return null
  }
}

/** `bytes` by RSA-OAEP with SHA-256 for both hashes and no label (RFC 8017 section 7.1). */
export const encryptForLogin = (key: KeyObject, bytes: Uint8Array): Uint8Array =>
  publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, bytes)

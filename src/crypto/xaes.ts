import { createCipheriv } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { GCM_TAG_BYTES, openGcm, sealGcm } from './gcm.ts'

const KEY_BYTES = 32
const NONCE_BYTES = 24
const BLOCK_BYTES = 16

/** `sealXaes` gives this many bytes more than it takes: the tag. */
export const XAES_TAG_BYTES = GCM_TAG_BYTES
export const XAES_NONCE_BYTES = NONCE_BYTES

/** What was given is not what was sealed under this key, nonce and associated data. */
export class NotAuthentic extends Error {
  override readonly name = 'NotAuthentic'

  constructor() {
    super('not authentic')
  }
}

/**
 * Encrypts under XAES-256-GCM (c2sp.org/XAES-256-GCM): `key` of 32 bytes, `nonce` of 24, which may
 * be random for 2^80 messages. Gives ciphertext and 16-byte tag. Throws RangeError for a key or
 * nonce of another length.
 */
export function sealXaes(
  key: KeyObject,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  aad: Uint8Array,
): Uint8Array {
  const derived = deriveKey(key, nonce)
  try {
    const out = Buffer.allocUnsafeSlow(plaintext.length + GCM_TAG_BYTES)
    sealGcm(derived, nonce.subarray(12), aad, plaintext, out, 0)
    return out
  } finally {
    derived.fill(0)
  }
}

/**
 * Opens what `sealXaes` made with the same key, nonce and associated data, into memory of its own.
 * Throws `NotAuthentic` for anything else, RangeError for a key or nonce of another length.
 */
export function openXaes(
  key: KeyObject,
  nonce: Uint8Array,
  sealed: Uint8Array,
  aad: Uint8Array,
): Uint8Array {
  const derived = deriveKey(key, nonce)
  try {
    const plaintext = openGcm(derived, nonce.subarray(12), aad, sealed)
    if (plaintext === null) throw new NotAuthentic()
    return plaintext
  } finally {
    derived.fill(0)
  }
}

/**
 * Steps 1 to 5 of the specification's detailed key derivation: the counter KDF of NIST SP 800-108r1
 * over AES-CMAC (SP 800-38B), which for one block each is one AES call each.
 */
function deriveKey(key: KeyObject, nonce: Uint8Array): Buffer {
  if (key.symmetricKeySize !== KEY_BYTES) throw new RangeError('an XAES-256-GCM key has 32 bytes')
  if (nonce.length !== NONCE_BYTES) throw new RangeError('an XAES-256-GCM nonce has 24 bytes')
  const k1 = aes(key, Buffer.alloc(BLOCK_BYTES))
  double(k1)
  const blocks = Buffer.alloc(2 * BLOCK_BYTES)
  for (const i of [1, 2]) {
    const block = blocks.subarray((i - 1) * BLOCK_BYTES, i * BLOCK_BYTES)
    block[1] = i
    block[2] = 0x58
    block.set(nonce.subarray(0, 12), 4)
    k1.forEach((byte, at) => {
      block[at] = (block[at] ?? 0) ^ byte
    })
  }
  k1.fill(0)
  return aes(key, blocks)
}

/** AES-256 on whole blocks, of which none is held back for a padding. */
function aes(key: KeyObject, blocks: Uint8Array): Buffer {
  return createCipheriv('aes-256-ecb', key, null).update(blocks)
}

/** Doubles in GF(2^128), in place: how SP 800-38B, section 6.1, makes a CMAC subkey. */
function double(block: Buffer): void {
  const carry = (block[0] ?? 0) >> 7
  block.forEach((byte, at) => {
    block[at] = (byte << 1) | ((block[at + 1] ?? 0) >> 7)
  })
  block[BLOCK_BYTES - 1] = (block[BLOCK_BYTES - 1] ?? 0) ^ (carry * 0x87)
}

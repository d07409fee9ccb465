import { hash, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { Encoder } from './encode.ts'
import { NotAuthentic, openXaes, sealXaes, XAES_NONCE_BYTES, XAES_TAG_BYTES } from './xaes.ts'

const FORMAT = 1
const LABEL = 'strongroom/v1/wrap'
const FINGERPRINT_INFO = 'strongroom/v1/fingerprint'
const KEY_BYTES = 32
const FINGERPRINT_BYTES = 8
const NONCE_AT = 1 + FINGERPRINT_BYTES
const KEY_AT = NONCE_AT + XAES_NONCE_BYTES

/** The length of a wrapped key: format (1), fingerprint (8), nonce (24), key (32), tag (16). */
export const WRAPPED_BYTES = KEY_AT + KEY_BYTES + XAES_TAG_BYTES

/**
 * Names a 32-byte root key in 64 bits, such as `0f1e-2d3c-4b5a-6978`; safe to print and to store.
 * It is SHA-256 over an HKDF-SHA-256 output (RFC 5869) made for nothing else, so it says nothing
 * about the key or about any key derived from it. Throws RangeError for a key of another length.
 */
export function fingerprint(kek: KeyObject): string {
  return printFingerprint(fingerprintBytes(kek))
}

/** The fingerprint of the root key that `wrapped` names, or `null` when it is not a wrapped key. */
export function wrappedUnder(wrapped: Uint8Array): string | null {
  if (wrapped.length !== WRAPPED_BYTES || wrapped[0] !== FORMAT) return null
  return printFingerprint(wrapped.subarray(1, NONCE_AT))
}

/**
 * Wraps the 32 bytes of `key` under `kek` by XAES-256-GCM, bound to `context` (any bytes).
 * `random(24)` gives the nonce. Throws RangeError for a key, a root key or a nonce of another length.
 */
export function wrapKey(
  kek: KeyObject,
  context: Uint8Array,
  key: Uint8Array,
  random: (length: number) => Uint8Array,
): Uint8Array {
  if (key.length !== KEY_BYTES) throw new RangeError('a wrapped key has 32 bytes')
  const name = fingerprintBytes(kek)
  const nonce = random(XAES_NONCE_BYTES)
  const sealed = sealXaes(kek, nonce, key, associated(name, context))
  const out = Buffer.allocUnsafeSlow(WRAPPED_BYTES)
  out[0] = FORMAT
  out.set(name, 1)
  out.set(nonce, NONCE_AT)
  out.set(sealed, KEY_AT)
  return out
}

/**
 * The 32 bytes that `wrapKey` wrapped under the same root key and context, in memory that the
 * caller should clear. Throws `NotAuthentic` for anything else.
 */
export function unwrapKey(kek: KeyObject, context: Uint8Array, wrapped: Uint8Array): Uint8Array {
  if (wrapped.length !== WRAPPED_BYTES || wrapped[0] !== FORMAT) throw new NotAuthentic()
  const name = fingerprintBytes(kek)
  if (!timingSafeEqual(name, wrapped.subarray(1, NONCE_AT))) throw new NotAuthentic()
  const nonce = wrapped.subarray(NONCE_AT, KEY_AT)
  return openXaes(kek, nonce, wrapped.subarray(KEY_AT), associated(name, context))
}

function associated(name: Uint8Array, context: Uint8Array): Buffer {
  return new Encoder().text(LABEL).u8(FORMAT).fixed(name).bytes(context).view()
}

function fingerprintBytes(kek: KeyObject): Buffer {
  if (kek.symmetricKeySize !== KEY_BYTES) throw new RangeError('a root key has 32 bytes')
  const check = Buffer.from(hkdfSync('sha256', kek, new Uint8Array(0), FINGERPRINT_INFO, KEY_BYTES))
  return hash('sha256', check, 'buffer').subarray(0, FINGERPRINT_BYTES)
}

function printFingerprint(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex')
  return `${hex.slice(0, 4)}-${hex.slice(4, 8)}-${hex.slice(8, 12)}-${hex.slice(12)}`
}

import { createHmac, timingSafeEqual } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { StoreRef } from '#domain/store.ts'
import type { AccountId, InstallationId, SecretId, StoreId } from '#domain/ids.ts'
import { Encoder } from './encode.ts'
import { GCM_KEY_BYTES, GCM_NONCE_BYTES, GCM_TAG_BYTES, openGcm, sealGcm } from './gcm.ts'

/** One generation of an account key: 32 random bytes, held as a KeyObject. */
export interface ValueKey {
  readonly generation: number
  readonly key: KeyObject
}

/** What a sealed value is bound to. Nothing here ever changes while the version exists. */
export interface ValuePlace {
  readonly installation: InstallationId
  readonly account: AccountId
  readonly secret: SecretId | StoreId
  /** The version's number, from 1. */
  readonly version: number
  readonly store: StoreRef
  readonly file: boolean
}

/**
 * The one answer to every kind of damage: cut short, altered, moved, of an unknown format or under
 * another key. Which it was is not said, so that nothing can be learned by trying.
 */
export class DamagedEnvelope extends Error {
  override readonly name = 'DamagedEnvelope'

  constructor() {
    super('the sealed value is not what was written at this place')
  }
}

const FORMAT = 1
const SUITE = 1
const LABEL = 'strongroom/v1/value'
const OBJECT_TYPE = 'secret'
const FLAG_FILE = 1

const ACCOUNT_KEY_BYTES = 32
const SALT_BYTES = 32
const COMMITMENT_BYTES = 32
const SALT_AT = 2
const COMMITMENT_AT = SALT_AT + SALT_BYTES
const TEXT_AT = COMMITMENT_AT + COMMITMENT_BYTES

/** How much longer a sealed value is than the value: 82 bytes. */
export const ENVELOPE_OVERHEAD = TEXT_AT + GCM_TAG_BYTES

/**
 * A key made for one encryption needs no nonce of its own: NIST SP 800-38D, section 8, asks that no
 * pair of key and IV comes twice, and the key never comes twice.
 */
const NONCE = Buffer.alloc(GCM_NONCE_BYTES)

/** Sealing is synchronous, so one scratch encoder serves every call. It holds no secret. */
const scratch = new Encoder(512)

/**
 * Seals `plaintext` (any length that fits in memory) as one version of one secret.
 *
 * `random(32)` gives the salt. Output, byte by byte: format (1), suite (1), salt (32),
 * commitment (32), ciphertext, tag (16). Throws RangeError for a key that is not 32 bytes, a salt
 * that is not 32 bytes, or a place whose numbers are out of range.
 */
export function sealValue(
  key: ValueKey,
  place: ValuePlace,
  plaintext: Uint8Array,
  random: (length: number) => Uint8Array,
): Uint8Array {
  // Opening needs no such check: under a wrong key the commitment fails.
  if (key.key.symmetricKeySize !== ACCOUNT_KEY_BYTES)
    throw new RangeError('an account key has 32 bytes')
  const salt = random(SALT_BYTES)
  if (salt.length !== SALT_BYTES) throw new RangeError('a salt has 32 bytes')
  const start = bind(key.generation, place, salt)
  const derived = createHmac('sha512', key.key).update(scratch.view()).digest()
  try {
    const sealed = Buffer.allocUnsafeSlow(ENVELOPE_OVERHEAD + plaintext.length)
    sealed[0] = FORMAT
    sealed[1] = SUITE
    sealed.set(salt, SALT_AT)
    derived.copy(sealed, COMMITMENT_AT, GCM_KEY_BYTES)
    const once = derived.subarray(0, GCM_KEY_BYTES)
    sealGcm(once, NONCE, scratch.view(start), plaintext, sealed, TEXT_AT)
    return sealed
  } finally {
    derived.fill(0)
  }
}

/**
 * The plaintext of what `sealValue` made with the same key and place, in memory of its own (never
 * Node's shared pool), which the caller may clear. Throws `DamagedEnvelope` for anything else.
 *
 * The commitment is compared, in constant time, before anything is decrypted: AES-GCM alone does
 * not commit to its key, so one blob could open under two keys (CVE-2020-8897, CVE-2025-14763).
 */
export function openValue(key: ValueKey, place: ValuePlace, sealed: Uint8Array): Uint8Array {
  if (sealed.length < ENVELOPE_OVERHEAD) throw new DamagedEnvelope()
  if (sealed[0] !== FORMAT || sealed[1] !== SUITE) throw new DamagedEnvelope()
  const start = bind(key.generation, place, sealed.subarray(SALT_AT, COMMITMENT_AT))
  const derived = createHmac('sha512', key.key).update(scratch.view()).digest()
  try {
    const committed = sealed.subarray(COMMITMENT_AT, TEXT_AT)
    if (!timingSafeEqual(derived.subarray(GCM_KEY_BYTES), committed)) throw new DamagedEnvelope()
    const once = derived.subarray(0, GCM_KEY_BYTES)
    const plaintext = openGcm(once, NONCE, scratch.view(start), sealed.subarray(TEXT_AT))
    if (plaintext === null) throw new DamagedEnvelope()
    return plaintext
  } finally {
    derived.fill(0)
  }
}

/**
 * Writes what the derivation reads into `scratch`: label, suite and salt, then the context. Gives
 * the place where the context, which is also the associated data, begins.
 */
function bind(generation: number, place: ValuePlace, salt: Uint8Array): number {
  const start = scratch.reset().text(LABEL).u8(SUITE).fixed(salt).length
  scratch
    .text('SR')
    .u8(FORMAT)
    .u8(SUITE)
    .text(place.installation)
    .text(place.account)
    .text(OBJECT_TYPE)
    .text(place.secret)
    .u64(place.version)
    .u32(generation)
    .text(place.store)
    .u8(place.file ? FLAG_FILE : 0)
  return start
}

import { createHmac, createSecretKey, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Secret } from '#domain/secret.ts'
import { Encoder } from './encode.ts'
import type { ValueKey } from './envelope.ts'

/** The members of a secret's row that the MAC covers. */
export type MacRow = Pick<
  Secret,
  | 'id'
  | 'account'
  | 'group'
  | 'name'
  | 'description'
  | 'type'
  | 'metadata'
  | 'file'
  | 'current'
  | 'deletedAt'
>

const FORMAT = 1
const LABEL = 'strongroom/v1/row'
const INFO = 'strongroom/v1/row-mac'
const KEY_BYTES = 32
const MAC_BYTES = 32
const MAC_AT = 5

/** The length of a row MAC as stored: format (1), generation (4), HMAC-SHA-256 (32). */
export const ROW_MAC_BYTES = MAC_AT + MAC_BYTES

/** The derived key lives as long as the account key that it comes from. */
const derived = new WeakMap<KeyObject, KeyObject>()

const scratch = new Encoder(1024)

/**
 * The MAC of a row under a key derived from the account key: format byte, the key's generation
 * (u32), then HMAC-SHA-256 (RFC 2104) over the row's canonical encoding. Throws RangeError for a
 * row with text that has no UTF-8 form or a number out of range.
 */
export function rowMac(key: ValueKey, row: MacRow): Uint8Array {
  const out = Buffer.allocUnsafeSlow(ROW_MAC_BYTES)
  out[0] = FORMAT
  out.writeUInt32BE(key.generation, 1)
  out.set(compute(key, row), MAC_AT)
  return out
}

/** Which generation of the account key made `mac`, or `null` when it is not a row MAC of ours. */
export function rowMacGeneration(mac: Uint8Array): number | null {
  if (mac.length !== ROW_MAC_BYTES || mac[0] !== FORMAT) return null
  return new DataView(mac.buffer, mac.byteOffset, mac.length).getUint32(1)
}

/**
 * Whether `mac` is the MAC of `row` under `key`, compared in constant time. False, and never an
 * error, for a MAC of another shape or another generation.
 */
export function rowMacHolds(key: ValueKey, row: MacRow, mac: Uint8Array): boolean {
  if (rowMacGeneration(mac) !== key.generation) return false
  return timingSafeEqual(compute(key, row), mac.subarray(MAC_AT))
}

function compute(key: ValueKey, row: MacRow): Buffer {
  scratch
    .reset()
    .text(LABEL)
    .u8(FORMAT)
    .u32(key.generation)
    .text(row.account)
    .text(row.group)
    .text(row.id)
    .text(row.name)
    .optionalText(row.description)
    .optionalText(row.type)
    .optionalText(row.metadata)
    .flag(row.file)
    .u64(row.current)
    .optionalU64(row.deletedAt)
  return createHmac('sha256', rowKey(key.key)).update(scratch.view()).digest()
}

/** HKDF-SHA-256 (RFC 5869) with an info string of its own: one key, one purpose. */
function rowKey(accountKey: KeyObject): KeyObject {
  const known = derived.get(accountKey)
  if (known !== undefined) return known
  if (accountKey.symmetricKeySize !== KEY_BYTES) throw new RangeError('an account key has 32 bytes')
  const raw = Buffer.from(hkdfSync('sha256', accountKey, new Uint8Array(0), INFO, KEY_BYTES))
  const made = createSecretKey(raw)
  raw.fill(0)
  derived.set(accountKey, made)
  return made
}

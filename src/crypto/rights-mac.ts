import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'
import { Encoder } from './encode.ts'

/** What a column of a row that says who may read may hold. */
export type RightsMember = string | number | null

const FORMAT = 1
const LABEL = 'strongroom/v1/rights'
const MAC_BYTES = 32
const MAC_AT = 1

/** The length of a seal as stored: format (1), HMAC-SHA-256 (32). */
export const RIGHTS_MAC_BYTES = MAC_AT + MAC_BYTES

const NULL = 0
const TEXT = 1
const NUMBER = 2

const scratch = new Encoder(1024)

/**
 * The seal of a row of `table` under the rights key: format byte, then HMAC-SHA-256 (RFC 2104) over
 * the name of the table and the members in their order, each behind a byte for its type. Throws
 * RangeError for a member that has no encoding (`encodable`).
 */
export function rightsMac(
  key: KeyObject,
  table: string,
  members: readonly RightsMember[],
): Uint8Array {
  const out = Buffer.allocUnsafeSlow(RIGHTS_MAC_BYTES)
  out[0] = FORMAT
  out.set(compute(key, table, members), MAC_AT)
  return out
}

/**
 * Whether `mac` is the seal of these members, compared in constant time. False, and never an error,
 * for a seal of another shape and for members such as only a damaged row holds.
 */
export function rightsMacHolds(
  key: KeyObject,
  table: string,
  members: readonly unknown[],
  mac: unknown,
): boolean {
  if (!(mac instanceof Uint8Array) || mac.length !== RIGHTS_MAC_BYTES) return false
  if (mac[0] !== FORMAT || !members.every(encodable)) return false
  return timingSafeEqual(compute(key, table, members), mac.subarray(MAC_AT))
}

const encodable = (member: unknown): member is RightsMember =>
  member === null ||
  (typeof member === 'string' && member.isWellFormed()) ||
  (typeof member === 'number' && Number.isSafeInteger(member) && member >= 0)

function compute(key: KeyObject, table: string, members: readonly RightsMember[]): Buffer {
  scratch.reset().text(LABEL).u8(FORMAT).text(table)
  for (const member of members) {
    if (member === null) scratch.u8(NULL)
    else if (typeof member === 'string') scratch.u8(TEXT).text(member)
    else scratch.u8(NUMBER).u64(member)
  }
  return createHmac('sha256', key).update(scratch.view()).digest()
}

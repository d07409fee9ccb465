import { createHmac } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { crc32 } from 'node:zlib'

export const TOKEN_TYPES = ['user', 'svc'] as const
export type TokenType = (typeof TOKEN_TYPES)[number]

/** A token just made. `text` is shown once and never stored; `keyId` is what it is looked up by. */
export interface MintedToken {
  readonly text: string
  readonly keyId: string
}

/** A token as it was shown, in its one canonical form. */
export interface ParsedToken {
  readonly type: TokenType
  readonly keyId: string
  readonly canonical: string
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const KEY_ID_DIGITS = 12
/** 62^43 is just above 2^256. */
const SECRET_DIGITS = 43
/** 62^6 is above 2^32. */
const CRC_DIGITS = 6
const TAIL_DIGITS = KEY_ID_DIGITS + 1 + SECRET_DIGITS + CRC_DIGITS
const SHAPE = /^sr_(?:user|svc)_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/

/**
 * A new token: `sr_<type>_<key id, 12><secret, 43><crc, 6>` with an underscore after the key id, all
 * digits base 62. The key id has 71 bits of chance, the secret 256. `random(n)` gives n bytes; it
 * is called until every digit is drawn without bias.
 */
export function mintToken(type: TokenType, random: (length: number) => Uint8Array): MintedToken {
  const keyId = drawDigits(KEY_ID_DIGITS, random)
  const body = `sr_${type}_${keyId}_${drawDigits(SECRET_DIGITS, random)}`
  return { text: body + checksum(body), keyId }
}

/**
 * The token in `text`, or `null` when it is none. Takes the token with `sr_` or with `tfy_` before
 * it; `canonical` always begins with `sr_`. Never throws; looks at no character twice, nor behind
 * those of a token. The checksum (CRC-32 over the canonical text before it) finds a slip of the
 * pen without a look into the database; it is no security.
 */
export function parseToken(text: string): ParsedToken | null {
  const canonical = text.replace(/^tfy_/, 'sr_')
  if (!SHAPE.test(canonical)) return null
  const [body, crc] = [canonical.slice(0, -CRC_DIGITS), canonical.slice(-CRC_DIGITS)]
  if (checksum(body) !== crc) return null
  const type = canonical.startsWith('sr_user_') ? 'user' : 'svc'
  return { type, keyId: canonical.slice(-TAIL_DIGITS, KEY_ID_DIGITS - TAIL_DIGITS), canonical }
}

/** The same token as the `tfy` command line takes it: `tfy_` in the place of `sr_`. */
export function tfyForm(canonical: string): string {
  return `tfy_${canonical.slice('sr_'.length)}`
}

/**
 * What is stored in the place of a token: HMAC-SHA-256 (RFC 2104) of its canonical text under the
 * token pepper; 32 bytes. A fast hash is right for 256 random bits. Compare it by `timingSafeEqual`.
 */
export function tokenDigest(pepper: KeyObject, canonical: string): Uint8Array {
  return createHmac('sha256', pepper).update(canonical).digest()
}

/** Draws base-62 digits by rejection: a byte of 248 or more would favour the first digits. */
function drawDigits(count: number, random: (length: number) => Uint8Array): string {
  const unbiased = DIGITS.length * Math.floor(256 / DIGITS.length)
  let digits = ''
  while (digits.length < count) {
    const bytes = random(count)
    for (const byte of bytes) {
      if (byte < unbiased && digits.length < count) digits += DIGITS.charAt(byte % DIGITS.length)
    }
    bytes.fill(0)
  }
  return digits
}

function checksum(body: string): string {
  let rest = crc32(body)
  let digits = ''
  for (let i = 0; i < CRC_DIGITS; i++) {
    digits = DIGITS.charAt(rest % DIGITS.length) + digits
    rest = Math.floor(rest / DIGITS.length)
  }
  return digits
}

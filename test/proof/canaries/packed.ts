import { isCompressed } from './compressed.ts'
import type { Read } from './texts.ts'

/** Bytes that stand in a text as digits. What is shorter than a window is left out. */

const BASE64_MIN = 16
const BYTES_MIN = 12

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const NONE = 64
const SEXTETS = new Uint8Array(256).fill(NONE)
for (let sextet = 0; sextet < 64; sextet++) SEXTETS[ALPHABET.charCodeAt(sextet)] = sextet
SEXTETS[0x2d] = 62
SEXTETS[0x5f] = 63

/**
 * A run may begin with what does not belong to it: it is read from each of four places. Words and
 * ids are runs too; what is read of them is neither text nor compressed, and is left out.
 */
function base64(text: Uint8Array): Uint8Array {
  let read = Buffer.allocUnsafe(4096)
  let length = 0
  for (let from = 0, at = 0; at <= text.length; at++) {
    if (at < text.length && SEXTETS[text[at] ?? 0] !== NONE) continue
    if (at - from >= BASE64_MIN) {
      const room = length + (at - from) * 4
      if (room > read.length) read = Buffer.concat([read], room * 2)
      for (let phase = 0; phase < 4; phase++) {
        const end = decode(text, from + phase, at, read, length)
        if (!saysAnything(read, length, end)) continue
        read[end] = 0
        length = end + 1
      }
    }
    from = at + 1
  }
  return read.subarray(0, length)
}

/** Whether there is a window of text, in bytes or in UTF-16, or something compressed. */
function saysAnything(bytes: Uint8Array, from: number, to: number): boolean {
  if (isCompressed(bytes, from)) return true
  let run = 0
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0
    run = byte === 0 || (byte >= 0x20 && byte < 0x7f) ? run + 1 : 0
    if (run >= BYTES_MIN) return true
  }
  return false
}

function decode(
  text: Uint8Array,
  from: number,
  to: number,
  into: Uint8Array,
  length: number,
): number {
  let next = length
  let bits = 0
  for (let at = from, place = 0; at < to; at++, place++) {
    bits = ((bits << 6) | (SEXTETS[text[at] ?? 0] ?? 0)) & 0xffff
    const rest = place & 3
    if (rest !== 0) into[next++] = bits >> (6 - rest * 2)
  }
  return next
}

const HEX = new Uint8Array(256).fill(NONE)
for (let digit = 0; digit < 16; digit++) {
  const sign = digit.toString(16)
  HEX[sign.charCodeAt(0)] = digit
  HEX[sign.toUpperCase().charCodeAt(0)] = digit
}
/** Between two bytes: `61 62`, `61:62`, `61-62`, `61,62`. */
const BETWEEN = new Set(Buffer.from(' :-,'))

/** As `616263`, from its first digit and from its second, or with one sign between any two bytes. */
function hex(text: Uint8Array): Uint8Array {
  const read: number[] = []
  for (let at = 0; at < text.length; at++) {
    if (HEX[text[at] ?? 0] === NONE) continue
    let digits = at
    while (digits < text.length && HEX[text[digits] ?? 0] !== NONE) digits++
    if (digits - at >= BYTES_MIN * 2) {
      for (const from of [at, at + 1]) {
        for (let n = from; n + 1 < digits; n += 2) read.push(byteAt(text, n))
        read.push(0)
      }
    }
    if (digits - at === 2) digits = apart(text, at, read)
    at = digits
  }
  return Uint8Array.from(read)
}

const byteAt = (text: Uint8Array, at: number): number =>
  ((HEX[text[at] ?? 0] ?? 0) << 4) | (HEX[text[at + 1] ?? 0] ?? 0)

/** Reads bytes with a sign between them; gives where they end. */
function apart(text: Uint8Array, from: number, read: number[]): number {
  const start = read.length
  let at = from
  while (HEX[text[at] ?? 0] !== NONE && HEX[text[at + 1] ?? 0] !== NONE) {
    read.push(byteAt(text, at))
    at += 2
    if (!BETWEEN.has(text[at] ?? 0)) break
    at += 1
  }
  if (read.length - start < BYTES_MIN) read.length = start
  else read.push(0)
  return at
}

/** As `[97,98,99]` and `97, 98, 99`. */
const DECIMAL = /\b[0-9]{1,3}(?:,\s*[0-9]{1,3}){11,}/g

const decimal = (text: Buffer): Uint8Array =>
  Buffer.concat(
    (text.toString('latin1').match(DECIMAL) ?? []).flatMap((run) => [
      Buffer.from(run.split(',').map(Number)),
      Buffer.alloc(1),
    ]),
  )

/** What stands in a text as base64 of either alphabet, as hexadecimal or as decimal bytes. */
export const unpacked = (text: Buffer): readonly Read[] =>
  [
    { as: 'base64', bytes: base64(text) },
    { as: 'hex', bytes: hex(text) },
    { as: 'decimal', bytes: decimal(text) },
  ].filter(({ bytes }) => bytes.length > 0)

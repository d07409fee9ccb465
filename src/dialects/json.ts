import { isUtf8 } from 'node:buffer'
import type { Fault } from '#domain/fault.ts'
import { JSON_DEPTH_MAX, JSON_ITEMS_MAX } from '#domain/limits.ts'
import { err, ok, type Result } from '#domain/result.ts'

const malformed = (why: string): Result<never, Fault> => err({ kind: 'malformed', why })

/**
 * JSON text as a value (RFC 8259). Refused: bytes that are not UTF-8, nesting deeper than
 * `JSON_DEPTH_MAX` or more parts than `JSON_ITEMS_MAX`, and strings that are not text (lone surrogates); with `exact` also numbers of
 * which a double would lose a digit. A refusal never repeats what was sent.
 */
export function readJson(bytes: Uint8Array, exact: boolean): Result<unknown, Fault> {
  if (!isUtf8(bytes)) return malformed('the body is not UTF-8')
  const tooMuch = tooMuchOf(bytes)
  if (tooMuch !== null) return malformed(tooMuch)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return malformed('the body is not JSON')
  }
  if (SURROGATE_ESCAPE.test(text) && !allText(value)) {
    const why = 'lone surrogates are not text'
    return err({ kind: 'invalid', problems: [{ at: ['body'], rule: 'not_text', why }] })
  }
  if (exact && LONG_NUMBER.test(text) && losesDigits(text)) {
    const problem = { at: ['body'], rule: 'number_precision' } as const
    return err({ kind: 'invalid', problems: [problem] })
  }
  return ok(value)
}

const OPEN = new Set([0x5b, 0x7b])
const CLOSE = new Set([0x5d, 0x7d])
const COMMA = 0x2c
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Counts brackets and commas outside of strings, before any parser walks them. */
function tooMuchOf(bytes: Uint8Array): string | null {
  let depth = 0
  let items = 0
  let inString = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (inString) {
      if (byte === BACKSLASH) at++
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (byte === COMMA || OPEN.has(byte)) {
      if (++items > JSON_ITEMS_MAX) return `the body holds more than ${JSON_ITEMS_MAX} parts`
      if (byte !== COMMA && ++depth > JSON_DEPTH_MAX) {
        return `the body nests deeper than ${JSON_DEPTH_MAX} levels`
      }
    } else if (CLOSE.has(byte)) depth--
  }
  return null
}

/** Only an escape can bring a lone surrogate into UTF-8 text. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/
/** Fifteen digits always fit a double (IEEE 754, DBL_DIG). */
const LONG_NUMBER = /[0-9.]{16}|[0-9][eE]/

function allText(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && allText(member))
}

function losesDigits(text: string): boolean {
  let lost = false
  // The reviver's third argument brings the source text of a number (ECMA-262, JSON.parse).
  const look = (_name: string, value: unknown, { source }: { source?: string }) => {
    if (typeof value === 'number' && source !== undefined) {
      lost ||= !surelyFits(source, value) && decimal(source) !== decimal(String(value))
    }
    return value
  }
  JSON.parse(text, look as (name: string, value: unknown) => unknown)
  return lost
}

const NORMAL_MIN = 2.2250738585072014e-308

/** Whether it has so few digits, and is so far from the ends, that a double keeps it (DBL_DIG). */
const surelyFits = (source: string, value: number): boolean =>
  source.length <= 15 &&
  (!/e/i.test(source) || (Number.isFinite(value) && Math.abs(value) >= NORMAL_MIN))

/** A number literal as its significant digits and the power of ten behind them. */
function decimal(literal: string): string {
  const [mantissa = '', exponent = '0'] = literal.toLowerCase().replace(/^-/, '').split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = (whole + fraction).replace(/^0+/, '')
  // Only from the first zero of a run: else a long run in the middle is walked from each of its zeros.
  const significant = digits.replace(/(?<!0)0+$/, '')
  if (significant === '') return '0'
  const power = Number(exponent) - fraction.length + (digits.length - significant.length)
  return `${significant}e${power}`
}

/** Whether `text` is JSON: all that the core is told of a value it must not look at. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Free metadata as the text it is kept in. */
export const metadataText = (metadata: Record<string, unknown> | null): string | null =>
  metadata === null ? null : JSON.stringify(metadata)

import { SecretValue } from '#domain/secret-value.ts'
import { plainTextOf } from '#stores/text.ts'

const MARKER = 'base64:'

/**
 * The largest value of the advanced tier, and what is left of it in base64; above the smaller one
 * that tier is needed (PutParameter’s page: 8 KB and 4 KB).
 */
export const SPELLED_BYTES_MAX = 8_192
export const STANDARD_BYTES_MAX = 4_096
export const ENCODED_BYTES_MAX = Math.floor((SPELLED_BYTES_MAX - MARKER.length) / 4) * 3

/**
 * A value as Parameter Store takes it, which is text. Nothing stands beside a version that is read with
 * it, so what is encoded says so itself: bytes, text that would be taken for a reference to
 * another parameter, and text that looks encoded.
 */
export function spelled(value: SecretValue): string {
  const text = asItIs(value)
  return text ?? MARKER + Buffer.from(value.reveal()).toString('base64')
}

function asItIs(value: SecretValue): string | null {
  const text = plainTextOf(value.reveal())
  return text === null || text.includes('{{') || text.startsWith(MARKER) ? null : text
}

/** The most bytes that a value of this kind may have. */
export const limitOf = (value: SecretValue): number =>
  asItIs(value) === null ? ENCODED_BYTES_MAX : SPELLED_BYTES_MAX

/** The value that was spelled so; `null` when it was not by us. */
export function valueIn(text: string): SecretValue | null {
  if (!text.startsWith(MARKER)) return SecretValue.fromText(text)
  const encoded = text.slice(MARKER.length)
  const bytes = Buffer.from(encoded, 'base64')
  return bytes.toString('base64') === encoded ? new SecretValue(bytes) : null
}

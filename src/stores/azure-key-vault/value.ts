import { SecretValue } from '#domain/secret-value.ts'
import type { Problem } from '#domain/fault.ts'
import { sizeProblems } from '#stores/sizes.ts'
import { textOf } from '#stores/text.ts'

/**
 * "Maximum size of 25k bytes" (learn.microsoft.com, About secrets): taken as the smaller of what that
 * may mean.
 */
const STORED_BYTES_MAX = 25_000

const TEXT = 'text/plain'
const BASE64 = 'application/octet-stream;base64'

/** A value as the vault keeps it: text, and what is told beside it of its kind. */
export interface Stored {
  readonly value: string
  readonly contentType: string
}

/** What is text as it is; other bytes as base64, and told so. */
export function stored(value: SecretValue): Stored {
  const bytes = value.reveal()
  const text = textOf(bytes)
  return text === null
    ? { value: Buffer.from(bytes).toString('base64'), contentType: BASE64 }
    : { value: text, contentType: TEXT }
}

/** The bytes that were put; `null` when they are not what it says they are. */
export function opened(value: string, contentType: string | undefined): SecretValue | null {
  if (contentType !== BASE64) return SecretValue.fromText(value)
  const bytes = Buffer.from(value, 'base64')
  return bytes.toString('base64') === value ? new SecretValue(bytes) : null
}

/** What the vault would not take: what is empty (its portal refuses it, and others fail on it), or too long. */
export function problemsOf(value: SecretValue): readonly Problem[] {
  const text = textOf(value.reveal()) !== null
  return sizeProblems(value, text ? STORED_BYTES_MAX : (STORED_BYTES_MAX / 4) * 3)
}

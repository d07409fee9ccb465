import type { Credential } from '#core/session.ts'
import type { Headers } from './dialect.ts'

const BEARER = /^Bearer +([^ ]+)$/i

/**
 * The token in the headers: of `keyHeader` (if the API has one) or of `Authorization: Bearer`. Two
 * are refused, whatever they hold, so that no request falls back from one to the other. Another
 * scheme or a broken header counts as a token, one that nobody bears.
 */
export function shownToken(
  headers: Headers,
  keyHeader: string | null,
  account: string | null,
): Credential {
  const key = keyHeader === null ? undefined : headers[keyHeader]
  const { authorization } = headers
  if (key !== undefined && authorization !== undefined) return { kind: 'several' }
  // A header that is sent twice is joined by a comma; no id of an account holds one.
  if (account?.includes(',') === true) return { kind: 'several' }
  const shown = key ?? authorization
  if (shown === undefined) return { kind: 'none' }
  if (typeof shown !== 'string') return { kind: 'several' }
  const text = key === undefined ? (BEARER.exec(shown)?.[1] ?? '') : shown
  return { kind: 'token', text, account }
}

/** A header that names something, or `null` when it is missing or empty. */
export function namedBy(headers: Headers, name: string): string | null {
  const value = headers[name]
  if (value === undefined) return null
  const text = typeof value === 'string' ? value : value.join(', ')
  return text === '' ? null : text
}

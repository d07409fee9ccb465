import type { Problem } from '#domain/fault.ts'
import { textProblem } from '#domain/names.ts'

const TITLE_CHARACTERS_MAX = 100
const TITLE = '^[^\\u0000-\\u001f\\u007f]+$'

/** What is wrong with the name of an account, a team, a subject or a token. */
export function titleProblem(title: string, at: Problem['at']): Problem | null {
  if (title.trim() === '') return { at, rule: 'too_short', limit: 1 }
  if (title !== title.trim() || !new RegExp(TITLE, 'u').test(title)) {
    return { at, rule: 'pattern', pattern: TITLE }
  }
  return textProblem(title, at, TITLE_CHARACTERS_MAX)
}

const EMAIL_CHARACTERS_MAX = 254
const EMAIL = '^[A-Za-z0-9.!#$%&*+/=?^_{|}~-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*$'

/**
 * An e-mail address in its one form: ASCII, lower case. Other spellings of one mailbox (spaces,
 * look-alike letters) are refused rather than folded, so that two people are never one subject.
 */
export function readEmail(
  raw: string,
  at: Problem['at'],
): { email: string } | { problem: Problem } {
  const limit = EMAIL_CHARACTERS_MAX
  if (raw.length > limit) return { problem: { at, rule: 'too_long', limit, unit: 'characters' } }
  // Checked before it is folded: the Kelvin sign folds to a k, and is none.
  return new RegExp(EMAIL, 'u').test(raw)
    ? { email: raw.toLowerCase() }
    : { problem: { at, rule: 'pattern', pattern: EMAIL } }
}

import type { Problem } from './fault.ts'
import type { GroupKind } from './group.ts'
import { DESCRIPTION_CHARACTERS_MAX, NAME_CHARACTERS_MAX } from './limits.ts'

/** What a name in a group must look like. */
export interface NameRule {
  readonly pattern: string
  readonly max: number
}

const text: NameRule = { pattern: '^[^\\u0000-\\u001f\\u007f]+$', max: NAME_CHARACTERS_MAX }
const variable: NameRule = { pattern: '^[A-Z][A-Z0-9_]*$', max: 255 }

/**
 * The rule of each kind of group. A secret keeps to the rule of the group it is in, whichever API
 * made it, so that every API that shows the group can name it.
 */
export const nameRules: Readonly<Record<GroupKind, NameRule>> = {
  account: { pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$', max: 90 },
  credentials: text,
  environment: variable,
  personal: variable,
  team: variable,
  tokens: text,
  named: { pattern: '^[^\\u0000-\\u001f\\u007f:/]+$', max: NAME_CHARACTERS_MAX },
}

const patterns = new Map<string, RegExp>()

/** The compiled form of a rule's pattern; none of them can backtrack more than its text is long. */
export function patternOf(source: string): RegExp {
  const known = patterns.get(source)
  if (known !== undefined) return known
  const made = new RegExp(source, 'u')
  patterns.set(source, made)
  return made
}

/** What is wrong with a name for a group of this kind, at `at` in the request; `null` if nothing. */
export function nameProblem(kind: GroupKind, name: string, at: Problem['at']): Problem | null {
  const { pattern, max } = nameRules[kind]
  if (name === '') return { at, rule: 'too_short', limit: 1 }
  if (name.length > max) return { at, rule: 'too_long', limit: max, unit: 'characters' }
  if (!name.isWellFormed()) return { at, rule: 'not_text', why: 'lone surrogates are not text' }
  // A path of one or two dots is taken out by every client before it is sent.
  if (name === '.' || name === '..') return { at, rule: 'reserved' }
  return patternOf(pattern).test(name) ? null : { at, rule: 'pattern', pattern }
}

/** What is wrong with free text such as a description; `null` if nothing. */
export function textProblem(
  text: string,
  at: Problem['at'],
  limit = DESCRIPTION_CHARACTERS_MAX,
): Problem | null {
  if (text.length > limit) return { at, rule: 'too_long', limit, unit: 'characters' }
  if (!text.isWellFormed()) return { at, rule: 'not_text', why: 'lone surrogates are not text' }
  if (text.includes('\u0000')) return { at, rule: 'not_text', why: 'it must not hold NUL' }
  return null
}

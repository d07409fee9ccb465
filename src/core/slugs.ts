import type { Problem } from '#domain/fault.ts'
import { parseId, type AccountId, type Id } from '#domain/ids.ts'
import type { Reads } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Verb } from './perform.ts'

const CHARACTERS_MIN = 3
const CHARACTERS_MAX = 30
const SLUG = '^[a-z0-9-]+$'

/** What is wrong with a slug, at `at` in the request; `null` if nothing. */
export function slugProblem(slug: string, at: Problem['at']): Problem | null {
  if (slug.length < CHARACTERS_MIN) return { at, rule: 'too_short', limit: CHARACTERS_MIN }
  if (slug.length > CHARACTERS_MAX) {
    return { at, rule: 'too_long', limit: CHARACTERS_MAX, unit: 'characters' }
  }
  if (!new RegExp(SLUG, 'u').test(slug)) return { at, rule: 'pattern', pattern: SLUG }
  // Clients take a team by its slug or by its id: what an id means must not change with a slug.
  return parseId(slug) === null ? null : { at, rule: 'reserved' }
}

const TRIES = 9
const SUFFIX_CHARACTERS = 10

/** The slugs that a name suggests, the plainest first; the last one is nobody else's. */
export function slugsFor(name: string, id: Id<string>): readonly string[] {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^-|-$/gu, '')
  const word = plain.length < CHARACTERS_MIN ? `team-${plain}`.replace(/-$/u, '') : plain
  const ended = (end: string) =>
    `${word.slice(0, CHARACTERS_MAX - end.length).replace(/(?<!-)-+$/u, '')}${end}`
  const numbers = Array.from({ length: TRIES }, (_, n) => (n === 0 ? '' : `-${n + 1}`))
  const slugs = [...numbers, `-${id.slice(-SUFFIX_CHARACTERS)}`].map(ended)
  return slugs.filter((slug) => slugProblem(slug, []) === null)
}

/** The first of the slugs for a name that nobody has; `null` for none. */
export async function freeSlug(
  reads: Reads,
  account: AccountId,
  name: string,
  id: Id<string>,
): Promise<string | null> {
  for (const slug of slugsFor(name, id)) {
    if ((await reads.slugOwner(account, slug)) === null) return slug
  }
  return null
}

export interface SetSlug {
  readonly slug: string
  /** Whose: a team's, or (`null`) the caller's. */
  readonly team: string | null
}

/**
 * Gives a user or a team the slug by which its environments are addressed, in the place of the one
 * it had, which is free from then on.
 */
export const setSlug: Verb<SetSlug, { readonly slug: string }, 'slug.set'> = {
  action: 'slug.set',
  async decide(core, caller, { slug, team: raw }) {
    const { account, subject } = caller
    const id = raw === null ? null : parseId<'team'>(raw)
    const team = id === null ? null : await core.database.reads.team(account, id)
    if (raw !== null && team === null) return { fault: { kind: 'not_found', thing: 'team' } }
    const target =
      team === null
        ? ({ kind: 'subject', id: subject.id, name: subject.email ?? subject.name } as const)
        : ({ kind: 'team', id: team.id, name: team.name } as const)
    const resource =
      team === null ? ({ kind: 'self' } as const) : ({ kind: 'team', id: team.id } as const)
    const grant = authorize(caller, 'slug.set', resource, target)
    if (!grant.ok) return { fault: grant.error, target }
    if (team === null && subject.kind !== 'user') {
      const needs = 'a user or a team: a service account owns nothing that a slug would name'
      return { fault: { kind: 'denied', needs }, target }
    }
    const problem = slugProblem(slug, ['body', 'slug'])
    if (problem !== null) return { fault: { kind: 'invalid', problems: [problem] }, target }
    const owner = team?.id ?? subject.id
    return {
      grant: grant.value,
      writes: [{ write: 'slug', account, owner, slug }],
      answer: () => ({ slug }),
    }
  },
}

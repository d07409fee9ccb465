import type { Doer } from '#domain/secret.ts'
import type { Subject } from '#domain/subject.ts'
import type { Team } from '#ports/database.ts'
import { LIMIT_DEFAULT } from './schemas.ts'

/** How the nouns of the domain look on this wire. */

/** The name by which manifests speak of a subject. */
export const slugOf = ({ email, name }: Pick<Subject, 'email' | 'name'>): string => email ?? name

const subjectTypes = { user: 'user', service_account: 'virtualaccount' } as const

export const subject = (of: Pick<Subject, 'id' | 'kind' | 'email' | 'name'>) => ({
  subjectId: of.id,
  subjectType: subjectTypes[of.kind],
  subjectSlug: slugOf(of),
  subjectDisplayName: of.name,
})

/** One whose row cannot be found any more. */
export const subjectLost = ({ id, kind }: Doer) => ({
  subjectId: id,
  subjectType: subjectTypes[kind],
  subjectSlug: null,
  subjectDisplayName: null,
})

export const team = ({ id, name }: Pick<Team, 'id' | 'name'>) => ({
  subjectId: id,
  subjectType: 'team',
  subjectSlug: name,
  subjectDisplayName: name,
})

export interface PageAsked {
  readonly offset: number
  readonly limit: number
}

export const pageAsked = (query: {
  readonly limit?: number | null
  readonly offset?: number | null
}): PageAsked => ({ limit: query.limit ?? LIMIT_DEFAULT, offset: query.offset ?? 0 })

/** A page past the end is an empty one: clients walk on until they see it. */
export const page = <T>(data: readonly T[], total: number, { offset, limit }: PageAsked) => ({
  data,
  pagination: { total, offset, limit },
})

/** The texts of a parameter that may come once, several times, or parted by commas. */
export const texts = (given: string | readonly string[] | undefined): readonly string[] =>
  [given ?? []]
    .flat()
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '')

import type { Id } from '#domain/ids.ts'
import type { Caller, Subject, SubjectKind } from '#domain/subject.ts'
import type { IdPage, Member, Team, Token } from '#ports/database.ts'
import type { Core } from './core.ts'

const PAGE = 500

/** All rows of a list that is read in the order of ids. */
async function all<T>(
  read: (page: IdPage) => Promise<readonly T[]>,
  idOf: (row: T) => string,
): Promise<readonly T[]> {
  const found: T[] = []
  for (let after = ''; ;) {
    const rows = await read({ after, limit: PAGE })
    found.push(...rows)
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return found
    after = idOf(last)
  }
}

const idOf = ({ id }: { readonly id: string }): string => id

/** The users or the service accounts of the caller's account that were not removed. */
export async function everySubject(
  { database: { reads } }: Core,
  { account }: Caller,
  kind: SubjectKind,
): Promise<readonly Subject[]> {
  const rows = await all((page) => reads.subjects(account, page), idOf)
  return rows.filter((row) => row.kind === kind && row.state !== 'removed')
}

export const everyTeam = (
  { database: { reads } }: Core,
  { account }: Caller,
): Promise<readonly Team[]> => all((page) => reads.teams(account, page), idOf)

export const everyMember = (
  { database: { reads } }: Core,
  team: Id<'team'>,
): Promise<readonly Member[]> =>
  all(
    (page) => reads.members(team, page),
    ({ subject }) => subject.id,
  )

/** A subject's tokens that were not revoked, also those that are past their end. */
export async function everyToken(
  { database: { reads } }: Core,
  subject: Id<'subject'>,
): Promise<readonly Token[]> {
  const rows = await all((page) => reads.tokens(subject, page), idOf)
  return rows.filter(({ revokedAt }) => revokedAt === null)
}

/** A part of a list, by how many come before it. */
export interface Part {
  readonly offset: number
  readonly limit: number
}

export interface PartOf<T> {
  readonly items: readonly T[]
  /** How many the whole list has. */
  readonly total: number
}

export const partOf = <T>(whole: readonly T[], { offset, limit }: Part): PartOf<T> => ({
  items: whole.slice(offset, offset + limit),
  total: whole.length,
})

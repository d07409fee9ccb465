import { parseId, type TeamId } from '#domain/ids.ts'
import type { Caller } from '#domain/subject.ts'
import type { Member, Team } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import type { Verb } from './perform.ts'

/** A page by its place in the whole. */
export interface OffsetPage {
  readonly offset: number
  readonly limit: number
}

export interface OffsetList<T> extends OffsetPage {
  readonly items: readonly T[]
  readonly total: number
}

/** A team as one of its members sees it. */
export interface OwnTeam {
  readonly team: Team
  readonly slug: string | null
  readonly manager: boolean
}

/** As many as a team is taken to have. */
const MEMBERS_MAX = 10_000

const membersOf = (core: Core, id: TeamId): Promise<readonly Member[]> =>
  core.database.reads.members(id, { after: '', limit: MEMBERS_MAX })

/** The teams that the caller is a member of, whatever its role in the account. */
export const listOwnTeams: Verb<OffsetPage, OffsetList<OwnTeam>, 'team.list'> = {
  action: 'team.list',
  fresh: () => true,
  async decide(core, caller, { offset, limit }) {
    const grant = authorize(caller, 'team.list', { kind: 'self' }, null)
    if (!grant.ok) return { fault: grant.error }
    const ids = caller.teams.toSorted()
    const page = ids.slice(offset, offset + limit)
    const found = await Promise.all(page.map((id) => ownTeam(core, caller, id)))
    const items = found.filter((one) => one !== null)
    const list = { items, total: ids.length, offset, limit }
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

async function ownTeam(core: Core, { account, subject }: Caller, id: TeamId) {
  const team = await core.database.reads.team(account, id)
  if (team === null) return null
  const members = await membersOf(core, id)
  const manager = members.some((one) => one.subject.id === subject.id && one.manager)
  return { team, slug: await core.database.reads.slugOf(id), manager }
}

/** The members of a team, by their place in the whole. */
export const pageMembers: Verb<
  OffsetPage & { readonly team: string },
  OffsetList<Member>,
  'team.get'
> = {
  action: 'team.get',
  async decide(core, caller, { team: raw, offset, limit }) {
    const id = parseId<'team'>(raw)
    const team = id === null ? null : await core.database.reads.team(caller.account, id)
    if (team === null) return { fault: { kind: 'not_found', thing: 'team' } }
    const target = { kind: 'team', id: team.id, name: team.name } as const
    const grant = authorize(caller, 'team.get', { kind: 'team', id: team.id }, target)
    if (!grant.ok) return { fault: grant.error, target }
    const members = await membersOf(core, team.id)
    const items = members.slice(offset, offset + limit)
    const list = { items, total: members.length, offset, limit }
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

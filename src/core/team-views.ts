import type { Caller, Subject } from '#domain/subject.ts'
import type { Account, Member, Team } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { everyMember, everyTeam, partOf, type Part, type PartOf } from './everyone.ts'
import type { Verb } from './perform.ts'
import { findTeam, type TeamRef } from './teams.ts'

/** A team with its people. */
export interface TeamView {
  readonly team: Team
  readonly account: Account
  readonly madeBy: Subject | null
  readonly manifest: string | null
  readonly updatedAt: number
  readonly members: readonly Member[]
}

export async function viewTeam(core: Core, caller: Caller, team: Team): Promise<TeamView> {
  const { reads } = core.database
  const own = await core.groups.own('team', team.id)
  const state = own && (await reads.groupState(own.id))
  return {
    team,
    account: await core.people.account(caller),
    madeBy: await reads.subject(caller.account, team.createdBy),
    manifest: await reads.manifest(team.id),
    updatedAt: state?.updatedAt ?? team.createdAt,
    members: await everyMember(core, team.id),
  }
}

export interface ListTeams extends Part {
  /** Only those that the caller may manage. */
  readonly managed: boolean
}

/** All teams for an admin, the caller's own for a member; oldest first. */
export const listTeamViews: Verb<ListTeams, PartOf<TeamView>, 'team.list'> = {
  action: 'team.list',
  fresh: () => true,
  async decide(core, caller, { managed, ...part }) {
    const grant = authorize(caller, 'team.list', { kind: 'self' }, null)
    if (!grant.ok) return { fault: grant.error }
    const all = await everyTeam(core, caller)
    const admin = caller.subject.role === 'admin'
    const seen = admin ? all : all.filter(({ id }) => caller.teams.includes(id))
    const views = (teams: readonly Team[]) =>
      Promise.all(teams.map((team) => viewTeam(core, caller, team)))
    const mine = ({ members }: TeamView) =>
      members.some(({ subject, manager }) => manager && subject.id === caller.subject.id)
    if (managed && !admin) {
      const list = partOf((await views(seen)).filter(mine), part)
      return { grant: grant.value, writes: [], answer: () => list }
    }
    const { items, total } = partOf(seen, part)
    const list = { items: await views(items), total }
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

export const getTeamView: Verb<TeamRef, TeamView, 'team.get'> = {
  action: 'team.get',
  async decide(core, caller, { team: raw }) {
    const found = await findTeam(core, caller, 'team.get', raw)
    if (!found.ok) return found.error
    const view = await viewTeam(core, caller, found.value.team)
    return { grant: found.value.grant, writes: [], answer: () => view }
  },
}

export interface ListPeople extends TeamRef, Part {
  /** Which of its people. Pure. */
  readonly where: (one: Member) => boolean
}

/** Some of the people of a team, in the order of their ids. */
export const listTeamPeople: Verb<ListPeople, PartOf<Member>, 'team.get'> = {
  action: 'team.get',
  async decide(core, caller, { team: raw, where, ...part }) {
    const found = await findTeam(core, caller, 'team.get', raw)
    if (!found.ok) return found.error
    const members = await everyMember(core, found.value.team.id)
    const list = partOf(members.filter(where), part)
    return { grant: found.value.grant, writes: [], answer: () => list }
  },
}

import type { Action } from '#domain/action.ts'
import type { Fault } from '#domain/fault.ts'
import type { Grant } from '#domain/grant.ts'
import { parseId } from '#domain/ids.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Caller, Subject } from '#domain/subject.ts'
import type { Member, Team } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { ownGroup } from './founding.ts'
import type { PageOfAll } from './list-groups.ts'
import type { Decision, Refused, Verb } from './perform.ts'
import { freeSlug } from './slugs.ts'
import { findSubject } from './subjects.ts'
import { readEmail, titleProblem } from './titles.ts'

/** How the record names a team. */
export const teamTarget = ({ id, name }: Team) => ({ kind: 'team', id, name }) as const

const missing: Fault = { kind: 'not_found', thing: 'team' }

/** Makes a team with its group; its maker is its first member. */
export const createTeam: Verb<{ readonly name: string }, Team, 'team.create'> = {
  action: 'team.create',
  async decide(core, caller, { name }) {
    const { account, subject } = caller
    const at = core.world.now()
    const id = core.newId<'team'>()
    const team: Team = { id, account, name, createdAt: at, createdBy: subject.id }
    const grant = authorize(caller, 'team.create', { kind: 'self' }, teamTarget(team))
    if (!grant.ok) return { fault: grant.error }
    const problem = titleProblem(name, ['body', 'name'])
    if (problem !== null) return { fault: { kind: 'invalid', problems: [problem] } }
    const owner = { kind: 'team', id: team.id } as const
    const slug = await freeSlug(core.database.reads, account, name, id)
    const store = await core.database.reads.defaultStore(account)
    return {
      grant: grant.value,
      writes: [
        { write: 'team', row: team },
        { write: 'member', team: team.id, subject: subject.id, at, manager: true },
        ownGroup(core, 'team', { name, owner, account, by: subject.id, store }),
        ...(slug === null ? [] : [{ write: 'slug', account, owner: id, slug } as const]),
      ],
      answer: () => team,
    }
  },
}

/** The team, and the leave to do this to it. */
export async function findTeam<A extends Action>(
  core: Core,
  caller: Caller,
  action: A,
  raw: string,
): Promise<Result<{ team: Team; grant: Grant<A> }, Refused>> {
  const id = parseId<'team'>(raw)
  const team = id === null ? null : await core.database.reads.team(caller.account, id)
  if (team === null) return err({ fault: missing })
  const target = teamTarget(team)
  const grant = authorize(caller, action, { kind: 'team', id: team.id }, target)
  return grant.ok ? ok({ team, grant: grant.value }) : err({ fault: grant.error, target })
}

export interface TeamList {
  readonly items: readonly Team[]
  readonly more: boolean
}

/** All teams for an admin, the caller's own for a member. */
export const listTeams: Verb<PageOfAll, TeamList, 'team.list'> = {
  action: 'team.list',
  fresh: () => true,
  async decide(core, caller, { after, limit }) {
    const grant = authorize(caller, 'team.list', { kind: 'self' }, null)
    if (!grant.ok) return { fault: grant.error }
    const rows =
      caller.subject.role === 'admin'
        ? await core.database.reads.teams(caller.account, { after, limit: limit + 1 })
        : await ownTeams(core, caller, { after, limit: limit + 1 })
    const list = { items: rows.slice(0, limit), more: rows.length > limit }
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

async function ownTeams(core: Core, caller: Caller, page: PageOfAll): Promise<readonly Team[]> {
  const ids = caller.teams.filter((id) => id > page.after).slice(0, page.limit)
  const teams = await Promise.all(ids.map((id) => core.database.reads.team(caller.account, id)))
  return teams.filter((team) => team !== null)
}

export interface TeamRef {
  readonly team: string
}

/** Removes a team that owns nothing any more but its own empty group. */
export const deleteTeam: Verb<TeamRef, { readonly id: string }, 'team.delete'> = {
  action: 'team.delete',
  async decide(core, caller, { team: raw }) {
    const found = await findTeam(core, caller, 'team.delete', raw)
    return found.ok ? removing(core, found.value) : found.error
  },
}

/** The end of a team: what it was given, its manifest and its slug go with it. */
export async function removing(
  core: Core,
  { team, grant }: { readonly team: Team; readonly grant: Grant<'team.delete'> },
): Promise<Decision<'team.delete', { readonly id: string }>> {
  const { reads } = core.database
  const groups = await reads.groupsOf(team.id, { after: '', limit: 2 })
  const [own] = groups
  if (groups.length > 1 || (own !== undefined && (await reads.groupSize(own.id)) > 0)) {
    const why = 'it still owns secrets or groups: delete or move those first'
    return { fault: { kind: 'in_use', thing: 'team', why }, target: grant.target }
  }
  const at = core.world.now()
  return {
    grant,
    writes: [
      { write: 'removed-team', id: team.id, at },
      { write: 'removed-members', team: team.id },
      { write: 'removed-grantee', id: team.id },
      { write: 'removed-slug', owner: team.id },
      { write: 'removed-manifest', of: team.id },
      ...(own === undefined ? [] : [{ write: 'removed-group', id: own.id, at } as const]),
      { write: 'raise-authority', account: team.account },
    ],
    answer: () => ({ id: team.id }),
  }
}

export interface MemberList {
  readonly items: readonly Member[]
  readonly more: boolean
}

export const listMembers: Verb<TeamRef & PageOfAll, MemberList, 'team.get'> = {
  action: 'team.get',
  async decide(core, caller, { team: raw, after, limit }) {
    const found = await findTeam(core, caller, 'team.get', raw)
    if (!found.ok) return found.error
    const { team, grant } = found.value
    const rows = await core.database.reads.members(team.id, { after, limit: limit + 1 })
    const list = { items: rows.slice(0, limit), more: rows.length > limit }
    return { grant, writes: [], answer: () => list }
  },
}

export interface MemberRef extends TeamRef {
  /** The id of a user or service account, or a user's e-mail address. */
  readonly member: string
}

async function findMember(core: Core, caller: Caller, member: string): Promise<Subject | null> {
  if (!member.includes('@')) return findSubject(core, caller, member)
  const read = readEmail(member, ['body', 'member'])
  return 'email' in read ? core.database.reads.subjectByEmail(caller.account, read.email) : null
}

const missingSubject: Fault = { kind: 'not_found', thing: 'subject' }

export const addMember: Verb<MemberRef, { readonly id: string }, 'team.member.add'> = {
  action: 'team.member.add',
  async decide(core, caller, { team: raw, member }) {
    const found = await findTeam(core, caller, 'team.member.add', raw)
    if (!found.ok) return found.error
    const { team, grant } = found.value
    const subject = await findMember(core, caller, member)
    if (subject === null) return { fault: missingSubject, target: grant.target }
    const at = core.world.now()
    return {
      grant,
      also: [{ kind: 'subject', id: subject.id, name: subject.email ?? subject.name }],
      writes: [{ write: 'member', team: team.id, subject: subject.id, at, manager: false }],
      answer: () => ({ id: subject.id }),
    }
  },
}

/** Takes a member out; what the team may is no more theirs from this answer on. */
export const removeMember: Verb<MemberRef, { readonly id: string }, 'team.member.remove'> = {
  action: 'team.member.remove',
  async decide(core, caller, { team: raw, member }) {
    const found = await findTeam(core, caller, 'team.member.remove', raw)
    if (!found.ok) return found.error
    const { team, grant } = found.value
    const subject = await findMember(core, caller, member)
    const page = { after: '', limit: 10_000 }
    const members = await core.database.reads.members(team.id, page)
    if (subject === null || !members.some((known) => known.subject.id === subject.id)) {
      return { fault: { kind: 'not_found', thing: 'member' }, target: grant.target }
    }
    return {
      grant,
      also: [{ kind: 'subject', id: subject.id, name: subject.email ?? subject.name }],
      writes: [
        { write: 'removed-member', team: team.id, subject: subject.id },
        { write: 'raise-authority', account: caller.account },
      ],
      answer: () => ({ id: subject.id }),
    }
  },
}

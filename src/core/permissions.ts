import type { SubjectId, TeamId } from '#domain/ids.ts'
import type { Caller, Subject } from '#domain/subject.ts'
import type { Account, Member, Team, Token } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { everyMember } from './everyone.ts'
import { rolesOf, type RoleIn } from './group-grants.ts'
import type { Verb } from './perform.ts'
import { subjectTarget } from './subjects.ts'
import { findTeam, type TeamRef } from './teams.ts'
import { findUser, missingUser } from './users.ts'

/** A role in a group with whom it was given to. */
export interface Permission extends RoleIn {
  readonly to: { readonly kind: 'user' | 'team'; readonly id: SubjectId | TeamId }
}

export interface Permissions {
  readonly account: Account
  /** What was given, by whatever gave it; not what being an admin or an owner brings. */
  readonly given: readonly Permission[]
}

async function givenTo(
  core: Core,
  caller: Caller,
  to: Permission['to'],
): Promise<readonly Permission[]> {
  const roles = await rolesOf(core, caller, await core.database.reads.collaborationsOf(to.id))
  return roles.map((one) => ({ ...one, to }))
}

export const teamPermissions: Verb<TeamRef, Permissions, 'team.get'> = {
  action: 'team.get',
  async decide(core, caller, { team: raw }) {
    const found = await findTeam(core, caller, 'team.get', raw)
    if (!found.ok) return found.error
    const { team, grant } = found.value
    const given = await givenTo(core, caller, { kind: 'team', id: team.id })
    const list = { account: await core.people.account(caller), given }
    return { grant, writes: [], answer: () => list }
  },
}

/** What a user was given in groups, and what their teams were. */
export const userPermissions: Verb<{ readonly id: string }, Permissions, 'subject.get'> = {
  action: 'subject.get',
  async decide(core, caller, { id }) {
    const user = await findUser(core, caller, id)
    if (user === null) return { fault: missingUser }
    const target = subjectTarget(user)
    const grant = authorize(caller, 'subject.get', { kind: 'subject', id: user.id }, target)
    if (!grant.ok) return { fault: grant.error, target }
    const given = [...(await givenTo(core, caller, { kind: 'user', id: user.id }))]
    for (const team of await core.database.reads.teamsOf(user.id)) {
      given.push(...(await givenTo(core, caller, { kind: 'team', id: team })))
    }
    const list = { account: await core.people.account(caller), given }
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

export interface Membership {
  readonly team: Team
  readonly manager: boolean
}

async function membership(
  core: Core,
  { account }: Caller,
  id: TeamId,
  of: SubjectId,
): Promise<Membership | null> {
  const team = await core.database.reads.team(account, id)
  const members: readonly Member[] = team === null ? [] : await everyMember(core, id)
  const own = members.find(({ subject }) => subject.id === of)
  return team === null || own === undefined ? null : { team, manager: own.manager }
}

/** The teams that a user is in. */
export const userTeams: Verb<{ readonly id: string }, readonly Membership[], 'subject.get'> = {
  action: 'subject.get',
  async decide(core, caller, { id }) {
    const user = await findUser(core, caller, id)
    if (user === null) return { fault: missingUser }
    const target = subjectTarget(user)
    const grant = authorize(caller, 'subject.get', { kind: 'subject', id: user.id }, target)
    if (!grant.ok) return { fault: grant.error, target }
    const ids = await core.database.reads.teamsOf(user.id)
    const rows = await Promise.all(ids.map((team) => membership(core, caller, team, user.id)))
    const list = rows.filter((row) => row !== null)
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

/** Who the token speaks for, with what people see of it. */
export interface Presence {
  readonly subject: Subject
  readonly account: Account
  readonly teams: readonly Team[]
  readonly token: Token
}

export const presence: Verb<null, Presence, 'whoami'> = {
  action: 'whoami',
  fresh: () => true,
  async decide(core, caller) {
    const grant = authorize(caller, 'whoami', { kind: 'self' }, null)
    if (!grant.ok) return { fault: grant.error }
    const { reads } = core.database
    const token = await reads.token(caller.account, caller.token.id)
    if (token === null) return { fault: { kind: 'bad_token' } }
    const teams = await Promise.all(caller.teams.map((id) => reads.team(caller.account, id)))
    const here: Presence = {
      ...{ subject: caller.subject, account: await core.people.account(caller), token },
      teams: teams.filter((team) => team !== null),
    }
    return { grant: grant.value, writes: [], answer: () => here }
  },
}

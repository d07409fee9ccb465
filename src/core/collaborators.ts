import type { Target } from '#domain/audit.ts'
import type { Fault } from '#domain/fault.ts'
import { GROUP_ROLES, type Collaborator, type Group, type GroupRole } from '#domain/group.ts'
import type { SubjectId, TeamId } from '#domain/ids.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Caller } from '#domain/subject.ts'
import type { Write } from '#ports/database.ts'
import type { Core } from './core.ts'
import { granteeCalled, type GranteeRef } from './find-people.ts'

/** Somebody a group is to be shared with. */
export interface CollaboratorAsked {
  readonly who: GranteeRef
  readonly role: GroupRole
}

/** Somebody a group is shared with, by the name people know. */
export interface NamedCollaborator {
  readonly kind: GranteeRef['kind']
  readonly id: Collaborator['id']
  /** An e-mail address, or the name of who has none. */
  readonly name: string
  readonly role: GroupRole
}

/** A role that was given by itself, by nothing else that also gives roles. */
export type Direct = Pick<Collaborator, 'kind' | 'id' | 'role'>

export async function directCollaborators(core: Core, { id }: Group): Promise<readonly Direct[]> {
  const all = await core.database.reads.collaborators(id)
  return all.filter(({ origin }) => origin === 'direct')
}

/** Collaborators of a group of the caller's account by name; who was removed meanwhile is left out. */
export async function namesOf(
  core: Core,
  caller: Caller,
  direct: readonly Direct[],
): Promise<readonly NamedCollaborator[]> {
  const named = await Promise.all(direct.map((one) => nameOne(core, caller, one)))
  return named.filter((one) => one !== null)
}

/** The direct collaborators of a group by name. */
export const namedCollaborators = async (
  core: Core,
  caller: Caller,
  group: Group,
): Promise<readonly NamedCollaborator[]> =>
  namesOf(core, caller, await directCollaborators(core, group))

async function nameOne(
  core: Core,
  caller: Caller,
  { kind, id, role }: Direct,
): Promise<NamedCollaborator | null> {
  if (kind === 'team') {
    const team = await core.database.reads.team(caller.account, id as TeamId)
    return team && { kind: 'team', id, name: team.name, role }
  }
  const subject = await core.people.subject(caller, id as SubjectId)
  if (subject === null || subject.state === 'removed') return null
  return { kind: subject.kind, id, name: subject.email ?? subject.name, role }
}

/** The collaborators that are asked for, each found and none of them twice. */
export async function findCollaborators(
  core: Core,
  caller: Caller,
  asked: readonly CollaboratorAsked[],
): Promise<Result<readonly Direct[], Fault>> {
  const found = new Map<string, Direct>()
  for (const [n, { who, role }] of asked.entries()) {
    const grantee = await granteeCalled(core, caller, who)
    if (grantee === null) {
      return err({ kind: 'not_found', thing: who.kind === 'team' ? 'team' : 'subject' })
    }
    if (found.has(grantee.id)) {
      const at = ['body', 'manifest', 'collaborators', n, 'subject']
      return err({ kind: 'invalid', problems: [{ at, rule: 'duplicate' }] })
    }
    found.set(grantee.id, { kind: grantee.kind, id: grantee.id, role })
  }
  return ok([...found.values()])
}

const rank = (role: GroupRole): number => GROUP_ROLES.indexOf(role)

/**
 * Makes `after` the direct collaborators of a group that has `before`. To go with a write that holds
 * the group still: nobody may share it otherwise meanwhile.
 */
export function sharing(
  { id, account }: Group,
  before: readonly Direct[],
  after: readonly Direct[],
): readonly Write[] {
  const takesAway = before.some(
    (had) => !after.some((has) => has.id === had.id && rank(has.role) >= rank(had.role)),
  )
  const origin = 'direct'
  return [
    ...(before.length > 0 ? [{ write: 'removed-collaborations', origin, group: id } as const] : []),
    ...after.map(
      (one) => ({ write: 'collaboration', row: { ...one, group: id, origin } }) as const,
    ),
    ...(takesAway ? [{ write: 'raise-authority', account } as const] : []),
  ]
}

/** Those whose role in a group is another `after` than it was `before`, for the record. */
export const touched = (before: readonly Direct[], after: readonly Direct[]): readonly Target[] =>
  [...before.filter(lacking(after)), ...after.filter(lacking(before))]
    .filter(({ id }, n, all) => all.findIndex((one) => one.id === id) === n)
    .map(({ kind, id }) => ({ kind, id }))

const lacking =
  (among: readonly Direct[]) =>
  ({ id, role }: Direct): boolean =>
    !among.some((one) => one.id === id && one.role === role)

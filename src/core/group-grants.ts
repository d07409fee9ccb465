import type { Fault } from '#domain/fault.ts'
import type { Group, GroupRole } from '#domain/group.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Caller } from '#domain/subject.ts'
import type { Collaboration } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { groupNamed } from './full-names.ts'
import { groupTarget } from './locate.ts'

/** A role in a group that somebody is to be given. */
export interface GroupGrant {
  /** The full name of a named group. */
  readonly group: string
  readonly role: GroupRole
}

export interface RoleIn {
  readonly group: Group
  readonly role: GroupRole
}

/**
 * The groups of roles to be given. Who gives one must be able to share the group: an admin of the
 * account does not come by this to a group that is somebody's own. No group may be there twice.
 */
export async function grantable(
  core: Core,
  caller: Caller,
  grants: readonly GroupGrant[],
): Promise<Result<readonly RoleIn[], Fault>> {
  const found = new Map<Group['id'], RoleIn>()
  const account = await core.people.account(caller)
  for (const { group: fqn, role } of grants) {
    const name = groupNamed(account, fqn)
    const group = name === null ? null : await core.database.reads.namedGroup(account.id, name)
    if (group === null) return err({ kind: 'not_found', thing: 'group' })
    const resource = { kind: 'group', group, thing: 'group' } as const
    const allowed = authorize(caller, 'group.update', resource, groupTarget(group))
    if (!allowed.ok) return allowed
    if (found.has(group.id)) {
      const at = ['body', 'manifest', 'permissions']
      return err({ kind: 'invalid', problems: [{ at, rule: 'duplicate' }] })
    }
    found.set(group.id, { group, role })
  }
  return ok([...found.values()])
}

/** Roles as they were given, with their groups; those in a group that was removed are left out. */
export async function rolesOf(
  core: Core,
  { account }: Caller,
  given: readonly Collaboration[],
): Promise<readonly RoleIn[]> {
  const roles: RoleIn[] = []
  for (const { group: id, role } of given) {
    const group = await core.database.reads.group(account, id)
    if (group !== null) roles.push({ group, role })
  }
  return roles
}

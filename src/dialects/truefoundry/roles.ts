import type { Fault, Problem } from '#domain/fault.ts'
import { GROUP_ROLES, type GroupRole } from '#domain/group.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Role } from '#domain/subject.ts'

/** What roles are called on this wire: those in a secret group, and those in the tenant. */

export const groupRoleId = (role: GroupRole): string => `secret-group-${role}`
export const tenantRoleId = (role: Role): string => `tenant-${role}`

const groupRoles = new Map(GROUP_ROLES.map((role) => [groupRoleId(role), role]))
const tenantRoles = new Map(
  (['admin', 'member'] as const).map((role) => [tenantRoleId(role), role]),
)

/** `secret-group-editor` as people read it. */
export const roleName = (id: string): string =>
  id
    .split('-')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ')

const read = <R>(
  known: ReadonlyMap<string, R>,
  id: string,
  at: Problem['at'],
): Result<R, Fault> => {
  const role = known.get(id)
  if (role !== undefined) return ok(role)
  return err({ kind: 'invalid', problems: [{ at, rule: 'one_of', allowed: [...known.keys()] }] })
}

export const readGroupRole = (id: string, at: Problem['at']): Result<GroupRole, Fault> =>
  read(groupRoles, id, at)

/** The one role in a store: its use. */
const storeRoles = new Map([['provider-integration-access', 'access']])

export const readStoreRole = (id: string, at: Problem['at']): Result<string, Fault> =>
  read(storeRoles, id, at)

export const readTenantRole = (id: string, at: Problem['at']): Result<Role, Fault> =>
  read(tenantRoles, id, at)

interface RoleSaid {
  readonly id: string
  readonly resourceType: 'secret-group' | 'tenant'
  readonly description: string
}

/** Every role there is. */
export const ROLES: readonly RoleSaid[] = [
  {
    id: groupRoleId('admin'),
    resourceType: 'secret-group',
    description: 'Shares and deletes the secret group, and all that an editor may',
  },
  {
    id: groupRoleId('editor'),
    resourceType: 'secret-group',
    description: 'Sees values, changes and deletes secrets of the group',
  },
  {
    id: groupRoleId('viewer'),
    resourceType: 'secret-group',
    description: 'Sees the keys of the group, and no value',
  },
  {
    id: tenantRoleId('admin'),
    resourceType: 'tenant',
    description: 'Manages people and everything that the tenant or its teams own',
  },
  {
    id: tenantRoleId('member'),
    resourceType: 'tenant',
    description: 'Uses what is shared with it',
  },
]

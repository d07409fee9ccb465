import type { Action } from '#domain/action.ts'
import type { Target } from '#domain/audit.ts'
import type { Fault, Thing } from '#domain/fault.ts'
import type { Grant } from '#domain/grant.ts'
import { GROUP_ROLES, type Group, type GroupRole } from '#domain/group.ts'
import type { SubjectId, TeamId } from '#domain/ids.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Caller, Scope } from '#domain/subject.ts'

/** What an action is done to, as far as deciding about it goes. */
export type Resource =
  /** The caller's own self. */
  | { readonly kind: 'self' }
  /** The people, teams and record of the caller's own account. */
  | { readonly kind: 'account' }
  /** Accounts and root keys: everything that is no one account's. */
  | { readonly kind: 'installation' }
  | { readonly kind: 'subject'; readonly id: SubjectId }
  | { readonly kind: 'team'; readonly id: TeamId }
  | { readonly kind: 'group'; readonly group: Group; readonly thing: Thing }

/** The scope that a token narrowed by scopes must have for each action. */
const scopes: Readonly<Record<Action, Scope | null>> = {
  'account.create': 'manage',
  'account.list': 'manage',
  'api.describe': null,
  'audit.query': 'audit',
  'audit.verify': 'audit',
  'binding.delete': 'manage',
  'binding.get': 'list',
  'binding.put': 'manage',
  'group.create': 'write',
  'group.delete': 'write',
  'group.get': 'list',
  'group.list': 'list',
  'group.read': 'read',
  'group.replace': 'write',
  'group.update': 'manage',
  'integration.list': 'list',
  'key.rewrap': 'manage',
  'key.rotate': 'manage',
  'link.create': 'write',
  'link.delete': 'write',
  'login.approve': 'manage',
  'login.ask': null,
  'login.poll': null,
  'secret.create': 'write',
  'secret.delete': 'write',
  'secret.get': 'list',
  'secret.list': 'list',
  'secret.purge': 'write',
  'secret.read': 'read',
  'secret.undelete': 'write',
  'secret.update': 'write',
  'secret.wipe': null,
  'slug.set': 'manage',
  'store.browse': 'manage',
  'store.check': 'manage',
  'store.create': 'manage',
  'store.default': 'manage',
  'store.drift': 'manage',
  'store.import': 'manage',
  'store.list': 'list',
  'store.move': 'manage',
  'store.remove': 'manage',
  'store.update': 'manage',
  'subject.create': 'manage',
  'subject.get': 'manage',
  'subject.list': 'manage',
  'subject.remove': 'manage',
  'subject.update': 'manage',
  'team.create': 'manage',
  'team.delete': 'manage',
  'team.get': 'list',
  'team.list': 'list',
  'team.member.add': 'manage',
  'team.member.remove': 'manage',
  'team.update': 'manage',
  'token.create': 'manage',
  'token.list': 'manage',
  'token.read': 'manage',
  'token.revoke': 'manage',
  'token.rotate': 'manage',
  'variable.create': 'write',
  'variable.delete': 'write',
  'variable.list': 'list',
  'variable.update': 'write',
  'version.activate': 'write',
  'version.create': 'write',
  'version.delete': 'write',
  'version.list': 'list',
  'version.undelete': 'write',
  whoami: null,
}

/** What it takes in a group beside what its scope says: `list` a viewer, anything else an editor. */
const special: Readonly<Partial<Record<Action, GroupRole>>> = {
  'group.create': 'admin',
  'group.delete': 'admin',
  'group.update': 'admin',
  'store.move': 'admin',
}

/**
 * What takes an admin of the account beside the role in the group, unless the group is the caller's own:
 * an open group is every member's, and where its values are kept is not theirs to say.
 */
const ofAdmins: ReadonlySet<Action> = new Set<Action>(['store.move'])

const roleFor = (action: Action): GroupRole =>
  special[action] ?? (scopes[action] === 'list' ? 'viewer' : 'editor')

/**
 * The one door. Whether this caller may do this action to this resource: a grant, or the fault to
 * answer with. What a caller may not know of is `not_found`, as if it were not there. Pure.
 */
export function authorize<A extends Action>(
  caller: Caller,
  action: A,
  resource: Resource,
  target: Target | null,
): Result<Grant<A>, Fault> {
  const refused = refusal(caller, action, resource) ?? scopeRefusal(caller, action)
  return refused === null ? ok({ action, caller, target } as Grant<A>) : err(refused)
}

/**
 * What `caller` may do in a group: `admin` where it is the owner or one of the owner's, else what it
 * was given as a collaborator; `null` for nothing at all.
 */
export function roleIn(caller: Caller, group: Group): GroupRole | null {
  // Kept tokens are no group's: they are read by the one verb that is about them.
  if (group.account !== caller.account || group.kind === 'tokens') return null
  return owns(caller, group) ? 'admin' : (caller.roles.get(group.id) ?? null)
}

/** Whether `caller` may know that this group is there. */
export const maySee = (caller: Caller, group: Group): boolean => roleIn(caller, group) !== null

function owns(caller: Caller, { owner, open }: Group): boolean {
  const admin = isAdmin(caller)
  switch (owner.kind) {
    case 'account':
      return admin || open
    case 'subject':
      return owner.id === caller.subject.id
    case 'team':
      return admin || (open && caller.teams.includes(owner.id))
  }
}

function groupRefusal(
  caller: Caller,
  action: Action,
  { group, thing }: { readonly group: Group; readonly thing: Thing },
): Fault | null {
  const role = roleIn(caller, group)
  const known = group.account === caller.account && group.kind !== 'tokens'
  if (role === null) return { kind: known ? 'hidden' : 'not_found', thing }
  const needed = roleFor(action)
  if (GROUP_ROLES.indexOf(role) < GROUP_ROLES.indexOf(needed)) {
    return { kind: 'denied', needs: `the role ${needed} in the group` }
  }
  return ofAdmins.has(action) && !isAdmin(caller) && !isOwn(caller, group)
    ? { kind: 'denied', needs: 'the role admin' }
    : null
}

const isAdmin = ({ subject }: Caller): boolean => subject.role === 'admin'

const isOwn = ({ subject }: Caller, { owner }: Group): boolean =>
  owner.kind === 'subject' && owner.id === subject.id

function refusal(caller: Caller, action: Action, resource: Resource): Fault | null {
  const admin = isAdmin(caller)
  switch (resource.kind) {
    case 'self':
      return null
    case 'account':
      return admin ? null : { kind: 'denied', needs: 'the role admin' }
    case 'installation':
      return admin && caller.operator
        ? null
        : { kind: 'denied', needs: 'the role admin in the account that runs this Strongroom' }
    case 'subject':
      return admin || resource.id === caller.subject.id
        ? null
        : { kind: 'not_found', thing: 'subject' }
    case 'team':
      return admin || caller.teams.includes(resource.id)
        ? null
        : { kind: 'not_found', thing: 'team' }
    case 'group':
      return groupRefusal(caller, action, resource)
  }
}

function scopeRefusal(caller: Caller, action: Action): Fault | null {
  const scope = scopes[action]
  const held = caller.token.scopes
  return scope === null || held === null || held.includes(scope)
    ? null
    : { kind: 'denied', needs: `a token with the scope ${scope}` }
}

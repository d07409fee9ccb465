import type { Action } from '#domain/action.ts'
import type { Target } from '#domain/audit.ts'
import type { Fault, Thing } from '#domain/fault.ts'
import type { Grant } from '#domain/grant.ts'
import type { Group } from '#domain/group.ts'
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
  'group.create': 'write',
  'group.delete': 'write',
  'group.get': 'list',
  'group.list': 'list',
  'group.read': 'read',
  'key.rewrap': 'manage',
  'key.rotate': 'manage',
  'link.create': 'write',
  'link.delete': 'write',
  'secret.create': 'write',
  'secret.delete': 'write',
  'secret.get': 'list',
  'secret.list': 'list',
  'secret.read': 'read',
  'secret.update': 'write',
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
  'token.create': 'manage',
  'token.list': 'manage',
  'token.revoke': 'manage',
  'version.activate': 'write',
  'version.create': 'write',
  'version.delete': 'write',
  'version.list': 'list',
  'version.undelete': 'write',
  whoami: null,
}

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
  const refused = refusal(caller, resource) ?? scopeRefusal(caller, action)
  return refused === null ? ok({ action, caller, target } as Grant<A>) : err(refused)
}

/** Whether `caller` may know and use what this group holds. */
export function mayUse(caller: Caller, { account, owner }: Group): boolean {
  if (account !== caller.account) return false
  switch (owner.kind) {
    case 'account':
      return true
    case 'subject':
      return owner.id === caller.subject.id
    case 'team':
      return caller.subject.role === 'admin' || caller.teams.includes(owner.id)
  }
}

function refusal(caller: Caller, resource: Resource): Fault | null {
  const admin = caller.subject.role === 'admin'
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
      return mayUse(caller, resource.group) ? null : { kind: 'not_found', thing: resource.thing }
  }
}

function scopeRefusal(caller: Caller, action: Action): Fault | null {
  const scope = scopes[action]
  const held = caller.token.scopes
  return scope === null || held === null || held.includes(scope)
    ? null
    : { kind: 'denied', needs: `a token with the scope ${scope}` }
}

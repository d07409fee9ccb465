import type { StoreRef } from './store.ts'
import type { AccountId, GroupId, SubjectId, TeamId, VariableId } from './ids.ts'

/**
 * What a group is for. The flat APIs are groups too: an account has one `account` and one
 * `credentials` group, a user one `personal`, a team one `team` group; a service account whose token
 * can be shown again keeps it in its `tokens` group. `named` ones and `environment`s (what a running
 * job is given) are made by people.
 */
export type GroupKind =
  'account' | 'credentials' | 'personal' | 'team' | 'named' | 'environment' | 'tokens'

export type Owner =
  | { readonly kind: 'account'; readonly id: AccountId }
  | { readonly kind: 'subject'; readonly id: SubjectId }
  | { readonly kind: 'team'; readonly id: TeamId }

/** What a collaborator may do in a group, each more than the one before. */
export const GROUP_ROLES = ['viewer', 'editor', 'admin'] as const
export type GroupRole = (typeof GROUP_ROLES)[number]

/** Somebody a group is shared with. */
export interface Collaborator {
  readonly kind: 'subject' | 'team'
  readonly id: SubjectId | TeamId
  readonly role: GroupRole
  /** What gave the role: `direct`, or the id of a role binding or of the subject that declares it. */
  readonly origin: string
}

/** A plain value of an environment; no secret, and shown to everyone who may see the environment. */
export interface Variable {
  readonly id: VariableId
  readonly account: AccountId
  readonly group: GroupId
  readonly name: string
  readonly value: string
  readonly description: string | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly revision: number
}

export interface Group {
  readonly id: GroupId
  readonly account: AccountId
  readonly kind: GroupKind
  readonly name: string
  readonly owner: Owner
  /** Whether all that belong to the owner may use it, or only admins and its collaborators. */
  readonly open: boolean
  /** Where what is made in it goes. */
  readonly store: StoreRef
  readonly createdAt: number
  readonly createdBy: SubjectId
}

import type { AccountId, GroupId, SubjectId, TeamId } from './ids.ts'

/**
 * What a group is for. The flat APIs are groups too: an account has one `account` and one
 * `credentials` group, a user one `personal`, a team one `team` group. `named` ones are made by people.
 */
export type GroupKind = 'account' | 'credentials' | 'personal' | 'team' | 'named'

export type Owner =
  | { readonly kind: 'account'; readonly id: AccountId }
  | { readonly kind: 'subject'; readonly id: SubjectId }
  | { readonly kind: 'team'; readonly id: TeamId }

/** Where the values of a group live. */
export type StoreKind = 'embedded'

export interface Group {
  readonly id: GroupId
  readonly account: AccountId
  readonly kind: GroupKind
  readonly name: string
  readonly owner: Owner
  readonly store: StoreKind
  readonly createdAt: number
  readonly createdBy: SubjectId
}

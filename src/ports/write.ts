import type { Collaborator, Group, Variable } from '#domain/group.ts'
import type {
  AccountId,
  BindingId,
  GroupId,
  SecretId,
  SubjectId,
  TeamId,
  TokenId,
  VariableId,
} from '#domain/ids.ts'
import type { Link, Secret, Version } from '#domain/secret.ts'
import type { Store, StoreRef, StoreTask } from '#domain/store.ts'
import type { Subject } from '#domain/subject.ts'
import type {
  Account,
  Collaboration,
  Installation,
  LoginChallenge,
  RoleBinding,
  Team,
  Token,
  WrappedAccountKey,
} from './database.ts'

/** One row's change, as data. A write that finds its row moved undoes the whole change. */
export type Write =
  | { readonly write: 'installation'; readonly row: Installation }
  | {
      readonly write: 'rewrapped-installation'
      readonly from: string
      readonly to: Pick<Installation, 'rootKey' | 'serverKey' | 'signingKey'>
    }
  | { readonly write: 'account'; readonly row: Account }
  | { readonly write: 'account-key'; readonly row: WrappedAccountKey }
  | {
      readonly write: 'rewrapped-account-key'
      readonly from: string
      readonly row: WrappedAccountKey
    }
  /** Nothing, as long as the installation is under this root key: a rotation must not miss a key. */
  | { readonly write: 'rests-on-root-key'; readonly rootKey: string }
  | { readonly write: 'raise-authority'; readonly account: AccountId }
  | { readonly write: 'subject'; readonly row: Subject }
  /** All of `row` but when it was made replaces the subject of its id, account and kind. */
  | { readonly write: 'changed-subject'; readonly row: Subject }
  | { readonly write: 'team'; readonly row: Team }
  | { readonly write: 'removed-team'; readonly id: TeamId; readonly at: number }
  | {
      readonly write: 'member'
      readonly team: TeamId
      readonly subject: SubjectId
      readonly at: number
      readonly manager: boolean
    }
  | {
      readonly write: 'changed-member'
      readonly team: TeamId
      readonly subject: SubjectId
      readonly manager: boolean
    }
  | { readonly write: 'removed-member'; readonly team: TeamId; readonly subject: SubjectId }
  /** All that a team has. */
  | { readonly write: 'removed-members'; readonly team: TeamId }
  | { readonly write: 'token'; readonly row: Token; readonly digest: Uint8Array }
  /** Its digest goes too: nothing makes it good again. */
  | { readonly write: 'revoked-token'; readonly id: TokenId; readonly at: number }
  /** An earlier end for a token that is in force: `row` as it was read, but for its end. */
  | { readonly write: 'shortened-token'; readonly row: Token & { readonly expiresAt: number } }
  | { readonly write: 'group'; readonly row: Group }
  | { readonly write: 'removed-group'; readonly id: GroupId; readonly at: number }
  /** Removes a group whose `size` entries go by other writes of this change; none was added since. */
  | {
      readonly write: 'emptied-group'
      readonly id: GroupId
      readonly at: number
      readonly size: number
    }
  /** Raises the revision of a group from `revision`. */
  | {
      readonly write: 'changed-group'
      readonly id: GroupId
      readonly revision: number
      readonly at: number
    }
  | { readonly write: 'collaboration'; readonly row: Collaboration }
  /** All that `origin` gives, in one group or (`null`) in every one. */
  | {
      readonly write: 'removed-collaborations'
      readonly origin: string
      readonly group: GroupId | null
    }
  /** All that a subject or a team was given. */
  | { readonly write: 'removed-grantee'; readonly id: Collaborator['id'] }
  | { readonly write: 'variable'; readonly row: Variable }
  /** All of `row` replaces the variable whose revision is `row.revision - 1`. */
  | { readonly write: 'changed-variable'; readonly row: Variable }
  | { readonly write: 'removed-variable'; readonly id: VariableId; readonly revision: number }
  | { readonly write: 'removed-variables'; readonly group: GroupId }
  | { readonly write: 'role-binding'; readonly row: RoleBinding }
  | {
      readonly write: 'changed-role-binding'
      readonly id: BindingId
      readonly from: number
      readonly at: number
    }
  | { readonly write: 'removed-role-binding'; readonly id: BindingId }
  | { readonly write: 'manifest'; readonly of: string; readonly body: string }
  | { readonly write: 'removed-manifest'; readonly of: string }
  | {
      readonly write: 'slug'
      readonly account: AccountId
      readonly owner: SubjectId | TeamId
      readonly slug: string
    }
  | { readonly write: 'removed-slug'; readonly owner: SubjectId | TeamId }
  | { readonly write: 'login-challenge'; readonly row: LoginChallenge }
  | { readonly write: 'approved-login'; readonly code: string; readonly result: Uint8Array }
  | { readonly write: 'removed-logins'; readonly before: number }
  | { readonly write: 'secret'; readonly row: Secret }
  /** All of `row` replaces the secret whose revision is `row.revision - 1`. */
  | { readonly write: 'changed-secret'; readonly row: Secret }
  | { readonly write: 'version'; readonly row: Version }
  | { readonly write: 'changed-version'; readonly row: Version }
  | { readonly write: 'destroyed-versions'; readonly secret: SecretId; readonly at: number }
  | { readonly write: 'link'; readonly row: Link; readonly account: AccountId }
  | { readonly write: 'removed-link'; readonly id: SecretId; readonly at: number }
  | { readonly write: 'store'; readonly row: Store }
  /** All of `row` replaces the store whose revision is `row.revision - 1`. */
  | { readonly write: 'changed-store'; readonly row: Store }
  /** As `changed-store`, as long as no secret is in it or on its way in or out. */
  | { readonly write: 'relocated-store'; readonly row: Store }
  /** As long as nothing is in it. */
  | {
      readonly write: 'removed-store'
      readonly id: Store['id']
      readonly revision: number
      readonly at: number
    }
  | { readonly write: 'default-store'; readonly account: AccountId; readonly store: StoreRef }
  | { readonly write: 'group-store'; readonly id: GroupId; readonly store: StoreRef }
  | { readonly write: 'store-task'; readonly row: StoreTask }
  /** What was put in the store is on the record now; fails once the task was claimed. */
  | { readonly write: 'settled-store-task'; readonly id: string }
  | { readonly write: 'claimed-store-task'; readonly id: string; readonly dueAt: number }
  | { readonly write: 'due-store-task'; readonly id: string; readonly dueAt: number }
  /** All of them: nobody is at any. */
  | { readonly write: 'due-store-tasks'; readonly now: number }
  | { readonly write: 'done-store-task'; readonly id: string }
  /** What a group holds grew or shrank by this many. */
  | { readonly write: 'group-size'; readonly group: GroupId; readonly by: number }

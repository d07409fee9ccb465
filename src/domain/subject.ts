import type { GroupRole } from './group.ts'
import type { AccountId, GroupId, SubjectId, TeamId, TokenId } from './ids.ts'

export type SubjectKind = 'user' | 'service_account'

/** `admin` manages people and everything the account or its teams own; `member` uses secrets. */
export type Role = 'admin' | 'member'

/** What a token may be narrowed to; a token without scopes may all that its subject may. */
export const SCOPES = ['list', 'read', 'write', 'manage', 'audit'] as const
export type Scope = (typeof SCOPES)[number]

export type SubjectState = 'active' | 'suspended' | 'removed'

export interface Subject {
  readonly id: SubjectId
  readonly account: AccountId
  readonly kind: SubjectKind
  readonly role: Role
  readonly name: string
  readonly email: string | null
  readonly state: SubjectState
  readonly createdAt: number
}

/** A `personal` token is one that its user made by the name of a personal access token. */
export type TokenKind = 'key' | 'personal'

/** Whether a token is opaque text, or a JWT that says who bears it. */
export type TokenForm = 'opaque' | 'jwt'

/**
 * Who asks, as last read: a subject, the token it showed, and the two revisions that every decision
 * about it rests on. A commit fails if either has moved, so a Caller may be cached as warm as we like.
 */
export interface Caller {
  readonly account: AccountId
  readonly subject: Subject
  readonly token: {
    readonly id: TokenId
    readonly kind: TokenKind
    readonly revision: number
    readonly scopes: readonly Scope[] | null
    readonly expiresAt: number | null
  }
  readonly authority: number
  readonly teams: readonly TeamId[]
  /** What it may in groups that are shared with it or with its teams. */
  readonly roles: ReadonlyMap<GroupId, GroupRole>
  /** The account that runs this installation: its admins also manage accounts and root keys. */
  readonly operator: boolean
}

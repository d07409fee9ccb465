import type { AuditEntry } from '#domain/audit.ts'
import type { Collaborator, Group, GroupKind, Owner, Variable } from '#domain/group.ts'
import type {
  AccountId,
  BindingId,
  GroupId,
  InstallationId,
  SecretId,
  StoreId,
  SubjectId,
  TeamId,
  TokenId,
  VariableId,
} from '#domain/ids.ts'
import type { Link, Secret, SecretInfo, Version } from '#domain/secret.ts'
import type { Store, StoreRef, StoreTask } from '#domain/store.ts'
import type { Caller, Scope, Subject, TokenForm, TokenKind } from '#domain/subject.ts'
import type { Thing } from '#domain/fault.ts'
import type { Write } from './write.ts'

export type { Write } from './write.ts'

export interface Installation {
  readonly id: InstallationId
  readonly createdAt: number
  readonly operator: AccountId
  /** Fingerprint of the root key that wraps the two keys below. */
  readonly rootKey: string
  readonly serverKey: Uint8Array
  readonly signingKey: Uint8Array
  /** Ed25519, 32 bytes: what checkpoints are checked against. */
  readonly publicKey: Uint8Array
}

export interface Account {
  readonly id: AccountId
  readonly name: string
  readonly authority: number
  readonly createdAt: number
}

export interface WrappedAccountKey {
  readonly account: AccountId
  readonly generation: number
  readonly wrapped: Uint8Array
  readonly rootKey: string
  readonly createdAt: number
}

export interface Team {
  readonly id: TeamId
  readonly account: AccountId
  readonly name: string
  readonly createdAt: number
  readonly createdBy: SubjectId
}

export interface Member {
  readonly subject: Subject
  readonly addedAt: number
  /** A mark of honour so far: every member may do what a manager may. */
  readonly manager: boolean
}

export interface Token {
  readonly id: TokenId
  readonly account: AccountId
  readonly subject: SubjectId
  readonly kind: TokenKind
  readonly form: TokenForm
  /** What it is looked up by; part of what its bearer shows, and no secret. */
  readonly keyId: string
  readonly name: string
  readonly scopes: readonly Scope[] | null
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly revokedAt: number | null
}

/** A token that was proven: everything a decision about its bearer needs. */
export interface KnownToken {
  readonly revokedAt: number | null
  readonly caller: Caller
}

/** A secret as one group shows it: under its own name, or a link's. */
export interface Shown {
  readonly name: string
  readonly secret: SecretInfo
  readonly link: Link | null
}

/** A secret with its current version. */
export interface SecretRead {
  readonly secret: Secret
  readonly version: Version | null
}

/** Where an entry of a group stands in each order; kept after it is deleted. */
export interface Position {
  readonly id: string
  readonly name: string
  readonly updatedAt: number
}

/** What of a group changes: its revision is raised by what must not mix with other changes to it. */
export interface GroupState {
  readonly size: number
  readonly revision: number
  readonly updatedAt: number
}

/** Roles in groups, given to subjects and teams together, under a name. */
export interface RoleBinding {
  readonly id: BindingId
  readonly account: AccountId
  readonly name: string
  readonly createdAt: number
  readonly createdBy: SubjectId
  readonly updatedAt: number
}

/** A login that waits for its user's word; only the asker can open what it is given. */
export interface LoginChallenge {
  readonly code: string
  readonly statusDigest: Uint8Array
  /** PEM SubjectPublicKeyInfo, RSA. */
  readonly publicKey: string
  readonly createdAt: number
  readonly expiresAt: number
  /** The token, encrypted for `publicKey`; `null` until it is approved. */
  readonly result: Uint8Array | null
}

export type SecretSort = 'id' | 'name' | 'updated_at'

export interface SecretPage {
  readonly group: GroupId
  readonly sort: SecretSort
  readonly descending: boolean
  /** The position to start behind, in the direction asked; `null` for the beginning. */
  readonly after: Position | null
  /** How many to pass over first. */
  readonly offset?: number
  readonly limit: number
}

/** A page of things in the order of their ids. */
export interface IdPage {
  readonly after: string
  readonly limit: number
}

export interface LogEntry {
  readonly seq: number
  readonly account: string | null
  readonly target: string | null
  readonly record: string
}

export interface LogQuery {
  readonly account: AccountId
  readonly target: string | null
  /** Only entries before this place in the log. */
  readonly before: number
  readonly limit: number
}

export interface Checkpoint {
  readonly size: number
  readonly at: number
  /** The signed note (C2SP tlog-checkpoint). */
  readonly note: string
  /** The roots of the full subtrees that make up the tree of this size, left to right. */
  readonly frontier: Uint8Array
}

/** Everything the core reads. Each is one prepared statement; `null` means "not here". */
export interface Reads {
  installation(): Promise<Installation | null>
  /** Only if its digest `proves` who shows it; for all others, nothing more of it is looked at. */
  knownToken(keyId: string, proves: (digest: Uint8Array) => boolean): Promise<KnownToken | null>
  account(id: AccountId): Promise<Account | null>
  accounts(page: IdPage): Promise<readonly Account[]>
  accountKey(account: AccountId, generation: number | null): Promise<WrappedAccountKey | null>
  accountKeysNotUnder(rootKey: string, limit: number): Promise<readonly WrappedAccountKey[]>
  subject(account: AccountId, id: SubjectId): Promise<Subject | null>
  subjectByEmail(account: AccountId, email: string): Promise<Subject | null>
  subjects(account: AccountId, page: IdPage): Promise<readonly Subject[]>
  team(account: AccountId, id: TeamId): Promise<Team | null>
  teams(account: AccountId, page: IdPage): Promise<readonly Team[]>
  members(team: TeamId, page: IdPage): Promise<readonly Member[]>
  /** The teams that a subject is in. */
  teamsOf(subject: SubjectId): Promise<readonly TeamId[]>
  token(account: AccountId, id: TokenId): Promise<Token | null>
  tokens(subject: SubjectId, page: IdPage): Promise<readonly Token[]>
  group(account: AccountId, id: GroupId): Promise<Group | null>
  /** Also one that was removed. */
  anyGroup(account: AccountId, id: GroupId): Promise<Group | null>
  /** The one group of this kind that this owner has. */
  ownGroup(kind: GroupKind, owner: Owner['id']): Promise<Group | null>
  namedGroup(account: AccountId, name: string): Promise<Group | null>
  groupsOf(owner: Owner['id'], page: IdPage): Promise<readonly Group[]>
  environment(owner: Owner['id'], name: string): Promise<Group | null>
  groupSize(id: GroupId): Promise<number>
  groupState(id: GroupId): Promise<GroupState | null>
  /** By group, grantee and origin. */
  collaborators(group: GroupId): Promise<readonly Collaborator[]>
  /** What `origin` gives, in which group to whom. */
  collaborationsFrom(origin: string): Promise<readonly Collaboration[]>
  /** What is given to a subject or a team. */
  collaborationsOf(grantee: Collaborator['id']): Promise<readonly Collaboration[]>
  variables(group: GroupId): Promise<readonly Variable[]>
  variable(group: GroupId, id: VariableId): Promise<Variable | null>
  roleBinding(account: AccountId, name: string): Promise<RoleBinding | null>
  /** The free JSON by which a group, team, subject or binding was described, as text. */
  manifest(of: string): Promise<string | null>
  slugOf(owner: SubjectId | TeamId): Promise<string | null>
  /** Whose slug it is; they share one space of names in an account. */
  slugOwner(account: AccountId, slug: string): Promise<SubjectId | TeamId | null>
  loginChallenge(code: string): Promise<LoginChallenge | null>
  loginChallengesWaiting(): Promise<number>
  /** A secret of this account, live or deleted. */
  secret(account: AccountId, id: SecretId): Promise<Secret | null>
  secretAndVersion(account: AccountId, id: SecretId): Promise<SecretRead | null>
  /** What a live name of a group stands for: a secret of its own, or the one it links to. */
  shown(group: GroupId, name: string): Promise<Shown | null>
  position(group: GroupId, id: string): Promise<Position | null>
  secrets(page: SecretPage): Promise<readonly Shown[]>
  /** Secrets of a group whose name holds `text`, whatever its case. */
  search(group: GroupId, text: string, page: IdPage): Promise<readonly Shown[]>
  version(secret: SecretId, n: number): Promise<Version | null>
  /** Newest first, below `before`. */
  versions(secret: SecretId, before: number, limit: number): Promise<readonly Version[]>
  /** Deleted and not yet wiped, in the order of their ids. */
  deletedSecrets(account: AccountId, page: IdPage): Promise<readonly Secret[]>
  /** Those whose time has come. */
  secretsToWipe(now: number, limit: number): Promise<readonly Secret[]>
  link(group: GroupId, id: SecretId): Promise<Link | null>
  linksTo(secret: SecretId): Promise<readonly Link[]>
  store(account: AccountId, id: StoreId): Promise<Store | null>
  storeNamed(account: AccountId, name: string): Promise<Store | null>
  /** All of an account, by name. */
  stores(account: AccountId): Promise<readonly Store[]>
  /** Whether a group or a secret is in it. */
  storeUsed(id: StoreId): Promise<boolean>
  /** Whether a secret is in it, or on its way in or out. */
  storeHolds(id: StoreId): Promise<boolean>
  /** Where the groups that are made in an account are kept, if nothing else is said. */
  defaultStore(account: AccountId): Promise<StoreRef>
  /** Secrets of a store, also deleted ones, in the order of their ids. */
  secretsIn(store: StoreId, page: IdPage): Promise<readonly SecretId[]>
  storeTasksDue(now: number, limit: number): Promise<readonly StoreTask[]>
  storeTasksOf(secret: SecretId): Promise<readonly StoreTask[]>
}

/** A role in a group, with the group. */
export interface Collaboration extends Collaborator {
  readonly group: GroupId
}

/** What a decision rested on; a commit whose rest has moved does nothing. */
export interface Resting {
  readonly account: AccountId
  readonly authority: number
  readonly token: TokenId
  readonly revision: number
  /** The secret that was read warm, and the revision it had. */
  readonly secret: { readonly id: SecretId; readonly revision: number } | null
}

/** What one request writes: its lines in the record, its rows, and what must still be true. */
export interface Change {
  readonly entries: readonly AuditEntry[]
  readonly resting: Resting | null
  readonly writes: readonly Write[]
}

export type Committed =
  | { readonly kind: 'committed' }
  /** What the decision rested on moved since it was read: read it again and decide again. */
  | { readonly kind: 'ground_moved' }
  /** A row that a write rests on moved: read it again and decide again. */
  | { readonly kind: 'row_moved' }
  | { readonly kind: 'taken'; readonly thing: Thing }

/** The record's place in the log, its tree and its checkpoints. */
export interface Log {
  /** Gives committed entries that have no place yet the next ones, in an order of its own. */
  settle(): Promise<void>
  /** Entries from place `from` on (the first place is 1). */
  range(from: number, limit: number): Promise<readonly LogEntry[]>
  query(query: LogQuery): Promise<readonly LogEntry[]>
  lastCheckpoint(): Promise<Checkpoint | null>
  /** Checkpoints of a size above `size`, smallest first. */
  checkpoints(size: number, limit: number): Promise<readonly Checkpoint[]>
  /**
   * Closes the log with a checkpoint, and notes the places of the entries it newly covers under the
   * id of their account and of the thing they are about: only those are found by `query`.
   */
  addCheckpoint(
    checkpoint: Checkpoint,
    places: ReadonlyMap<string, readonly number[]>,
  ): Promise<void>
}

/** The Database port: SQLite or PostgreSQL, behind the same statements. */
export interface Database {
  readonly engine: 'sqlite' | 'postgres'
  readonly reads: Reads
  readonly log: Log
  /**
   * Writes a change and its entries in one transaction, durable on return. Throws `DatabaseDown`
   * when it cannot; then nothing was written, or nothing can say whether it was.
   */
  commit(change: Change): Promise<Committed>
  close(): Promise<void>
}

/** The database cannot be read or written now; nothing may be answered. */
export class DatabaseDown extends Error {
  override readonly name = 'DatabaseDown'
}

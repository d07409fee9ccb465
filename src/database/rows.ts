import type { Group, GroupKind, GroupRole, Owner, Variable } from '#domain/group.ts'
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
import type { Doer, Link, Secret, SecretInfo, Version } from '#domain/secret.ts'
import type { StoreRef } from '#domain/store.ts'
import type {
  Role,
  Scope,
  Subject,
  SubjectKind,
  SubjectState,
  TokenForm,
  TokenKind,
} from '#domain/subject.ts'
import type {
  Account,
  Collaboration,
  LoginChallenge,
  RoleBinding,
  Shown,
  Team,
  Token,
} from '#ports/database.ts'
import type { SqlValue } from './statement.ts'

/** What the tables hold, row by row, and how a row becomes a noun of the domain. */

/** The noun of a row, if there is one. */
export const orNull = <R, T>(row: R | null, to: (row: R) => T): T | null =>
  row === null ? null : to(row)

export type AccountRow = { id: string; name: string; authority: number; created_at: number }

export const toAccount = (row: AccountRow): Account => ({
  id: row.id as AccountId,
  name: row.name,
  authority: row.authority,
  createdAt: row.created_at,
})

export type SubjectRow = {
  id: string
  account_id: string
  kind: string
  role: string
  name: string
  email: string | null
  state: string
  created_at: number
}

export const toSubject = (row: SubjectRow): Subject => ({
  id: row.id as SubjectId,
  account: row.account_id as AccountId,
  kind: row.kind as SubjectKind,
  role: row.role as Role,
  name: row.name,
  email: row.email,
  state: row.state as SubjectState,
  createdAt: row.created_at,
})

export type TeamRow = {
  id: string
  account_id: string
  name: string
  created_at: number
  created_by: string
}

export const toTeam = (row: TeamRow): Team => ({
  id: row.id as TeamId,
  account: row.account_id as AccountId,
  name: row.name,
  createdAt: row.created_at,
  createdBy: row.created_by as SubjectId,
})

export type TokenRow = {
  id: string
  account_id: string
  subject_id: string
  kind: string
  form: string
  key_id: string
  name: string
  scopes: string | null
  created_at: number
  expires_at: number | null
  revoked_at: number | null
}

export const toScopes = (text: string | null): readonly Scope[] | null =>
  text === null ? null : (text.split(' ').filter((word) => word !== '') as Scope[])

export const toToken = (row: TokenRow): Token => ({
  id: row.id as TokenId,
  account: row.account_id as AccountId,
  subject: row.subject_id as SubjectId,
  kind: row.kind as TokenKind,
  form: row.form as TokenForm,
  keyId: row.key_id,
  name: row.name,
  scopes: toScopes(row.scopes),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
})

export type GroupRow = {
  id: string
  account_id: string
  kind: string
  name: string
  owner_kind: string
  owner_id: string
  store: string
  open_to_all: number
  created_at: number
  created_by: string
}

export const toGroup = (row: GroupRow): Group => ({
  id: row.id as GroupId,
  account: row.account_id as AccountId,
  kind: row.kind as GroupKind,
  name: row.name,
  owner: { kind: row.owner_kind, id: row.owner_id } as Owner,
  open: row.open_to_all === 1,
  store: row.store as StoreRef,
  createdAt: row.created_at,
  createdBy: row.created_by as SubjectId,
})

export type SecretInfoRow = {
  id: string
  account_id: string
  group_id: string
  name: string
  links_to: string | null
  description: string | null
  type: string | null
  metadata: string | null
  file: number
  store: string
  path: string | null
  current_n: number
  latest_n: number
  created_at: number
  created_by: string
  created_kind: string
  updated_at: number
  updated_by: string | null
  updated_kind: string | null
  deleted_at: number | null
  wipe_at: number | null
  revision: number
  /** Of a link only: a secret has `row_mac`. */
  seal: Uint8Array | null
}

/** The columns of `SecretInfoRow`, in the order in which `secretInfoRow` takes their values. */
export const SECRET_INFO_COLUMNS = [
  'id',
  'account_id',
  'group_id',
  'name',
  'links_to',
  'description',
  'type',
  'metadata',
  'file',
  'store',
  'path',
  'current_n',
  'latest_n',
  'created_at',
  'created_by',
  'created_kind',
  'updated_at',
  'updated_by',
  'updated_kind',
  'deleted_at',
  'wipe_at',
  'revision',
  'seal',
] as const satisfies readonly (keyof SecretInfoRow)[]

/** A row of its values, written out: a list is read a fifth faster than by looping over names. */
export const secretInfoRow = (v: readonly SqlValue[]): SecretInfoRow => ({
  id: v[0] as string,
  account_id: v[1] as string,
  group_id: v[2] as string,
  name: v[3] as string,
  links_to: v[4] as string | null,
  description: v[5] as string | null,
  type: v[6] as string | null,
  metadata: v[7] as string | null,
  file: v[8] as number,
  store: v[9] as string,
  path: v[10] as string | null,
  current_n: v[11] as number,
  latest_n: v[12] as number,
  created_at: v[13] as number,
  created_by: v[14] as string,
  created_kind: v[15] as string,
  updated_at: v[16] as number,
  updated_by: v[17] as string | null,
  updated_kind: v[18] as string | null,
  deleted_at: v[19] as number | null,
  wipe_at: v[20] as number | null,
  revision: v[21] as number,
  seal: v[22] as Uint8Array | null,
})

export type SecretRow = SecretInfoRow & { row_mac: Uint8Array | null }

const doer = (id: string, kind: string): Doer => ({
  id: id as SubjectId,
  kind: kind as SubjectKind,
})

const NO_MAC = new Uint8Array(0)

export const toSecretInfo = (row: SecretInfoRow): SecretInfo => ({
  id: row.id as SecretId,
  account: row.account_id as AccountId,
  group: row.group_id as GroupId,
  name: row.name,
  description: row.description,
  type: row.type,
  metadata: row.metadata,
  file: row.file === 1,
  store: row.store as StoreRef,
  path: row.path,
  current: row.current_n,
  latest: row.latest_n,
  createdAt: row.created_at,
  createdBy: doer(row.created_by, row.created_kind),
  updatedAt: row.updated_at,
  updatedBy: row.updated_by === null ? null : doer(row.updated_by, row.updated_kind ?? ''),
  deletedAt: row.deleted_at,
  wipeAt: row.wipe_at,
  revision: row.revision,
})

export const toSecret = (row: SecretRow): Secret => ({
  ...toSecretInfo(row),
  rowMac: row.row_mac ?? NO_MAC,
})

export const toLink = (row: SecretInfoRow): Link => ({
  id: row.id as SecretId,
  group: row.group_id as GroupId,
  name: row.name,
  secret: row.links_to as SecretId,
  createdAt: row.created_at,
  createdBy: doer(row.created_by, row.created_kind),
})

/** A secret as its own group shows it. */
export const toShown = (row: SecretInfoRow): Shown => ({
  name: row.name,
  secret: toSecretInfo(row),
  link: null,
})

export type VersionRow = {
  secret_id: string
  n: number
  state: string
  version_store: string | null
  generation: number | null
  sealed: Uint8Array | null
  version_created_at: number
  version_created_by: string
  version_created_kind: string
  version_deleted_at: number | null
}

export function toVersion(row: VersionRow): Version {
  const common = {
    secret: row.secret_id as SecretId,
    n: row.n,
    createdAt: row.version_created_at,
    createdBy: doer(row.version_created_by, row.version_created_kind),
  }
  const deletedAt = row.version_deleted_at ?? 0
  if (row.sealed === null || row.state === 'destroyed') {
    return { ...common, state: 'destroyed', deletedAt }
  }
  const sealed = {
    store: row.version_store as StoreRef,
    generation: row.generation ?? 0,
    bytes: row.sealed,
  }
  return row.state === 'live'
    ? { ...common, state: 'live', sealed }
    : { ...common, state: 'deleted', sealed, deletedAt }
}

export type CollaboratorRow = {
  group_id: string
  grantee_id: string
  origin: string
  grantee_kind: string
  role: string
}

export const toCollaboration = (row: CollaboratorRow): Collaboration => ({
  group: row.group_id as GroupId,
  kind: row.grantee_kind as Collaboration['kind'],
  id: row.grantee_id as Collaboration['id'],
  role: row.role as GroupRole,
  origin: row.origin,
})

export type VariableRow = {
  id: string
  account_id: string
  group_id: string
  name: string
  value: string
  description: string | null
  created_at: number
  updated_at: number
  revision: number
}

export const toVariable = (row: VariableRow): Variable => ({
  id: row.id as VariableId,
  account: row.account_id as AccountId,
  group: row.group_id as GroupId,
  name: row.name,
  value: row.value,
  description: row.description,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  revision: row.revision,
})

export const variableRow = (of: Variable): VariableRow => ({
  id: of.id,
  account_id: of.account,
  group_id: of.group,
  name: of.name,
  value: of.value,
  description: of.description,
  created_at: of.createdAt,
  updated_at: of.updatedAt,
  revision: of.revision,
})

export type RoleBindingRow = {
  id: string
  account_id: string
  name: string
  created_at: number
  created_by: string
  updated_at: number
}

export const toRoleBinding = (row: RoleBindingRow): RoleBinding => ({
  id: row.id as BindingId,
  account: row.account_id as AccountId,
  name: row.name,
  createdAt: row.created_at,
  createdBy: row.created_by as SubjectId,
  updatedAt: row.updated_at,
})

export type LoginChallengeRow = {
  code: string
  status_digest: Uint8Array
  public_key: string
  created_at: number
  expires_at: number
  result: Uint8Array | null
}

export const toLoginChallenge = (row: LoginChallengeRow): LoginChallenge => ({
  code: row.code,
  statusDigest: row.status_digest,
  publicKey: row.public_key,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  result: row.result,
})

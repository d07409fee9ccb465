import type { Thing } from '#domain/fault.ts'
import type { Link, Secret, Version } from '#domain/secret.ts'
import type { Subject } from '#domain/subject.ts'
import type { Installation, Token, WrappedAccountKey, Write } from '#ports/database.ts'
import { variableRow, type SecretRow, type SubjectRow, type TokenRow } from './rows.ts'
import type { Seals } from './seals.ts'
import { storeRow, storeTaskRow } from './store-rows.ts'
import * as accounts from './sql/accounts.ts'
import * as groups from './sql/groups.ts'
import * as naming from './sql/naming.ts'
import * as people from './sql/people.ts'
import * as secrets from './sql/secrets.ts'
import * as stores from './sql/stores.ts'
import { step, type Step } from './statement.ts'

const installationRow = (row: Installation): Omit<accounts.InstallationRow, 'seal'> => ({
  id: row.id,
  created_at: row.createdAt,
  operator: row.operator,
  root_key: row.rootKey,
  server_key: row.serverKey,
  signing_key: row.signingKey,
  public_key: row.publicKey,
})

const accountKeyRow = (row: WrappedAccountKey): accounts.AccountKeyRow => ({
  account_id: row.account,
  generation: row.generation,
  wrapped: row.wrapped,
  root_key: row.rootKey,
  created_at: row.createdAt,
})

const subjectRow = (row: Subject): SubjectRow => ({
  id: row.id,
  account_id: row.account,
  kind: row.kind,
  role: row.role,
  name: row.name,
  email: row.email,
  state: row.state,
  created_at: row.createdAt,
})

const tokenRow = (row: Token): Omit<TokenRow, 'revoked_at'> => ({
  id: row.id,
  account_id: row.account,
  subject_id: row.subject,
  kind: row.kind,
  form: row.form,
  key_id: row.keyId,
  name: row.name,
  scopes: row.scopes === null ? null : row.scopes.join(' '),
  created_at: row.createdAt,
  expires_at: row.expiresAt,
})

type MemberWrite = Extract<Write, { readonly write: 'member' | 'changed-member' }>

const memberRow = ({ team, subject, manager }: MemberWrite) => ({
  ...{ team_id: team, subject_id: subject, manager: manager ? 1 : 0 },
})

const NO_DIGEST = new Uint8Array(0)

const secretRow = (row: Secret): SecretRow => ({
  id: row.id,
  account_id: row.account,
  group_id: row.group,
  name: row.name,
  links_to: null,
  description: row.description,
  type: row.type,
  metadata: row.metadata,
  file: row.file ? 1 : 0,
  store: row.store,
  path: row.path,
  current_n: row.current,
  latest_n: row.latest,
  created_at: row.createdAt,
  created_by: row.createdBy.id,
  created_kind: row.createdBy.kind,
  updated_at: row.updatedAt,
  updated_by: row.updatedBy?.id ?? null,
  updated_kind: row.updatedBy?.kind ?? null,
  deleted_at: row.deletedAt,
  wipe_at: row.wipeAt,
  revision: row.revision,
  seal: null,
  row_mac: row.rowMac,
})

const linkRow = (row: Link, account: string): Omit<SecretRow, 'seal'> => ({
  id: row.id,
  account_id: account,
  group_id: row.group,
  name: row.name,
  links_to: row.secret,
  description: null,
  type: null,
  metadata: null,
  file: 0,
  store: 'embedded',
  path: null,
  current_n: 0,
  latest_n: 0,
  created_at: row.createdAt,
  created_by: row.createdBy.id,
  created_kind: row.createdBy.kind,
  updated_at: row.createdAt,
  updated_by: null,
  updated_kind: null,
  deleted_at: null,
  wipe_at: null,
  revision: 1,
  row_mac: null,
})

const versionState = (row: Version) => ({
  secret_id: row.secret,
  n: row.n,
  state: row.state,
  store: row.state === 'destroyed' ? null : row.sealed.store,
  generation: row.state === 'destroyed' ? null : row.sealed.generation,
  sealed: row.state === 'destroyed' ? null : row.sealed.bytes,
  deleted_at: row.state === 'live' ? null : row.deletedAt,
})

type Steps = { readonly [W in Write as W['write']]: (write: W, seals: Seals) => Step }

/** What each write does, as one step. */
const steps: Steps = {
  installation: ({ row }, seals) =>
    step(accounts.addInstallation, seals.sealed('installation', installationRow(row))),
  'rewrapped-installation': ({ from, to }) =>
    step(accounts.rewrapInstallation, {
      from,
      root_key: to.rootKey,
      server_key: to.serverKey,
      signing_key: to.signingKey,
    }),
  account: ({ row }) =>
    step(accounts.addAccount, {
      id: row.id,
      name: row.name,
      authority: row.authority,
      created_at: row.createdAt,
    }),
  'account-key': ({ row }) => step(accounts.addAccountKey, accountKeyRow(row)),
  'rewrapped-account-key': ({ from, row }) =>
    step(accounts.rewrapAccountKey, {
      account: row.account,
      generation: row.generation,
      from,
      root_key: row.rootKey,
      wrapped: row.wrapped,
    }),
  'rests-on-root-key': ({ rootKey }) => step(accounts.restOnRootKey, { root_key: rootKey }),
  'raise-authority': ({ account }) => step(accounts.raiseAuthority, { id: account }),
  subject: ({ row }, seals) => step(people.addSubject, seals.sealed('subject', subjectRow(row))),
  'changed-subject': ({ row }, seals) =>
    step(people.changeSubject, seals.sealed('subject', subjectRow(row))),
  team: ({ row }, seals) =>
    step(
      people.addTeam,
      seals.sealed('team', {
        id: row.id,
        account_id: row.account,
        name: row.name,
        created_at: row.createdAt,
        created_by: row.createdBy,
      }),
    ),
  'removed-team': ({ id, at }) => step(people.removeTeam, { id, at }),
  member: (write, seals) =>
    step(people.addMember, { ...seals.sealed('team_member', memberRow(write)), at: write.at }),
  'changed-member': (write, seals) =>
    step(people.changeMember, seals.sealed('team_member', memberRow(write))),
  'removed-member': ({ team, subject }) => step(people.removeMember, { team, subject }),
  'removed-members': ({ team }) => step(people.removeMembers, { team }, 'any'),
  token: ({ row, digest }, seals) =>
    step(people.addToken, { ...seals.sealed('token', tokenRow(row)), digest }),
  'revoked-token': ({ id, at }) => step(people.revokeToken, { id, at, none: NO_DIGEST }),
  'shortened-token': ({ row }, seals) =>
    step(people.shortenToken, seals.sealed('token', tokenRow(row))),
  group: ({ row }, seals) =>
    step(
      groups.addGroup,
      seals.sealed('secret_group', {
        id: row.id,
        account_id: row.account,
        kind: row.kind,
        name: row.name,
        owner_kind: row.owner.kind,
        owner_id: row.owner.id,
        store: row.store,
        open_to_all: row.open ? 1 : 0,
        created_at: row.createdAt,
        created_by: row.createdBy,
      }),
    ),
  'removed-group': ({ id, at }) => step(groups.removeGroup, { id, at }),
  'emptied-group': ({ id, at, size }) => step(groups.emptyGroup, { id, at, size }),
  'changed-group': ({ id, revision, at }) => step(groups.changeGroup, { id, revision, at }),
  'group-size': ({ group, by }) => step(groups.changeGroupSize, { id: group, by }),
  collaboration: ({ row }, seals) =>
    step(
      groups.addCollaboration,
      seals.sealed('collaborator', {
        group_id: row.group,
        grantee_id: row.id,
        origin: row.origin,
        grantee_kind: row.kind,
        role: row.role,
      }),
    ),
  'removed-collaborations': ({ origin, group }) =>
    group === null
      ? step(groups.removeCollaborationsFrom, { origin }, 'any')
      : step(groups.removeCollaborationsIn, { group, origin }, 'any'),
  'removed-grantee': ({ id }) => step(groups.removeGrantee, { id }, 'any'),
  variable: ({ row }) => step(groups.addVariable, variableRow(row)),
  'changed-variable': ({ row }) => step(groups.changeVariable, variableRow(row)),
  'removed-variable': ({ id, revision }) => step(groups.removeVariable, { id, revision }),
  'removed-variables': ({ group }) => step(groups.removeVariables, { group }, 'any'),
  'role-binding': ({ row }) =>
    step(naming.addRoleBinding, {
      id: row.id,
      account_id: row.account,
      name: row.name,
      created_at: row.createdAt,
      created_by: row.createdBy,
      updated_at: row.updatedAt,
    }),
  'changed-role-binding': ({ id, from, at }) => step(naming.changeRoleBinding, { id, from, at }),
  'removed-role-binding': ({ id }) => step(naming.removeRoleBinding, { id }),
  manifest: ({ of, body }) => step(naming.putManifest, { owner: of, body }),
  'removed-manifest': ({ of }) => step(naming.removeManifest, { owner: of }, 'any'),
  slug: ({ account, owner, slug }, seals) =>
    step(naming.putSlug, seals.sealed('slug', { owner_id: owner, account_id: account, slug })),
  'removed-slug': ({ owner }) => step(naming.removeSlug, { owner }, 'any'),
  'login-challenge': ({ row }, seals) =>
    step(
      naming.addLoginChallenge,
      seals.sealed('login_challenge', {
        code: row.code,
        status_digest: row.statusDigest,
        public_key: row.publicKey,
        created_at: row.createdAt,
        expires_at: row.expiresAt,
        result: row.result,
      }),
    ),
  'approved-login': ({ code, result }) => step(naming.approveLogin, { code, result }),
  'removed-logins': ({ before }) => step(naming.removeLogins, { before }, 'any'),
  secret: ({ row }) => step(secrets.addSecret, secretRow(row)),
  'changed-secret': ({ row }) => step(secrets.changeSecret, secretRow(row)),
  version: ({ row }) =>
    step(secrets.addVersion, {
      ...versionState(row),
      created_at: row.createdAt,
      created_by: row.createdBy.id,
      created_kind: row.createdBy.kind,
    }),
  'changed-version': ({ row }) => step(secrets.changeVersion, versionState(row)),
  'destroyed-versions': ({ secret, at }) => step(secrets.destroyVersions, { secret, at }, 'any'),
  link: ({ row, account }, seals) =>
    step(secrets.addSecret, seals.sealed('link', linkRow(row, account))),
  'removed-link': ({ id, at }) => step(secrets.removeLink, { id, at }),
  store: ({ row }) => step(stores.addStore, storeRow(row)),
  'changed-store': ({ row }) => step(stores.changeStore, storeRow(row)),
  'relocated-store': ({ row }) => step(stores.relocateStore, storeRow(row)),
  'removed-store': ({ id, revision, at }) => step(stores.removeStore, { id, revision, at }),
  'default-store': ({ account, store }) => step(stores.setDefaultStore, { account, store }),
  'group-store': ({ id, store }) => step(stores.setGroupStore, { id, store }),
  'store-task': ({ row }) => step(stores.addStoreTask, storeTaskRow(row)),
  'settled-store-task': ({ id }) => step(stores.settleStoreTask, { id }),
  'claimed-store-task': ({ id, dueAt }) => step(stores.claimStoreTask, { id, due_at: dueAt }),
  'due-store-task': ({ id, dueAt }) => step(stores.makeStoreTaskDue, { id, due_at: dueAt }, 'any'),
  'due-store-tasks': ({ now }) => step(stores.makeStoreTasksDue, { now }, 'any'),
  'done-store-task': ({ id }) => step(stores.removeStoreTask, { id }, 'any'),
}

type SizeWrite = Write & { readonly write: 'group-size' }

/** Sizes of groups last and in one order, so that changes that meet in several groups queue up. */
export function inOrder(writes: readonly Write[]): readonly Write[] {
  const sizes = writes.filter((one): one is SizeWrite => one.write === 'group-size')
  if (sizes.length < 2) return writes
  sizes.sort((a, b) => (a.group < b.group ? -1 : 1))
  return [...writes.filter((one) => one.write !== 'group-size'), ...sizes]
}

/** A write as one step; what it writes of rights bears a seal. */
export const toStep = (write: Write, seals: Seals): Step =>
  (steps[write.write] as (write: Write, seals: Seals) => Step)(write, seals)

const things: Readonly<Partial<Record<Write['write'], Thing>>> = {
  account: 'account',
  subject: 'subject',
  'changed-subject': 'subject',
  team: 'team',
  member: 'member',
  token: 'token',
  group: 'group',
  version: 'version',
  link: 'link',
  variable: 'variable',
  'changed-variable': 'variable',
  'role-binding': 'binding',
  slug: 'slug',
  store: 'store',
  'changed-store': 'store',
  'relocated-store': 'store',
  'login-challenge': 'login',
}

/** What is taken when a write meets a unique index. */
export const thingOf = (write: Write | undefined): Thing =>
  (write === undefined ? undefined : things[write.write]) ?? 'secret'

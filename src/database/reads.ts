import { GROUP_ROLES, type GroupRole } from '#domain/group.ts'
import type { AccountId, GroupId, InstallationId, SubjectId, TeamId, TokenId } from '#domain/ids.ts'
import { NAME_CHARACTERS_MAX } from '#domain/limits.ts'
import type { TokenKind } from '#domain/subject.ts'
import type { Collaboration, Reads, WrappedAccountKey } from '#ports/database.ts'
import { allAsked, asked } from './asked.ts'
import type { Engine } from './engine.ts'
import {
  orNull,
  toAccount,
  toCollaboration,
  toGroup,
  toLink,
  toLoginChallenge,
  toRoleBinding,
  toScopes,
  toSecret,
  toSubject,
  toTeam,
  toToken,
  toVariable,
  toVersion,
} from './rows.ts'
import * as accounts from './sql/accounts.ts'
import * as groups from './sql/groups.ts'
import * as naming from './sql/naming.ts'
import * as people from './sql/people.ts'
import * as secrets from './sql/secrets.ts'
import { show } from './shown.ts'
import { storeReads } from './store-reads.ts'

type AllReads<K extends keyof Reads> = Pick<Reads, K>

type AccountReads = AllReads<
  'installation' | 'account' | 'accounts' | 'accountKey' | 'accountKeysNotUnder'
>

const toAccountKey = (row: accounts.AccountKeyRow): WrappedAccountKey => ({
  account: row.account_id as AccountId,
  generation: row.generation,
  wrapped: row.wrapped,
  rootKey: row.root_key,
  createdAt: row.created_at,
})

const accountReads = (engine: Engine): AccountReads => ({
  async installation() {
    return orNull(await engine.get(accounts.getInstallation, {}), (row) => ({
      id: row.id as InstallationId,
      createdAt: row.created_at,
      operator: row.operator as AccountId,
      rootKey: row.root_key,
      serverKey: row.server_key,
      signingKey: row.signing_key,
      publicKey: row.public_key,
    }))
  },
  async account(id) {
    return orNull(asked(await engine.get(accounts.getAccount, { id }), { id }), toAccount)
  },
  async accounts(page) {
    return (await engine.all(accounts.listAccounts, { ...page })).map(toAccount)
  },
  async accountKey(account, generation) {
    const row =
      generation === null
        ? await engine.get(accounts.newestAccountKey, { account })
        : await engine.get(accounts.getAccountKey, { account, generation })
    return orNull(row, toAccountKey)
  },
  async accountKeysNotUnder(rootKey, limit) {
    const params = { root_key: rootKey, limit }
    const below = await engine.all(accounts.accountKeysBelow, params)
    const above = await engine.all(accounts.accountKeysAbove, params)
    return [...below, ...above].slice(0, limit).map(toAccountKey)
  },
})

type PeopleReads = AllReads<
  | 'knownToken'
  | 'subject'
  | 'subjectByEmail'
  | 'subjects'
  | 'team'
  | 'teams'
  | 'members'
  | 'teamsOf'
  | 'token'
  | 'tokens'
>

async function teamsOf(engine: Engine, subject: string): Promise<readonly TeamId[]> {
  const rows = await engine.all(people.teamsOfSubject, { subject })
  return rows.map(({ team_id }) => team_id as TeamId)
}

async function knownToken(engine: Engine, keyId: string): ReturnType<Reads['knownToken']> {
  const row = await engine.get(people.getKnownToken, { key_id: keyId })
  if (row === null) return null
  asked(row, { joined_account: row.account_id, joined_subject: row.subject_id })
  // Read after the authority revision: what is taken away meanwhile raises it, and the commit fails.
  const subject = row.subject_id
  const teams = await teamsOf(engine, subject)
  const shared = [
    ...(await engine.all(groups.listCollaborationsOf, { grantee: subject })),
    ...(await engine.all(groups.listTeamCollaborationsOf, { subject })),
  ]
  return {
    digest: row.digest,
    revokedAt: row.revoked_at,
    caller: {
      account: row.account_id as AccountId,
      subject: toSubject({
        ...row,
        id: row.subject_id,
        kind: row.subject_kind,
        name: row.subject_name,
        created_at: row.subject_created_at,
      }),
      token: {
        id: row.id as TokenId,
        kind: row.kind as TokenKind,
        revision: row.revision,
        scopes: toScopes(row.scopes),
        expiresAt: row.expires_at,
      },
      authority: row.authority,
      teams,
      roles: strongest(shared.map(toCollaboration)),
      operator: row.operator === row.account_id,
    },
  }
}

/** Of several roles in one group, the one that may most. */
function strongest(given: readonly Collaboration[]): ReadonlyMap<GroupId, GroupRole> {
  const roles = new Map<GroupId, GroupRole>()
  for (const { group, role } of given) {
    const known = roles.get(group)
    if (known === undefined || GROUP_ROLES.indexOf(role) > GROUP_ROLES.indexOf(known)) {
      roles.set(group, role)
    }
  }
  return roles
}

const peopleReads = (engine: Engine): PeopleReads => ({
  knownToken: (keyId) => knownToken(engine, keyId),
  async subject(account, id) {
    const row = await engine.get(people.getSubject, { account, id })
    return orNull(asked(row, { account_id: account, id }), toSubject)
  },
  async subjectByEmail(account, email) {
    const row = await engine.get(people.getSubjectByEmail, { account, email })
    return orNull(asked(row, { account_id: account, email }), toSubject)
  },
  async subjects(account, page) {
    return (await engine.all(people.listSubjects, { account, ...page })).map(toSubject)
  },
  async team(account, id) {
    const row = await engine.get(people.getTeam, { account, id })
    return orNull(asked(row, { account_id: account, id }), toTeam)
  },
  async teams(account, page) {
    return (await engine.all(people.listTeams, { account, ...page })).map(toTeam)
  },
  async members(team, page) {
    const rows = await engine.all(people.listMembers, { team, ...page })
    return rows.map((row) => ({
      subject: toSubject(row),
      addedAt: row.added_at,
      manager: row.manager === 1,
    }))
  },
  teamsOf: (subject) => teamsOf(engine, subject),
  async token(account, id) {
    const row = await engine.get(people.getToken, { account, id })
    return orNull(asked(row, { account_id: account, id }), toToken)
  },
  async tokens(subject: SubjectId, page) {
    return (await engine.all(people.listTokens, { subject, ...page })).map(toToken)
  },
})

type GroupReads = AllReads<
  | 'group'
  | 'anyGroup'
  | 'ownGroup'
  | 'namedGroup'
  | 'environment'
  | 'groupsOf'
  | 'groupSize'
  | 'groupState'
  | 'collaborators'
  | 'collaborationsFrom'
  | 'collaborationsOf'
  | 'variables'
  | 'variable'
>

const groupReads = (engine: Engine): GroupReads => ({
  async group(account, id) {
    const row = await engine.get(groups.getGroup, { account, id })
    return orNull(asked(row, { account_id: account, id }), toGroup)
  },
  async ownGroup(kind, owner) {
    const row = await engine.get(groups.getOwnGroup, { owner, kind })
    return orNull(asked(row, { owner_id: owner, kind }), toGroup)
  },
  async namedGroup(account, name) {
    const row = await engine.get(groups.getNamedGroup, { account, name })
    return orNull(asked(row, { account_id: account, kind: 'named', name }), toGroup)
  },
  async groupsOf(owner, page) {
    const rows = await engine.all(groups.listGroupsOf, { owner, ...page })
    return allAsked(rows, { owner_id: owner }).map(toGroup)
  },
  async groupSize(id) {
    return (await engine.get(groups.getGroupSize, { id }))?.size ?? 0
  },
  async anyGroup(account, id) {
    const row = await engine.get(groups.getAnyGroup, { account, id })
    return orNull(asked(row, { account_id: account, id }), toGroup)
  },
  async environment(owner, name) {
    const row = await engine.get(groups.getEnvironment, { owner, name })
    return orNull(asked(row, { owner_id: owner, kind: 'environment', name }), toGroup)
  },
  async groupState(id) {
    const row = await engine.get(groups.getGroupState, { id })
    return orNull(row, ({ size, revision, updated_at: updatedAt }) => ({
      ...{ size, revision, updatedAt },
    }))
  },
  async collaborators(group) {
    return (await engine.all(groups.listCollaborators, { group })).map(toCollaboration)
  },
  async collaborationsFrom(origin) {
    return (await engine.all(groups.listCollaborationsFrom, { origin })).map(toCollaboration)
  },
  async collaborationsOf(grantee) {
    return (await engine.all(groups.listCollaborationsOf, { grantee })).map(toCollaboration)
  },
  async variables(group) {
    return (await engine.all(groups.listVariables, { group })).map(toVariable)
  },
  async variable(group, id) {
    return orNull(await engine.get(groups.getVariable, { group, id }), toVariable)
  },
})

type NamingReads = AllReads<
  'roleBinding' | 'manifest' | 'slugOf' | 'slugOwner' | 'loginChallenge' | 'loginChallengesWaiting'
>

const namingReads = (engine: Engine): NamingReads => ({
  async roleBinding(account, name) {
    return orNull(await engine.get(naming.getRoleBinding, { account, name }), toRoleBinding)
  },
  async manifest(of) {
    return (await engine.get(naming.getManifest, { owner: of }))?.body ?? null
  },
  async slugOf(owner) {
    return (await engine.get(naming.getSlug, { owner }))?.slug ?? null
  },
  async slugOwner(account, slug) {
    const row = await engine.get(naming.getSlugOwner, { account, slug })
    return orNull(
      asked(row, { account_id: account, slug }),
      ({ owner_id }) => owner_id as SubjectId | TeamId,
    )
  },
  async loginChallenge(code) {
    return orNull(await engine.get(naming.getLoginChallenge, { code }), toLoginChallenge)
  },
  async loginChallengesWaiting() {
    return (await engine.get(naming.countLoginChallenges, {}))?.waiting ?? 0
  },
})

type SecretReads = AllReads<
  | 'secret'
  | 'secretAndVersion'
  | 'shown'
  | 'position'
  | 'secrets'
  | 'search'
  | 'version'
  | 'versions'
  | 'deletedSecrets'
  | 'secretsToWipe'
  | 'link'
  | 'linksTo'
>

const LIKE_SPECIAL = /[!%_]/g

/** A to Z only, as LOWER does in both engines. */
const lower = (text: string): string => text.replace(/[A-Z]+/g, (part) => part.toLowerCase())

const secretReads = (engine: Engine): SecretReads => ({
  async secret(account, id) {
    const row = await engine.get(secrets.getSecret, { account, id })
    return orNull(asked(row, { account_id: account, id }), toSecret)
  },
  async secretAndVersion(account, id) {
    const row = await engine.get(secrets.getSecretAndVersion, { account, id })
    if (row === null) return null
    const secret = toSecret(asked(row, { account_id: account, id }))
    if (row.secret_id === null) return { secret, version: null }
    return { secret, version: toVersion(asked(row, { secret_id: id, n: secret.current })) }
  },
  async shown(group, name) {
    const row = await engine.get(secrets.getEntryByName, { group, name })
    return row === null ? null : ((await show(engine, group, [asked(row, { name })]))[0] ?? null)
  },
  async position(group, id) {
    const row =
      (await engine.get(secrets.getPosition, { group, id })) ??
      (await engine.get(secrets.getLinkPosition, { group, id }))
    return orNull(row, ({ id: at, name, updated_at: updatedAt }) => ({ id: at, name, updatedAt }))
  },
  async secrets({ group, sort, descending, after, offset = 0, limit }) {
    const statement = listSecretsBy(sort, descending)
    const start = after ?? (descending ? END : BEGINNING)
    const { id, name, updatedAt } = start
    return show(
      engine,
      group,
      await engine.all(statement, { group, id, name, updated_at: updatedAt, limit, offset }),
    )
  },
  async search(group, text, { after, limit }) {
    const pattern = `%${lower(text).replace(LIKE_SPECIAL, '!$&')}%`
    const rows = await engine.all(secrets.searchSecrets, { group, pattern, after, limit })
    return show(engine, group, rows)
  },
  async version(secret, n) {
    const row = await engine.get(secrets.getVersion, { secret, n })
    return orNull(asked(row, { secret_id: secret, n }), toVersion)
  },
  async versions(secret, before, limit) {
    const rows = await engine.all(secrets.listVersions, { secret, before, limit })
    return allAsked(rows, { secret_id: secret }).map(toVersion)
  },
  async deletedSecrets(account, page) {
    return (await engine.all(secrets.listDeletedSecrets, { account, ...page })).map(toSecret)
  },
  async secretsToWipe(now, limit) {
    return (await engine.all(secrets.listSecretsToWipe, { now, limit })).map(toSecret)
  },
  async link(group, id) {
    const row = await engine.get(secrets.getLink, { group, id })
    return orNull(asked(row, { group_id: group, links_to: id }), toLink)
  },
  async linksTo(id) {
    const rows = await engine.all(secrets.listLinksTo, { id })
    return allAsked(rows, { links_to: id }).map(toLink)
  },
})

const listSecretsBy = (sort: keyof typeof secrets.listSecrets, descending: boolean) =>
  secrets.listSecrets[sort][descending ? 1 : 0]

const BEGINNING = { id: '', name: '', updatedAt: -1 }
/** Above every id, name and time: U+10FFFF is the greatest character in the order of bytes. */
const END = {
  id: '\u{10ffff}',
  name: '\u{10ffff}'.repeat(NAME_CHARACTERS_MAX),
  updatedAt: Number.MAX_SAFE_INTEGER,
}

export const reads = (engine: Engine): Reads => ({
  ...accountReads(engine),
  ...peopleReads(engine),
  ...groupReads(engine),
  ...namingReads(engine),
  ...secretReads(engine),
  ...storeReads(engine),
})

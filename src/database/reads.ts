import type { AccountId, InstallationId, SubjectId, TeamId } from '#domain/ids.ts'
import { NAME_CHARACTERS_MAX } from '#domain/limits.ts'
import type { Installation, Reads, WrappedAccountKey } from '#ports/database.ts'
import { allAsked, asked } from './asked.ts'
import type { Engine } from './engine.ts'
import { knownToken, teamsOf } from './known-token.ts'
import { orNull, toAccount, toRoleBinding, toSecret, toVariable, toVersion } from './rows.ts'
import { nounsUnder, type Nouns } from './sealed-rows.ts'
import type { Seals } from './seals.ts'
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

const toInstallation = (row: accounts.InstallationRow): Installation => ({
  id: row.id as InstallationId,
  createdAt: row.created_at,
  operator: row.operator as AccountId,
  rootKey: row.root_key,
  serverKey: row.server_key,
  signingKey: row.signing_key,
  publicKey: row.public_key,
})

/** The installation before its key is known, and so its seal not looked at. */
export const unsealedInstallation = async (engine: Engine): Promise<Installation | null> =>
  orNull(await engine.get(accounts.getInstallation, {}), toInstallation)

const accountReads = (engine: Engine, seals: Seals): AccountReads => ({
  async installation() {
    const row = await engine.get(accounts.getInstallation, {})
    return orNull(row, (one) => toInstallation(seals.checked('installation', one)))
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

const peopleReads = (engine: Engine, seals: Seals, nouns: Nouns): PeopleReads => ({
  knownToken: (keyId, proves) => knownToken(engine, seals, keyId, proves),
  async subject(account, id) {
    const row = await engine.get(people.getSubject, { account, id })
    return orNull(asked(row, { account_id: account, id }), nouns.subject)
  },
  async subjectByEmail(account, email) {
    const row = await engine.get(people.getSubjectByEmail, { account, email })
    return orNull(asked(row, { account_id: account, email }), nouns.subject)
  },
  async subjects(account, page) {
    const rows = await engine.all(people.listSubjects, { account, ...page })
    return allAsked(rows, { account_id: account }).map(nouns.subject)
  },
  async team(account, id) {
    const row = await engine.get(people.getTeam, { account, id })
    return orNull(asked(row, { account_id: account, id }), nouns.team)
  },
  async teams(account, page) {
    const rows = await engine.all(people.listTeams, { account, ...page })
    return allAsked(rows, { account_id: account }).map(nouns.team)
  },
  async members(team, page) {
    const rows = await engine.all(people.listMembers, { team, ...page })
    return allAsked(rows, { team_id: team }).map((row) => {
      seals.checked('team_member', { ...asked(row, { subject_id: row.id }), seal: row.member_seal })
      return { subject: nouns.subject(row), addedAt: row.added_at, manager: row.manager === 1 }
    })
  },
  teamsOf: (subject) => teamsOf(engine, seals, subject),
  async token(account, id) {
    const row = await engine.get(people.getToken, { account, id })
    return orNull(asked(row, { account_id: account, id }), nouns.token)
  },
  async tokens(subject: SubjectId, page) {
    const rows = await engine.all(people.listTokens, { subject, ...page })
    return allAsked(rows, { subject_id: subject }).map(nouns.token)
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

const groupReads = (engine: Engine, nouns: Nouns): GroupReads => ({
  async group(account, id) {
    const row = await engine.get(groups.getGroup, { account, id })
    return orNull(asked(row, { account_id: account, id }), nouns.group)
  },
  async ownGroup(kind, owner) {
    const row = await engine.get(groups.getOwnGroup, { owner, kind })
    return orNull(asked(row, { owner_id: owner, kind }), nouns.group)
  },
  async namedGroup(account, name) {
    const row = await engine.get(groups.getNamedGroup, { account, name })
    return orNull(asked(row, { account_id: account, kind: 'named', name }), nouns.group)
  },
  async groupsOf(owner, page) {
    const rows = await engine.all(groups.listGroupsOf, { owner, ...page })
    return allAsked(rows, { owner_id: owner }).map(nouns.group)
  },
  async groupSize(id) {
    return (await engine.get(groups.getGroupSize, { id }))?.size ?? 0
  },
  async anyGroup(account, id) {
    const row = await engine.get(groups.getAnyGroup, { account, id })
    return orNull(asked(row, { account_id: account, id }), nouns.group)
  },
  async environment(owner, name) {
    const row = await engine.get(groups.getEnvironment, { owner, name })
    return orNull(asked(row, { owner_id: owner, kind: 'environment', name }), nouns.group)
  },
  async groupState(id) {
    const row = await engine.get(groups.getGroupState, { id })
    return orNull(row, ({ size, revision, updated_at: updatedAt }) => ({
      ...{ size, revision, updatedAt },
    }))
  },
  async collaborators(group) {
    const rows = await engine.all(groups.listCollaborators, { group })
    return allAsked(rows, { group_id: group }).map(nouns.collaboration)
  },
  async collaborationsFrom(origin) {
    const rows = await engine.all(groups.listCollaborationsFrom, { origin })
    return allAsked(rows, { origin }).map(nouns.collaboration)
  },
  async collaborationsOf(grantee) {
    const rows = await engine.all(groups.listCollaborationsOf, { grantee })
    return allAsked(rows, { grantee_id: grantee }).map(nouns.collaboration)
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

const namingReads = (engine: Engine, seals: Seals, nouns: Nouns): NamingReads => ({
  async roleBinding(account, name) {
    return orNull(await engine.get(naming.getRoleBinding, { account, name }), toRoleBinding)
  },
  async manifest(of) {
    return (await engine.get(naming.getManifest, { owner: of }))?.body ?? null
  },
  async slugOf(owner) {
    const row = asked(await engine.get(naming.getSlug, { owner }), { owner_id: owner })
    return orNull(row, (one) => seals.checked('slug', one).slug)
  },
  async slugOwner(account, slug) {
    const row = await engine.get(naming.getSlugOwner, { account, slug })
    return orNull(
      asked(row, { account_id: account, slug }),
      (one) => seals.checked('slug', one).owner_id as SubjectId | TeamId,
    )
  },
  async loginChallenge(code) {
    const row = await engine.get(naming.getLoginChallenge, { code })
    return orNull(asked(row, { code }), nouns.login)
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

const secretReads = (engine: Engine, nouns: Nouns): SecretReads => ({
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
    return row === null
      ? null
      : ((await show(engine, nouns, group, [asked(row, { name })]))[0] ?? null)
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
      nouns,
      group,
      await engine.all(statement, { group, id, name, updated_at: updatedAt, limit, offset }),
    )
  },
  async search(group, text, { after, limit }) {
    const pattern = `%${lower(text).replace(LIKE_SPECIAL, '!$&')}%`
    const rows = await engine.all(secrets.searchSecrets, { group, pattern, after, limit })
    return show(engine, nouns, group, rows)
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
    return orNull(asked(row, { group_id: group, links_to: id }), nouns.link)
  },
  async linksTo(id) {
    const rows = await engine.all(secrets.listLinksTo, { id })
    return allAsked(rows, { links_to: id }).map(nouns.link)
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

/** Everything the core reads; of rights, only rows that are as they were written. */
export function reads(engine: Engine, seals: Seals): Reads {
  const nouns = nounsUnder(seals)
  return {
    ...accountReads(engine, seals),
    ...peopleReads(engine, seals, nouns),
    ...groupReads(engine, nouns),
    ...namingReads(engine, seals, nouns),
    ...secretReads(engine, nouns),
    ...storeReads(engine),
  }
}

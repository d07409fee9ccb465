import type { AccountId, InstallationId, SubjectId, TeamId, TokenId } from '#domain/ids.ts'
import { NAME_CHARACTERS_MAX } from '#domain/limits.ts'
import type { Reads, Shown, WrappedAccountKey } from '#ports/database.ts'
import type { Engine } from './engine.ts'
import {
  toAccount,
  toGroup,
  toLink,
  toScopes,
  toSecret,
  toShown,
  toSubject,
  toTeam,
  toToken,
  toVersion,
  type SecretInfoRow,
} from './rows.ts'
import * as accounts from './sql/accounts.ts'
import * as people from './sql/people.ts'
import * as secrets from './sql/secrets.ts'

const orNull = <R, T>(row: R | null, to: (row: R) => T): T | null => (row === null ? null : to(row))

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
    return orNull(await engine.get(accounts.getAccount, { id }), toAccount)
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
  | 'token'
  | 'tokens'
>

async function knownToken(engine: Engine, keyId: string): ReturnType<Reads['knownToken']> {
  const row = await engine.get(people.getKnownToken, { key_id: keyId })
  if (row === null) return null
  // Read after the authority revision: what is taken away meanwhile raises it, and the commit fails.
  const teams = await engine.all(people.teamsOfSubject, { subject: row.subject_id })
  return {
    digest: row.digest,
    revokedAt: row.revoked_at,
    caller: {
      account: row.account_id as AccountId,
      subject: toSubject({
        ...row,
        id: row.subject_id,
        name: row.subject_name,
        created_at: row.subject_created_at,
      }),
      token: {
        id: row.id as TokenId,
        revision: row.revision,
        scopes: toScopes(row.scopes),
        expiresAt: row.expires_at,
      },
      authority: row.authority,
      teams: teams.map(({ team_id }) => team_id as TeamId),
      operator: row.operator === row.account_id,
    },
  }
}

const peopleReads = (engine: Engine): PeopleReads => ({
  knownToken: (keyId) => knownToken(engine, keyId),
  async subject(account, id) {
    return orNull(await engine.get(people.getSubject, { account, id }), toSubject)
  },
  async subjectByEmail(account, email) {
    return orNull(await engine.get(people.getSubjectByEmail, { account, email }), toSubject)
  },
  async subjects(account, page) {
    return (await engine.all(people.listSubjects, { account, ...page })).map(toSubject)
  },
  async team(account, id) {
    return orNull(await engine.get(people.getTeam, { account, id }), toTeam)
  },
  async teams(account, page) {
    return (await engine.all(people.listTeams, { account, ...page })).map(toTeam)
  },
  async members(team, page) {
    const rows = await engine.all(people.listMembers, { team, ...page })
    return rows.map((row) => ({ subject: toSubject(row), addedAt: row.added_at }))
  },
  async token(account, id) {
    return orNull(await engine.get(people.getToken, { account, id }), toToken)
  },
  async tokens(subject: SubjectId, page) {
    return (await engine.all(people.listTokens, { subject, ...page })).map(toToken)
  },
})

type GroupReads = AllReads<'group' | 'ownGroup' | 'namedGroup' | 'groupsOf' | 'groupSize'>

const groupReads = (engine: Engine): GroupReads => ({
  async group(account, id) {
    return orNull(await engine.get(secrets.getGroup, { account, id }), toGroup)
  },
  async ownGroup(kind, owner) {
    return orNull(await engine.get(secrets.getOwnGroup, { owner, kind }), toGroup)
  },
  async namedGroup(account, name) {
    return orNull(await engine.get(secrets.getNamedGroup, { account, name }), toGroup)
  },
  async groupsOf(owner, page) {
    return (await engine.all(secrets.listGroupsOf, { owner, ...page })).map(toGroup)
  },
  async groupSize(id) {
    return (await engine.get(secrets.getGroupSize, { id }))?.size ?? 0
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
  | 'link'
  | 'linksTo'
>

/** Follows links; an entry whose target is gone is left out. */
async function show(engine: Engine, rows: readonly SecretInfoRow[]): Promise<Shown[]> {
  const shown: Shown[] = []
  for (const row of rows) {
    if (row.links_to === null) {
      shown.push(toShown(row, null))
      continue
    }
    const target = await engine.get(secrets.getSecret, {
      account: row.account_id,
      id: row.links_to,
    })
    if (target !== null && target.deleted_at === null) shown.push(toShown(row, target))
  }
  return shown
}

const LIKE_SPECIAL = /[!%_]/g

/** A to Z only, as LOWER does in both engines. */
const lower = (text: string): string => text.replace(/[A-Z]+/g, (part) => part.toLowerCase())

const secretReads = (engine: Engine): SecretReads => ({
  async secret(account, id) {
    return orNull(await engine.get(secrets.getSecret, { account, id }), toSecret)
  },
  async secretAndVersion(account, id) {
    const row = await engine.get(secrets.getSecretAndVersion, { account, id })
    if (row === null) return null
    return { secret: toSecret(row), version: row.secret_id === null ? null : toVersion(row) }
  },
  async shown(group, name) {
    const row = await engine.get(secrets.getEntryByName, { group, name })
    return row === null ? null : ((await show(engine, [row]))[0] ?? null)
  },
  async position(group, id) {
    const row =
      (await engine.get(secrets.getPosition, { group, id })) ??
      (await engine.get(secrets.getLinkPosition, { group, id }))
    return orNull(row, ({ id: at, name, updated_at: updatedAt }) => ({ id: at, name, updatedAt }))
  },
  async secrets({ group, sort, descending, after, limit }) {
    const statement = listSecretsBy(sort, descending)
    const start = after ?? (descending ? END : BEGINNING)
    const { id, name, updatedAt } = start
    return show(
      engine,
      await engine.all(statement, { group, id, name, updated_at: updatedAt, limit }),
    )
  },
  async search(group, text, { after, limit }) {
    const pattern = `%${lower(text).replace(LIKE_SPECIAL, '!$&')}%`
    return show(engine, await engine.all(secrets.searchSecrets, { group, pattern, after, limit }))
  },
  async version(secret, n) {
    return orNull(await engine.get(secrets.getVersion, { secret, n }), toVersion)
  },
  async versions(secret, before, limit) {
    return (await engine.all(secrets.listVersions, { secret, before, limit })).map(toVersion)
  },
  async link(group, id) {
    return orNull(await engine.get(secrets.getLink, { group, id }), toLink)
  },
  async linksTo(id) {
    return (await engine.all(secrets.listLinksTo, { id })).map(toLink)
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
  ...secretReads(engine),
})

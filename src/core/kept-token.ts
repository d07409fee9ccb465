import type { Grant } from '#domain/grant.ts'
import type { Group } from '#domain/group.ts'
import { parseId, type GroupId, type TokenId } from '#domain/ids.ts'
import { TOKEN_TTL_MAX_MS } from '#domain/limits.ts'
import type { Secret, Version } from '#domain/secret.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Caller, Scope, Subject, TokenForm } from '#domain/subject.ts'
import type { Token, Write } from '#ports/database.ts'
import { changed, doerOf, unlinkAll } from './change-secret.ts'
import type { Core } from './core.ts'
import { newVersion } from './write-value.ts'
import { newToken, ownGroup, type TokenTerms as SaidOfToken } from './founding.ts'

/**
 * A token whose text can be shown again is a secret of its subject's group of the kind `tokens`, which
 * no list shows and nobody has a role in. A service account keeps the one in force, under this name.
 */
const SERVICE = 'token'
const SERVICE_TOKEN_NAME = 'virtual-account'

/** How a subject's kept tokens are made; remembered with the one in force. */
export interface TokenTerms {
  readonly form: TokenForm
  /** The end that is set for them all (Unix ms); `null` for the longest life there is. */
  readonly until: number | null
  /** Where the token in force is shown as a secret; `null` for nowhere. */
  readonly shownIn: { readonly group: GroupId; readonly name: string } | null
}

interface Remembered extends TokenTerms {
  readonly token: TokenId
}

export interface KeptToken {
  readonly group: Group
  readonly secret: Secret
  readonly version: Version | null
  /** The token whose text it is. */
  readonly token: TokenId
  readonly terms: TokenTerms
}

/** What is kept for a subject under a name; `null` when nothing is. */
export async function findKept(
  core: Core,
  subject: Subject,
  name = SERVICE,
): Promise<KeptToken | null> {
  const { reads } = core.database
  const group = await reads.ownGroup('tokens', subject.id)
  const shown = group && (await reads.shown(group.id, name))
  const read = shown && (await reads.secretAndVersion(subject.account, shown.secret.id))
  const text = read && (await reads.manifest(read.secret.id))
  if (group === null || read === null || text === null) return null
  const { token, ...terms } = JSON.parse(text) as Remembered
  return { group, secret: read.secret, version: read.version, token, terms }
}

/** Remembers the terms beside the secret; it may be shown elsewhere, and says nothing of them. */
const remember = (
  { id: of }: Secret,
  token: TokenId,
  { form, until, shownIn }: TokenTerms,
): Write => ({
  write: 'manifest',
  of,
  body: JSON.stringify({ token, form, until, shownIn } satisfies Remembered),
})

/** When a token made now ends. */
export const endOf = (core: Core, until: number | null): number =>
  Math.min(until ?? Number.MAX_SAFE_INTEGER, core.world.now() + TOKEN_TTL_MAX_MS)

/** What is said of a token that is made. */
export type TokenSaid = SaidOfToken & { readonly expiresAt: number }

/** A token of a subject in the form asked, with its write. */
export async function mintToken(
  core: Core,
  subject: Subject,
  form: TokenForm,
  said: TokenSaid,
): Promise<ReturnType<typeof newToken>> {
  if (form === 'opaque') {
    // Whoever asks for these tokens shows them to clients that take no other form.
    return newToken(core, subject, said, { ...core.tokens.mint(subject.kind, 'tfy'), form })
  }
  const account = await core.database.reads.account(subject.account)
  const { expiresAt } = said
  const minted = await core.tokens.mintJwt({
    ...{ subject, expiresAt },
    accountName: account?.name ?? '',
  })
  return newToken(core, subject, said, { ...minted, form })
}

export interface MadeToken {
  readonly row: Token
  readonly text: SecretValue
  /** Where the text is kept. */
  readonly secret: Secret
  readonly group: Group
  readonly writes: readonly Write[]
}

interface Keeping {
  /** What is kept under the name so far. */
  readonly kept: KeptToken | null
  readonly terms: TokenTerms
  readonly said: TokenSaid
  /** The name it is kept under. */
  readonly name?: string
}

/** A new token, its text kept in the place of the one kept before. */
export async function makeKept(
  core: Core,
  grant: Grant,
  subject: Subject,
  { kept, terms, said, name = SERVICE }: Keeping,
): Promise<MadeToken> {
  const { row, text, write } = await mintToken(core, subject, terms.form, said)
  const { group, secret, writes } =
    kept === null
      ? await keepFirst(core, grant, subject, name, text)
      : await keepNext(core, grant, kept, text)
  return { row, text, group, secret, writes: [write, ...writes, remember(secret, row.id, terms)] }
}

/** What is said of a service account's token that is made now. */
export const serviceToken = (core: Core, scopes: Scopes, { until }: TokenTerms): TokenSaid => ({
  name: SERVICE_TOKEN_NAME,
  scopes,
  expiresAt: endOf(core, until),
})

type Scopes = readonly Scope[] | null

interface KeptAs {
  readonly group: Group
  readonly secret: Secret
  readonly writes: readonly Write[]
}

async function keepFirst(
  core: Core,
  grant: Grant,
  subject: Subject,
  name: string,
  text: SecretValue,
): Promise<KeptAs> {
  const { caller } = grant
  const { account } = subject
  const owner = { kind: 'subject', id: subject.id } as const
  const known = await core.database.reads.ownGroup('tokens', subject.id)
  const of = { name: 'tokens', owner, account, by: caller.subject.id, store: 'embedded' } as const
  const made = ownGroup(core, 'tokens', of)
  const group = known ?? made.row
  const secret = await firstSecret(core, caller, group, name)
  const version = await newVersion(core, grant, { secret, n: 1 }, text)
  const writes: readonly Write[] = [
    ...(known === null ? [made] : []),
    { write: 'secret', row: secret },
    ...version.writes,
    { write: 'group-size', group: group.id, by: 1 },
  ]
  return { group, secret, writes }
}

async function firstSecret(
  core: Core,
  caller: Caller,
  { id: group, account }: Group,
  name: string,
): Promise<Secret> {
  const now = core.world.now()
  const row = {
    ...{ id: core.newId<'secret'>(), account, group, name },
    ...{ description: null, type: null, metadata: null, file: false, current: 1, latest: 1 },
    ...({ store: 'embedded', path: null } as const),
    ...{ createdAt: now, createdBy: doerOf(caller), updatedAt: now, updatedBy: null },
    ...{ deletedAt: null, wipeAt: null, revision: 1 },
  }
  return { ...row, rowMac: await core.rowSeal.seal(row) }
}

async function keepNext(
  core: Core,
  grant: Grant,
  { group, secret }: KeptToken,
  text: SecretValue,
): Promise<KeptAs> {
  const n = secret.latest + 1
  const row = await changed(core, grant.caller, secret, { current: n, latest: n })
  const version = await newVersion(core, grant, { secret, n }, text)
  const writes: readonly Write[] = [{ write: 'changed-secret', row }, ...version.writes]
  return { group, secret: row, writes }
}

/**
 * Keeps other terms with the token that is kept, and shows it where they say and nowhere else. Raises
 * the secret's revision, as every change of what is kept does.
 */
export async function changeTerms(
  core: Core,
  caller: Caller,
  { secret, token, terms: before }: KeptToken,
  terms: TokenTerms,
): Promise<Write[]> {
  const { updatedAt, updatedBy } = secret
  const links = await core.database.reads.linksTo(secret.id)
  const place = terms.shownIn
  const same =
    place === null
      ? links.length === 0
      : links.some((link) => link.group === place.group && link.name === place.name)
  return [
    { write: 'changed-secret', row: await changed(core, caller, secret, { updatedAt, updatedBy }) },
    ...(same ? [] : await unlinkAll(core, secret.id, core.world.now())),
    ...(same || place === null ? [] : showIn(core, caller, secret, place)),
    ...(terms === before ? [] : [remember(secret, token, terms)]),
  ]
}

/** What shows a kept token as a secret of a group. */
export function showIn(
  core: Core,
  caller: Caller,
  { id: secret, account }: Secret,
  { group, name }: NonNullable<TokenTerms['shownIn']>,
): Write[] {
  const id = core.newId<'secret'>()
  const at = { createdAt: core.world.now(), createdBy: doerOf(caller) }
  return [
    { write: 'link', row: { id, group, name, secret, ...at }, account },
    { write: 'group-size', group, by: 1 },
  ]
}

const KEPT_MAX = 100_000

/** Wipes what is kept for a subject, and takes it away wherever it is shown. */
export async function removeKept(core: Core, caller: Caller, subject: Subject): Promise<Write[]> {
  const { reads } = core.database
  const at = core.world.now()
  const group = await reads.ownGroup('tokens', subject.id)
  if (group === null) return []
  const page = { group: group.id, sort: 'id', descending: false, after: null } as const
  const entries = await reads.secrets({ ...page, limit: KEPT_MAX })
  const writes: Write[] = []
  for (const { secret: info } of entries) {
    const secret = await reads.secret(subject.account, info.id)
    if (secret === null) continue
    writes.push(
      { write: 'changed-secret', row: await changed(core, caller, secret, { deletedAt: at }) },
      { write: 'destroyed-versions', secret: secret.id, at },
      { write: 'removed-manifest', of: secret.id },
      ...(await unlinkAll(core, secret.id, at)),
    )
  }
  return [...writes, { write: 'emptied-group', id: group.id, at, size: entries.length }]
}

/** The token of this subject with this id, unless it was revoked. */
export async function tokenOf(core: Core, subject: Subject, raw: string): Promise<Token | null> {
  const id = parseId<'token'>(raw)
  const token = id === null ? null : await core.database.reads.token(subject.account, id)
  return token?.subject === subject.id && token.revokedAt === null ? token : null
}

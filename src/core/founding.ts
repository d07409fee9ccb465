import type { Group, GroupKind, Owner } from '#domain/group.ts'
import type { AccountId, SubjectId } from '#domain/ids.ts'
import { TOKEN_TTL_DEFAULT_MS } from '#domain/limits.ts'
import type { Scope, Subject, TokenForm, TokenKind } from '#domain/subject.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { StoreRef } from '#domain/store.ts'
import type { Token, Write } from '#ports/database.ts'
import type { MintedToken } from '#ports/tokens.ts'
import type { Core } from './core.ts'
import { newStore, type GivenStore, type StoreMaker } from './set-up-store.ts'

/** What making new things takes. */
export type Founder = Pick<Core, 'world' | 'newId' | 'tokens'>

/** What making an account takes. */
export type AccountFounder = Founder & StoreMaker & Pick<Core, 'keyring' | 'accountStore'>

export interface Founded<T> {
  readonly made: T
  readonly token: SecretValue
  readonly writes: readonly Write[]
}

interface OwnGroupSaid {
  readonly name: string
  readonly owner: Owner
  readonly account: AccountId
  readonly by: SubjectId
  readonly store: StoreRef
}

/** The group that comes with its owner. */
export function ownGroup(
  { world, newId }: Pick<Core, 'world' | 'newId'>,
  kind: GroupKind,
  { name, owner, account, by, store }: OwnGroupSaid,
): Extract<Write, { readonly write: 'group' }> {
  const row: Group = {
    id: newId<'group'>(),
    account,
    kind,
    name,
    owner,
    open: true,
    store,
    createdAt: world.now(),
    createdBy: by,
  }
  return { write: 'group', row }
}

export interface TokenTerms {
  readonly name: string
  readonly kind?: TokenKind
  readonly scopes: readonly Scope[] | null
  /** Unix ms; `null` for never. */
  readonly expiresAt: number | null
}

/** A token for a subject, opaque unless one was minted, with the write that stores its digest. */
export function newToken(
  { world, newId, tokens }: Founder,
  subject: Subject,
  { name, kind = 'key', scopes, expiresAt }: TokenTerms,
  minted: MintedToken & { readonly form: TokenForm } = {
    ...tokens.mint(subject.kind),
    form: 'opaque',
  },
): { row: Token; text: SecretValue; write: Write } {
  const { text, keyId, digest, form } = minted
  const row: Token = {
    id: newId<'token'>(),
    account: subject.account,
    subject: subject.id,
    kind,
    form,
    keyId,
    name,
    scopes,
    createdAt: world.now(),
    expiresAt,
    revokedAt: null,
  }
  return { row, text, write: { write: 'token', row, digest } }
}

/** What is said of a new subject, and where its personal group is kept. */
export type PersonSaid = Pick<Subject, 'account' | 'kind' | 'role' | 'name' | 'email'> & {
  readonly store: StoreRef
}

/** A subject with its personal group (users only) and no token yet. */
export function newPerson(
  founder: Founder,
  { store, ...said }: PersonSaid,
): Omit<Founded<Subject>, 'token'> {
  const made: Subject = {
    ...said,
    id: founder.newId<'subject'>(),
    state: 'active',
    createdAt: founder.world.now(),
  }
  const owner = { kind: 'subject', id: made.id } as const
  const { account, id: by } = made
  const personal = ownGroup(founder, 'personal', { name: 'personal', owner, account, by, store })
  return {
    made,
    writes: [{ write: 'subject', row: made }, ...(made.kind === 'user' ? [personal] : [])],
  }
}

/** The same with a first token of the default life. */
export function newSubject(
  founder: Founder,
  said: PersonSaid,
  expiresAt: number | null = founder.world.now() + TOKEN_TTL_DEFAULT_MS,
): Founded<Subject> {
  const { made, writes } = newPerson(founder, said)
  const token = newToken(founder, made, { name: 'first', scopes: null, expiresAt })
  return { made, token: token.text, writes: [...writes, token.write] }
}

/**
 * An account with its key, its default store, its two groups and its first admin. The admin's token does not expire:
 * an account must not lock itself out; its owner may replace it by one that does.
 */
export async function newAccount(
  founder: AccountFounder,
  name: string,
): Promise<Founded<{ id: AccountId; admin: Subject }>> {
  const id = founder.newId<'account'>()
  const now = founder.world.now()
  const key = await founder.keyring.make(id, now)
  const setUp =
    founder.accountStore === null ? null : await newStore(founder, id, lent(founder.accountStore))
  const store: StoreRef = setUp?.id ?? 'embedded'
  const role = 'admin' as const
  const said = { account: id, kind: 'user', role, name: 'admin', email: null, store } as const
  const admin = newSubject(founder, said, null)
  const common = { owner: { kind: 'account', id } as const, account: id, by: admin.made.id, store }
  return {
    made: { id, admin: admin.made },
    token: admin.token,
    writes: [
      { write: 'account', row: { id, name, authority: 1, createdAt: now } },
      { write: 'rests-on-root-key', rootKey: key.rootKey },
      { write: 'account-key', row: key },
      ...(setUp === null
        ? []
        : ([
            { write: 'store', row: setUp },
            { write: 'default-store', account: id, store: setUp.id },
          ] as const)),
      ...admin.writes,
      ownGroup(founder, 'account', { ...common, name: 'secrets' }),
      ownGroup(founder, 'credentials', { ...common, name: 'credentials' }),
    ],
  }
}

const lent = (given: GivenStore): GivenStore => ({
  ...given,
  config: { ...given.config, lent: true },
})

import { randomBytes } from 'node:crypto'
import type { AuditEntry } from '#domain/audit.ts'
import type { Group, GroupKind, Owner } from '#domain/group.ts'
import { formatId, type AccountId, type Id } from '#domain/ids.ts'
import type { Link, Secret, Version } from '#domain/secret.ts'
import type { Subject } from '#domain/subject.ts'
import type { Account, Team, Token } from '#ports/database.ts'

/** Rows to write, each whole and unlike the others; a test names only what it is about. */

const START = 1_700_000_000_000
let made = 0

/** Ids that sort as they were made. */
export const newId = <Kind extends string>(): Id<Kind> =>
  formatId<Kind>(START + ++made, BigInt(`0x${randomBytes(8).toString('hex')}`))

export const now = (): number => START + made

/** Every byte there is. */
export const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, n) => n)

export const anAccount = (patch: Partial<Account> = {}): Account => {
  const id = newId<'account'>()
  return { id, name: `account ${id}`, authority: 1, createdAt: now(), ...patch }
}

export const aSubject = (account: AccountId, patch: Partial<Subject> = {}): Subject => ({
  id: newId(),
  account,
  kind: 'user',
  role: 'member',
  name: 'somebody',
  email: null,
  state: 'active',
  createdAt: now(),
  ...patch,
})

export const aTeam = (by: Subject, patch: Partial<Team> = {}): Team => {
  const id = newId<'team'>()
  const { account } = by
  return { id, account, name: `team ${id}`, createdAt: now(), createdBy: by.id, ...patch }
}

export const aToken = (subject: Subject, patch: Partial<Token> = {}): Token => ({
  id: newId(),
  account: subject.account,
  subject: subject.id,
  kind: 'key',
  form: 'opaque',
  keyId: randomBytes(9).toString('base64url'),
  name: 'a token',
  scopes: null,
  createdAt: now(),
  expiresAt: null,
  revokedAt: null,
  ...patch,
})

export const aGroup = (
  by: Subject,
  kind: GroupKind,
  owner: Owner = { kind: 'account', id: by.account },
  patch: Partial<Group> = {},
): Group => {
  const id = newId<'group'>()
  return {
    ...{ id, account: by.account, kind, name: `group ${id}`, owner, store: 'embedded' },
    ...{ open: true },
    ...{ createdAt: now(), createdBy: by.id },
    ...patch,
  }
}

export const aSecret = (group: Group, patch: Partial<Secret> = {}): Secret => {
  const id = newId<'secret'>()
  return {
    ...{ id, account: group.account, group: group.id, name: `secret ${id}` },
    ...{ description: null, type: null, metadata: null, file: false, current: 1, latest: 1 },
    ...{ store: group.store, path: null },
    ...{ createdAt: now(), createdBy: { id: group.createdBy, kind: 'user' } },
    ...{ updatedAt: now(), updatedBy: null, deletedAt: null, wipeAt: null, revision: 1 },
    ...{ rowMac: randomBytes(32) },
    ...patch,
  }
}

export const aVersion = (
  secret: Secret,
  n = 1,
  bytes: Uint8Array = randomBytes(64),
): Version & { readonly state: 'live' } => ({
  ...{ secret: secret.id, n, createdAt: now(), createdBy: secret.createdBy },
  state: 'live',
  sealed: { store: 'embedded', generation: 1, bytes },
})

export const aLink = (group: Group, secret: Secret, name: string): Link => ({
  ...{ id: newId(), group: group.id, name, secret: secret.id },
  ...{ createdAt: now(), createdBy: secret.createdBy },
})

export const anEntry = (
  account: AccountId | null,
  patch: Partial<AuditEntry> = {},
): AuditEntry => ({
  at: now(),
  account,
  subject: null,
  token: null,
  dialect: 'test',
  address: '127.0.0.1',
  action: 'secret.create',
  target: null,
  outcome: 'allowed',
  reason: null,
  ...patch,
})

/** For `knownToken`: whatever is shown proves it. */
export const anyProof = (): boolean => true

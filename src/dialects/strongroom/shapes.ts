import { SecretValue } from '#domain/secret-value.ts'
import type { Group } from '#domain/group.ts'
import type { SecretInfo, Version } from '#domain/secret.ts'
import type { Store, StoreConfig } from '#domain/store.ts'
import type { Subject } from '#domain/subject.ts'
import type { Drift } from '#core/drift.ts'
import type { WholeDrift } from '#core/version-drift.ts'
import type { OpenedSecret } from '#core/read-secret.ts'
import type { Account, Member, Team, Token } from '#ports/database.ts'
import { isoTime } from '#dialects/schema.ts'
import { isUtf8 } from 'node:buffer'

/** How the nouns of the domain look on our own wire. */

const maybeTime = (ms: number | null): string | null => (ms === null ? null : isoTime(ms))

export const account = ({ id, name, createdAt }: Account) => ({
  id,
  name,
  created_at: isoTime(createdAt),
})

export const subject = ({ id, kind, name, email, role, state, createdAt }: Subject) => ({
  ...{ id, kind, name, email, role, state },
  created_at: isoTime(createdAt),
})

export const member = ({ subject: who, addedAt }: Member) => ({
  ...subject(who),
  added_at: isoTime(addedAt),
})

export const team = ({ id, name, createdAt }: Team) => ({
  id,
  name,
  created_at: isoTime(createdAt),
})

export const token = ({ id, name, scopes, createdAt, expiresAt, revokedAt }: Token) => ({
  ...{ id, name, scopes },
  created_at: isoTime(createdAt),
  expires_at: maybeTime(expiresAt),
  revoked_at: maybeTime(revokedAt),
})

export const group = ({ id, name, kind, owner, open, store, createdAt }: Group) => ({
  ...{ id, name, kind, owner, open, store },
  created_at: isoTime(createdAt),
})

/** A secret as `via` shows it (its own group, or one with a link to it). */
export const secret = (name: string, via: string, shown: SecretInfo) => ({
  id: shown.id,
  name,
  group: via,
  linked: shown.group !== via,
  description: shown.description,
  type: shown.type,
  metadata: shown.metadata === null ? null : (JSON.parse(shown.metadata) as unknown),
  file: shown.file,
  store: shown.store,
  path: shown.path,
  version: shown.current,
  latest_version: shown.latest,
  created_at: isoTime(shown.createdAt),
  created_by: shown.createdBy,
  updated_at: isoTime(shown.updatedAt),
})

/** A value as text where it is text, and as base64 where it is not. */
export function opened({ name, secret: { id, file }, version, value }: OpenedSecret) {
  const bytes = Buffer.from(value.reveal())
  const encoding = isUtf8(bytes) ? 'utf8' : 'base64'
  return { id, name, version, file, value: bytes.toString(encoding), encoding }
}

export const version = (current: number, one: Version) => ({
  version: one.n,
  state: one.state,
  current: one.n === current,
  created_at: isoTime(one.createdAt),
  created_by: one.createdBy,
  deleted_at: one.state === 'live' ? null : isoTime(one.deletedAt),
})

const storeConfig = ({ kmsKey, ...config }: StoreConfig) => ({
  ...Object.fromEntries(Object.entries(config).filter(([name]) => name !== 'lent')),
  ...(kmsKey === undefined ? {} : { kms_key: kmsKey }),
})

/** A store as it was set up; its credential is never shown. */
export const store = ({ id, name, kind, config, credential, createdAt, updatedAt }: Store) => ({
  ...{ id, name, kind, config: storeConfig(config), has_credential: credential !== null },
  created_at: isoTime(createdAt),
  updated_at: isoTime(updatedAt),
})

export const storePlan = ({ plan, ours, missing, orphans, foreign }: Drift) => ({
  ...{ plan, ours, missing, foreign },
  orphans: orphans.map(({ path, mark }) => ({ secret: mark.secret, path })),
})

export const storeDrift = ({ ours, missing, orphans, versions }: WholeDrift) => ({
  ...{ ours, missing, versions },
  orphans: orphans.map(({ path, mark }) => ({ secret: mark.secret, path })),
})

/** A page, with the place to ask on from. */
export const page = <T>(items: readonly T[], more: boolean, next: (last: T) => string) => {
  const last = items.at(-1)
  return { data: items, next: more && last !== undefined ? next(last) : null }
}

/** The bytes of a value as it was sent; `null` when it is not the base64 it says it is. */
export function readValue(text: string, encoding: 'utf8' | 'base64' = 'utf8'): SecretValue | null {
  if (encoding === 'utf8') return SecretValue.fromText(text)
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? new SecretValue(bytes) : null
}

import type { Action } from '#domain/action.ts'
import type { Fault } from '#domain/fault.ts'
import type { TokenId } from '#domain/ids.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Caller, Subject } from '#domain/subject.ts'
import type { Token, Write } from '#ports/database.ts'
import { tokenTarget } from './api-tokens.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { everyToken } from './everyone.ts'
import {
  changeTerms,
  findKept,
  makeKept,
  serviceToken,
  tokenOf,
  type TokenTerms,
} from './kept-token.ts'
import { groupTarget } from './locate.ts'
import type { Refused, Verb } from './perform.ts'
import { open } from './read-secret.ts'
import { subjectTarget } from './subjects.ts'
import { findServiceAccount, missing } from './virtual-accounts.ts'

interface Ref {
  readonly id: string
}

const noToken: Fault = { kind: 'not_found', thing: 'token' }

/** The service account, for who may manage them. */
async function find(
  core: Core,
  caller: Caller,
  action: Action,
  { id }: Ref,
): Promise<Result<Subject, Refused>> {
  const subject = await findServiceAccount(core, caller, id)
  const target = subject && subjectTarget(subject)
  const allowed = authorize(caller, action, { kind: 'account' }, target)
  if (!allowed.ok) return err({ fault: allowed.error, target })
  return subject === null ? err({ fault: missing }) : ok(subject)
}

/** A token narrowed by scopes must not come by one that may more. */
export function wider({ token: { scopes: held } }: Caller, { scopes }: Token): Fault | null {
  const more = held !== null && (scopes === null || scopes.some((one) => !held.includes(one)))
  return more ? { kind: 'denied', needs: 'a token that has every scope of the one it reads' } : null
}

export const pastEnd = (core: Core, { expiresAt }: Token): boolean =>
  expiresAt !== null && expiresAt <= core.world.now()

/** Shows the token of a service account again. It is opened by the receipt of this reading. */
export const readToken: Verb<Ref, { readonly text: SecretValue }, 'token.read'> = {
  action: 'token.read',
  async decide(core, caller, ref) {
    const found = await find(core, caller, 'token.read', ref)
    if (!found.ok) return found.error
    const subject = found.value
    const kept = await findKept(core, subject)
    const token = kept && (await tokenOf(core, subject, kept.token))
    if (kept?.version?.state !== 'live' || token === null || pastEnd(core, token)) {
      return { fault: noToken, target: subjectTarget(subject) }
    }
    const target = tokenTarget(token)
    const fault = wider(caller, token)
    if (fault !== null) return { fault, target }
    const grant = authorize(caller, 'token.read', { kind: 'account' }, target)
    if (!grant.ok) return { fault: grant.error, target }
    const { secret, version } = kept
    return {
      grant: grant.value,
      writes: [],
      answer: async (receipt) => ({ text: await open(core, receipt, secret, version) }),
    }
  },
}

export interface RegenerateToken extends Ref {
  /** How much longer the old ones are taken; 0 for not at all. */
  readonly graceMs: number
}

const opaqueForever: TokenTerms = { form: 'opaque', until: null, shownIn: null }

/** Makes a new token of a service account; all the old ones end after the grace. */
export const regenerateToken: Verb<
  RegenerateToken,
  { readonly text: SecretValue },
  'token.rotate'
> = {
  action: 'token.rotate',
  async decide(core, caller, { graceMs, ...ref }) {
    const found = await find(core, caller, 'token.rotate', ref)
    if (!found.ok) return found.error
    const subject = found.value
    const target = subjectTarget(subject)
    const grant = authorize(caller, 'token.rotate', { kind: 'account' }, target)
    if (!grant.ok) return { fault: grant.error, target }
    const kept = await findKept(core, subject)
    const { terms = opaqueForever } = kept ?? {}
    const now = core.world.now()
    if (terms.until !== null && terms.until <= now) {
      const why = 'it is past its expiration date: set a later one first'
      return { fault: { kind: 'in_use', thing: 'subject', why }, target }
    }
    const said = serviceToken(core, caller.token.scopes, terms)
    const made = await makeKept(core, grant.value, subject, { kept, terms, said })
    const old = await everyToken(core, subject.id)
    return {
      grant: grant.value,
      also: [made.row, ...old].map(tokenTarget),
      writes: [...made.writes, ...old.flatMap((token) => ending(token, now, graceMs))],
      answer: () => ({ text: made.text }),
    }
  },
}

function ending(row: Token, now: number, graceMs: number): readonly Write[] {
  const { id, expiresAt } = row
  if (graceMs === 0) return [{ write: 'revoked-token', id, at: now }]
  const end = now + graceMs
  const earlier = expiresAt !== null && expiresAt <= end
  return earlier ? [] : [{ write: 'shortened-token', row: { ...row, expiresAt: end } }]
}

export interface SyncedToken {
  readonly token: TokenId
  /** Unix ms. */
  readonly at: number
}

/**
 * Makes sure that a service account's token is shown as a secret where its manifest says. What is
 * shown there is the kept token itself, so it never is behind.
 */
export const syncToken: Verb<Ref, SyncedToken, 'link.create'> = {
  action: 'link.create',
  async decide(core, caller, ref) {
    const found = await find(core, caller, 'token.rotate', ref)
    if (!found.ok) return found.error
    const kept = await findKept(core, found.value)
    const place = kept?.terms.shownIn ?? null
    const target = subjectTarget(found.value)
    if (kept === null || place === null) {
      const why = 'no secret_store_config says where its token is to be: put one'
      return { fault: { kind: 'in_use', thing: 'subject', why }, target }
    }
    const group = await core.database.reads.group(caller.account, place.group)
    if (group === null) return { fault: { kind: 'not_found', thing: 'group' }, target }
    const resource = { kind: 'group', group, thing: 'group' } as const
    const grant = authorize(caller, 'link.create', resource, target)
    if (!grant.ok) return { fault: grant.error, target }
    const writes = await changeTerms(core, caller, kept, kept.terms)
    const synced = { token: kept.token, at: core.world.now() }
    return { grant: grant.value, also: [groupTarget(group)], writes, answer: () => synced }
  },
}

/** Revokes one token of a service account: dead from this answer on. */
export const revokeServiceToken: Verb<
  Ref & { readonly token: string },
  { readonly id: string },
  'token.revoke'
> = {
  action: 'token.revoke',
  async decide(core, caller, { token: raw, ...ref }) {
    const found = await find(core, caller, 'token.revoke', ref)
    if (!found.ok) return found.error
    const token = await tokenOf(core, found.value, raw)
    if (token === null) return { fault: noToken, target: subjectTarget(found.value) }
    const target = tokenTarget(token)
    const grant = authorize(caller, 'token.revoke', { kind: 'account' }, target)
    if (!grant.ok) return { fault: grant.error, target }
    const writes = [{ write: 'revoked-token', id: token.id, at: core.world.now() }] as const
    return { grant: grant.value, writes, answer: () => ({ id: token.id }) }
  },
}

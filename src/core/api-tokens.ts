import type { Fault, Problem } from '#domain/fault.ts'
import { parseId } from '#domain/ids.ts'
import { TOKEN_TTL_DEFAULT_MS, TOKEN_TTL_MAX_MS } from '#domain/limits.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Caller, Scope, Subject } from '#domain/subject.ts'
import type { Token } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { newToken } from './founding.ts'
import type { PageOfAll } from './list-groups.ts'
import type { Verb } from './perform.ts'
import { findSubject } from './subjects.ts'
import { titleProblem } from './titles.ts'

/** How the record names a token. */
export const tokenTarget = ({ id, name }: Token) => ({ kind: 'token', id, name }) as const

export interface CreateToken {
  readonly name: string
  /** What it may; `null` for all that its subject may. Never more than the token that asks. */
  readonly scopes: readonly Scope[] | null
  /** Unix ms; absent for 90 days. */
  readonly expiresAt?: number
  /** A service account to make it for, by an admin; `null` for the caller. */
  readonly subject: string | null
}

export interface NewToken {
  readonly token: Token
  readonly text: SecretValue
}

export const createToken: Verb<CreateToken, NewToken, 'token.create'> = {
  action: 'token.create',
  async decide(core, caller, input) {
    const subject =
      input.subject === null ? caller.subject : await findSubject(core, caller, input.subject)
    if (subject === null) return { fault: { kind: 'not_found', thing: 'subject' } }
    const resource = { kind: 'subject', id: subject.id } as const
    const allowed = authorize(caller, 'token.create', resource, null)
    if (!allowed.ok) return { fault: allowed.error }
    const fault = refusal(core, caller, subject, input)
    if (fault !== null) return { fault }
    const expiresAt = input.expiresAt ?? usualEnd(core, caller)
    const scopes = input.scopes ?? caller.token.scopes
    const { row, text, write } = newToken(core, subject, { name: input.name, scopes, expiresAt })
    const grant = authorize(caller, 'token.create', resource, tokenTarget(row))
    if (!grant.ok) return { fault: grant.error }
    return { grant: grant.value, writes: [write], answer: () => ({ token: row, text }) }
  },
}

function refusal(core: Core, caller: Caller, subject: Subject, input: CreateToken): Fault | null {
  if (subject.id !== caller.subject.id && subject.kind === 'user') {
    return { kind: 'denied', needs: 'the user: nobody makes a token that speaks for another user' }
  }
  const held = caller.token.scopes
  const wider = held !== null && (input.scopes ?? []).some((scope) => !held.includes(scope))
  if (wider) return { kind: 'denied', needs: 'a token that has every scope it gives' }
  const problems = [
    titleProblem(input.name, ['body', 'name']),
    expiryProblem(core, caller, input.expiresAt),
  ]
  const found = problems.filter((problem) => problem !== null)
  return found.length > 0 ? { kind: 'invalid', problems: found } : null
}

/** 90 days, but never beyond the token that asks: else a short-lived one would make itself long. */
export const usualEnd = (core: Core, { token }: Caller): number =>
  Math.min(core.world.now() + TOKEN_TTL_DEFAULT_MS, token.expiresAt ?? Number.MAX_SAFE_INTEGER)

function expiryProblem(
  core: Core,
  { token }: Caller,
  expiresAt: number | undefined,
): Problem | null {
  const at = ['body', 'expires_at']
  const now = core.world.now()
  if (expiresAt === undefined) return null
  if (expiresAt <= now) return { at, rule: 'too_small', limit: now }
  const limit = Math.min(now + TOKEN_TTL_MAX_MS, token.expiresAt ?? Number.MAX_SAFE_INTEGER)
  return expiresAt > limit ? { at, rule: 'too_large', limit } : null
}

export interface ListTokens extends PageOfAll {
  /** Whose; `null` for the caller's. */
  readonly subject: string | null
}

export interface TokenList {
  readonly items: readonly Token[]
  readonly more: boolean
}

export const listTokens: Verb<ListTokens, TokenList, 'token.list'> = {
  action: 'token.list',
  async decide(core, caller, { subject: raw, after, limit }) {
    const subject = raw === null ? caller.subject : await findSubject(core, caller, raw)
    if (subject === null) return { fault: { kind: 'not_found', thing: 'subject' } }
    const resource = { kind: 'subject', id: subject.id } as const
    const grant = authorize(caller, 'token.list', resource, null)
    if (!grant.ok) return { fault: grant.error }
    const rows = await core.database.reads.tokens(subject.id, { after, limit: limit + 1 })
    const list = { items: rows.slice(0, limit), more: rows.length > limit }
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

/** Revokes a token: dead from this answer on, on every node. */
export const revokeToken: Verb<{ readonly id: string }, Token, 'token.revoke'> = {
  action: 'token.revoke',
  async decide(core, caller, { id: raw }) {
    const id = parseId<'token'>(raw)
    const token = id === null ? null : await core.database.reads.token(caller.account, id)
    if (token === null) return { fault: { kind: 'not_found', thing: 'token' } }
    const target = tokenTarget(token)
    const resource = { kind: 'subject', id: token.subject } as const
    const grant = authorize(caller, 'token.revoke', resource, target)
    if (!grant.ok) {
      const hidden = grant.error.kind === 'not_found'
      return { fault: hidden ? { kind: 'not_found', thing: 'token' } : grant.error, target }
    }
    if (token.revokedAt !== null) return { grant: grant.value, writes: [], answer: () => token }
    const at = core.world.now()
    const writes = [{ write: 'revoked-token', id: token.id, at }] as const
    return { grant: grant.value, writes, answer: () => ({ ...token, revokedAt: at }) }
  },
}

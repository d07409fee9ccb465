import type { Fault, Problem } from '#domain/fault.ts'
import { parseId } from '#domain/ids.ts'
import { TOKEN_TTL_MAX_MS } from '#domain/limits.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Caller, Subject, TokenForm } from '#domain/subject.ts'
import type { Account, Token, Write } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { everyToken, partOf, type Part, type PartOf } from './everyone.ts'
import { userByEmail } from './find-people.ts'
import { tokenTarget } from './api-tokens.ts'
import { findKept, makeKept, mintToken, type KeptToken, type TokenSaid } from './kept-token.ts'
import type { Decision, Verb } from './perform.ts'
import { open } from './read-secret.ts'
import { subjectTarget } from './subjects.ts'
import { pastEnd, wider } from './virtual-account-tokens.ts'

/** Tokens that users made by a name of their own, with whose they are. */
export interface PersonalToken {
  readonly token: Token
  readonly user: Subject
  readonly account: Account
  /** Whether it is past its end. */
  readonly expired: boolean
}

/** Its first character is a letter, its last one no hyphen. */
const NAME = '^(?![0-9-])[0-9a-z-]*[0-9a-z]$'
const NAME_MIN = 3
const NAME_MAX = 36

function nameProblem(name: string): Problem | null {
  const at = ['body', 'name']
  if (name.length < NAME_MIN) return { at, rule: 'too_short', limit: NAME_MIN }
  if (name.length > NAME_MAX) return { at, rule: 'too_long', limit: NAME_MAX, unit: 'characters' }
  return new RegExp(NAME, 'u').test(name) ? null : { at, rule: 'pattern', pattern: NAME }
}

export interface CreatePersonalToken {
  readonly name: string
  /** Whose, by e-mail address, made by an admin; `null` for the caller's own. */
  readonly email: string | null
  readonly form: TokenForm
  /** Unix ms; `null` for the longest life there is. */
  readonly expiresAt: number | null
}

export interface MadePersonalToken extends PersonalToken {
  readonly text: SecretValue
}

/**
 * Makes a personal access token. No two of a user that are in force have one name, and none is made
 * with another one; it may no more than the token that asks, and lives no longer.
 */
export const createPersonalToken: Verb<CreatePersonalToken, MadePersonalToken, 'token.create'> = {
  action: 'token.create',
  async decide(core, caller, input) {
    const foreign = input.email !== null
    const resource = foreign ? ({ kind: 'account' } as const) : ({ kind: 'self' } as const)
    const allowed = authorize(caller, 'token.create', resource, null)
    if (!allowed.ok) return { fault: allowed.error }
    const fault = refusal(core, caller, input)
    if (fault !== null) return { fault }
    const user =
      input.email === null ? caller.subject : await userByEmail(core, caller, input.email)
    if (user === null) return { fault: { kind: 'not_found', thing: 'subject' } }
    if ((await inForce(core, user)).some(({ name }) => name === input.name)) {
      return { fault: { kind: 'name_taken', thing: 'token' }, target: subjectTarget(user) }
    }
    const said = termsOf(core, caller, input)
    const { row, text, write } = await mintToken(core, user, input.form, said)
    const grant = authorize(caller, 'token.create', resource, tokenTarget(row))
    if (!grant.ok) return { fault: grant.error }
    const account = await core.people.account(caller)
    return {
      grant: grant.value,
      also: foreign ? [subjectTarget(user)] : [],
      writes: [...(await alone(core, user)), write],
      answer: () => ({ token: row, user, account, text, expired: false }),
    }
  },
}

/** What is said of a personal token: no more, and for no longer, than of the token that asks. */
const termsOf = (
  core: Core,
  caller: Caller,
  { name, expiresAt }: Pick<CreatePersonalToken, 'name' | 'expiresAt'>,
): TokenSaid => ({
  ...{ name, kind: 'personal', scopes: caller.token.scopes },
  expiresAt: expiresAt ?? latestEnd(core, caller),
})

export interface KeptPersonalToken extends MadePersonalToken {
  /** Whether there was none of this name. */
  readonly created: boolean
}

type Getting = 'token.create' | 'token.read'

/**
 * The caller's personal token of this name, made if there is none. One that was got so is kept, and
 * is the same whenever it is asked for; one that was made otherwise is not kept, and gives way to a
 * new one.
 */
export const getPersonalToken: Verb<{ readonly name: string }, KeptPersonalToken, Getting> = {
  action: 'token.read',
  async decide(core, caller, { name }) {
    const { subject: user } = caller
    const allowed = authorize(caller, 'token.read', { kind: 'self' }, null)
    if (!allowed.ok) return { fault: allowed.error }
    const input = { name, email: null, form: 'opaque', expiresAt: null } as const
    const fault = refusal(core, caller, input)
    if (fault !== null) return { fault }
    const kept = await findKept(core, user, name)
    const same = (await inForce(core, user)).filter((token) => token.name === name)
    const token = same.find(({ id }) => id === kept?.token) ?? null
    return kept === null || token === null
      ? makeNamed(core, caller, input, kept, same)
      : readKept(core, caller, kept, token)
  },
}

type Got = Promise<Decision<Getting, KeptPersonalToken>>

/** A token must not come by one that outlives it: else a short-lived one would make itself long. */
const longer = ({ token: { expiresAt: end } }: Caller, { expiresAt }: Token): Fault | null =>
  end !== null && (expiresAt === null || expiresAt > end)
    ? { kind: 'denied', needs: 'a token that lives as long as the one it reads' }
    : null

async function readKept(core: Core, caller: Caller, kept: KeptToken, token: Token): Got {
  const target = tokenTarget(token)
  const fault = wider(caller, token) ?? longer(caller, token)
  if (fault !== null) return { fault, target }
  const grant = authorize(caller, 'token.read', { kind: 'self' }, target)
  if (!grant.ok) return { fault: grant.error, target }
  const { secret, version } = kept
  if (version?.state !== 'live') return { fault: missing, target }
  const of = {
    token,
    user: caller.subject,
    account: await core.people.account(caller),
    expired: false,
  }
  return {
    grant: grant.value,
    writes: [],
    answer: async (receipt) => ({
      ...{ ...of, created: false },
      text: await open(core, receipt, secret, version),
    }),
  }
}

async function makeNamed(
  core: Core,
  caller: Caller,
  input: CreatePersonalToken,
  kept: KeptToken | null,
  old: readonly Token[],
): Got {
  const { subject: user } = caller
  const grant = authorize(caller, 'token.create', { kind: 'self' }, subjectTarget(user))
  if (!grant.ok) return { fault: grant.error }
  const said = termsOf(core, caller, input)
  const terms = { form: input.form, until: null, shownIn: null }
  const { name } = input
  const made = await makeKept(core, grant.value, user, { kept, terms, said, name })
  const at = core.world.now()
  const of = { token: made.row, user, account: await core.people.account(caller), expired: false }
  return {
    grant: grant.value,
    also: [made.row, ...old].map(tokenTarget),
    writes: [
      ...(await alone(core, user)),
      ...old.map(({ id }): Write => ({ write: 'revoked-token', id, at })),
      ...made.writes,
    ],
    answer: () => ({ ...of, text: made.text, created: old.length === 0 }),
  }
}

function refusal(core: Core, caller: Caller, input: CreatePersonalToken): Fault | null {
  if (caller.token.kind === 'personal') {
    return { kind: 'denied', needs: 'a token that is no personal access token' }
  }
  if (input.email === null && caller.subject.kind !== 'user') {
    return { kind: 'denied', needs: 'a user: a service account has no personal access tokens' }
  }
  const problems = [nameProblem(input.name), endProblem(core, caller, input.expiresAt)]
  const found = problems.filter((problem) => problem !== null)
  return found.length > 0 ? { kind: 'invalid', problems: found } : null
}

const latestEnd = (core: Core, { token }: Caller): number =>
  Math.min(core.world.now() + TOKEN_TTL_MAX_MS, token.expiresAt ?? Number.MAX_SAFE_INTEGER)

function endProblem(core: Core, caller: Caller, expiresAt: number | null): Problem | null {
  const at = ['body', 'expirationDate']
  const now = core.world.now()
  if (expiresAt === null) return null
  if (expiresAt <= now) return { at, rule: 'too_small', limit: now }
  const limit = latestEnd(core, caller)
  return expiresAt > limit ? { at, rule: 'too_large', limit } : null
}

/** Holds off another token of this user made meanwhile: no index keeps their names apart. */
async function alone(core: Core, user: Subject): Promise<readonly Write[]> {
  const group = await core.groups.own('personal', user.id)
  const state = group && (await core.database.reads.groupState(group.id))
  if (group === null || state === null) throw new Error('a user has no personal group')
  const { revision } = state
  return [{ write: 'changed-group', id: group.id, revision, at: core.world.now() }]
}

/** The personal tokens of a user that were not revoked. */
async function personalOf(core: Core, user: Subject): Promise<readonly Token[]> {
  const tokens = await everyToken(core, user.id)
  return tokens.filter(({ kind }) => kind === 'personal')
}

async function inForce(core: Core, user: Subject): Promise<readonly Token[]> {
  const tokens = await personalOf(core, user)
  return tokens.filter((token) => !pastEnd(core, token))
}

export interface ListPersonalTokens extends Part {
  /** Part of the name; empty for all. */
  readonly text: string
}

/** The caller's own personal tokens, oldest first; also those past their end, until revoked. */
export const listPersonalTokens: Verb<ListPersonalTokens, PartOf<PersonalToken>, 'token.list'> = {
  action: 'token.list',
  async decide(core, caller, { text, ...part }) {
    const grant = authorize(caller, 'token.list', { kind: 'self' }, null)
    if (!grant.ok) return { fault: grant.error }
    const { subject: user } = caller
    const account = await core.people.account(caller)
    const all = await personalOf(core, user)
    const named = all.filter(({ name }) => name.includes(text.toLowerCase()))
    const { items, total } = partOf(named, part)
    const shown = (token: Token) => ({ token, user, account, expired: pastEnd(core, token) })
    const list = { items: items.map(shown), total }
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

const missing: Fault = { kind: 'not_found', thing: 'token' }

/** Revokes a personal token: one's own, or as an admin anybody's of the account. */
export const deletePersonalToken: Verb<
  { readonly id: string },
  { readonly id: string },
  'token.revoke'
> = {
  action: 'token.revoke',
  async decide(core, caller, { id: raw }) {
    const id = parseId<'token'>(raw)
    const token = id === null ? null : await core.database.reads.token(caller.account, id)
    if (token?.kind !== 'personal' || token.revokedAt !== null) return { fault: missing }
    const target = tokenTarget(token)
    const resource = { kind: 'subject', id: token.subject } as const
    const grant = authorize(caller, 'token.revoke', resource, target)
    if (!grant.ok) {
      const hidden = grant.error.kind === 'not_found'
      return { fault: hidden ? missing : grant.error, target }
    }
    const writes = [{ write: 'revoked-token', id: token.id, at: core.world.now() }] as const
    return { grant: grant.value, writes, answer: () => ({ id: token.id }) }
  },
}

/** Revokes every personal token of a user, by an admin. */
export const revokePersonalTokens: Verb<
  { readonly email: string },
  { readonly revoked: number },
  'token.revoke'
> = {
  action: 'token.revoke',
  async decide(core, caller, { email }) {
    const allowed = authorize(caller, 'token.revoke', { kind: 'account' }, null)
    if (!allowed.ok) return { fault: allowed.error }
    const user = await userByEmail(core, caller, email)
    if (user === null) return { fault: { kind: 'not_found', thing: 'subject' } }
    const target = subjectTarget(user)
    const grant = authorize(caller, 'token.revoke', { kind: 'account' }, target)
    if (!grant.ok) return { fault: grant.error, target }
    const tokens = await personalOf(core, user)
    const at = core.world.now()
    return {
      grant: grant.value,
      also: tokens.map(tokenTarget),
      writes: tokens.map(({ id }): Write => ({ write: 'revoked-token', id, at })),
      answer: () => ({ revoked: tokens.length }),
    }
  },
}

import { readLoginKey } from '#crypto/login-key.ts'
import type { Fault } from '#domain/fault.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { LoginChallenge } from '#ports/database.ts'
import { tokenTarget, usualEnd } from './api-tokens.ts'
import { authorize } from './authorize.ts'
import { commitEntry } from './commit.ts'
import type { Core } from './core.ts'
import { newToken } from './founding.ts'
import type { Verb } from './perform.ts'
import type { Credential, Origin } from './session.ts'

/** Long enough to find the browser, too short to be found in a log later. */
const LIFE_MS = 600_000

/** Anyone may ask: what waits at a time is bounded. */
const WAITING_MAX = 1_000
const RETRY_AFTER_S = 30

const CODE_BYTES = 16
const TOKEN_BYTES = 32

const missing: Fault = { kind: 'not_found', thing: 'login' }

export interface AskedLogin {
  /** What the user approves; URL-safe, and of no use to anybody without a token. */
  readonly code: string
  /** What alone may ask for the outcome; seen once. */
  readonly statusToken: string
}

/** Begins a login for whoever holds the private key to this PEM. Takes no token. */
export async function askLogin(
  core: Core,
  origin: Origin,
  publicKey: string,
): Promise<Result<AskedLogin, Fault>> {
  if (readLoginKey(publicKey) === null) {
    const expected = 'an RSA public key of at least 2048 bits, as PEM'
    const at = ['body', 'publicKey']
    return err({ kind: 'invalid', problems: [{ at, rule: 'type', expected }] })
  }
  if (await isFull(core)) return err({ kind: 'busy', retryAfterS: RETRY_AFTER_S })
  const code = Buffer.from(core.world.random(CODE_BYTES)).toString('hex')
  const statusToken = Buffer.from(core.world.random(TOKEN_BYTES)).toString('base64url')
  const createdAt = core.world.now()
  const row: LoginChallenge = {
    ...{ code, publicKey, createdAt },
    statusDigest: core.tokens.digest(statusToken),
    expiresAt: createdAt + LIFE_MS,
    result: null,
  }
  await commitEntry(core, origin, null, { action: 'login.ask', target: null, fault: null }, [
    { write: 'removed-logins', before: createdAt },
    { write: 'login-challenge', row },
  ])
  return ok({ code, statusToken })
}

async function isFull({ database, world }: Core): Promise<boolean> {
  if ((await database.reads.loginChallengesWaiting()) < WAITING_MAX) return false
  const writes = [{ write: 'removed-logins', before: world.now() }] as const
  await database.commit({ entries: [], resting: null, writes })
  return (await database.reads.loginChallengesWaiting()) >= WAITING_MAX
}

/** A login that waits or was approved, and is not over. */
async function findLogin(core: Core, code: string): Promise<LoginChallenge | null> {
  const login = await core.database.reads.loginChallenge(code)
  return login !== null && login.expiresAt > core.world.now() ? login : null
}

/** What has come of a login: the token, encrypted for who asked; `null` while it waits. */
export async function pollLogin(
  core: Core,
  origin: Origin,
  { code, shown }: { readonly code: string; readonly shown: Credential },
): Promise<Result<Uint8Array | null, Fault>> {
  if (shown.kind === 'none') return err({ kind: 'no_token' })
  if (shown.kind === 'several') return err({ kind: 'two_tokens' })
  const login = await findLogin(core, code)
  if (login === null) return err(missing)
  if (!core.tokens.equal(login.statusDigest, core.tokens.digest(shown.text))) {
    return err({ kind: 'bad_token' })
  }
  await commitEntry(core, origin, null, { action: 'login.poll', target: null, fault: null })
  return ok(login.result)
}

export interface ApprovedLogin {
  /** The id of the new token. */
  readonly id: string
}

/**
 * Gives who asked a token of the caller's, which may no more and lives no longer than the one that
 * approves. Nobody else can open it, not even the caller.
 */
export const approveLogin: Verb<{ readonly code: string }, ApprovedLogin, 'login.approve'> = {
  action: 'login.approve',
  async decide(core, caller, { code }) {
    const { subject } = caller
    const login = await findLogin(core, code)
    const resource = { kind: 'subject', id: subject.id } as const
    const allowed = authorize(caller, 'login.approve', resource, null)
    if (!allowed.ok) return { fault: allowed.error }
    if (login?.result !== null) return { fault: missing }
    const { scopes } = caller.token
    const terms = { name: 'prime login', scopes, expiresAt: usualEnd(core, caller) }
    const { row, text, write } = newToken(core, subject, terms)
    const grant = authorize(caller, 'login.approve', resource, tokenTarget(row))
    if (!grant.ok) return { fault: grant.error }
    const result = core.tokens.encryptFor(login.publicKey, text)
    return {
      grant: grant.value,
      writes: [write, { write: 'approved-login', code, result }],
      answer: () => ({ id: row.id }),
    }
  },
}

import type { Action } from '#domain/action.ts'
import type { Fault } from '#domain/fault.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Core } from './core.ts'
import type { Found } from './callers.ts'
import { commitEntry } from './commit.ts'

/** What a request showed, before anything was looked up. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'several' }
  | {
      readonly kind: 'token'
      readonly text: string
      /** The account the request says it is for; `null` for the token's own. */
      readonly account: string | null
    }

/** Where a request came in. */
export interface Origin {
  readonly dialect: string
  readonly address: string
}

/** A request whose caller is known. */
export interface Session {
  readonly origin: Origin
  readonly token: string
  readonly found: Found
}

/**
 * Whose request it is, by who bears the token: `found`, or `null` for nobody. A refusal is on the
 * record before it is given.
 */
export async function recognise(
  core: Core,
  origin: Origin,
  credential: Credential,
  found: Found | null,
): Promise<Result<Session, Fault>> {
  switch (credential.kind) {
    case 'none':
      return refuse(core, origin, null, { kind: 'no_token' })
    case 'several':
      return refuse(core, origin, null, { kind: 'two_tokens' })
    case 'token': {
      if (found === null) return refuse(core, origin, null, { kind: 'bad_token' })
      const session = { origin, token: credential.text, found }
      return credential.account === null || credential.account === found.caller.account
        ? ok(session)
        : refuse(core, origin, session, { kind: 'other_account' })
    }
  }
}

/**
 * Puts a refusal that no verb decided on the record, then gives it. A caller who was found warm is
 * looked at once more: to one who is none any more, that is the answer.
 */
export async function refuse(
  core: Core,
  origin: Origin,
  session: Session | null,
  fault: Fault,
  action: Action | 'unknown' = 'unknown',
): Promise<{ readonly ok: false; readonly error: Fault }> {
  const warm = session?.found.fresh === false
  const gone = warm && (await core.callers.findAfresh(session.token)) === null
  const said: Fault = gone ? { kind: 'bad_token' } : fault
  const caller = session?.found.caller ?? null
  await commitEntry(core, origin, caller, { action, target: null, fault: said })
  return err(said)
}

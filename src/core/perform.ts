import type { Action } from '#domain/action.ts'
import type { Target } from '#domain/audit.ts'
import type { Fault } from '#domain/fault.ts'
import type { Receipt } from '#domain/grant.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Caller } from '#domain/subject.ts'
import { StoreFault } from '#ports/remote-store.ts'
import type { Core } from './core.ts'
import { commit, commitEntry, type Granted } from './commit.ts'
import type { Session } from './session.ts'
import { storeFailed } from './store-failed.ts'

/** What a verb decided from what it read: a grant with its change and its answer, or a fault. */
export type Decision<A extends Action, O> = Allowed<A, O> | Refused

interface Allowed<A extends Action, O> extends Granted<A> {
  readonly answer: (receipt: Receipt<A>) => O | Promise<O>
  /** Whether something is kept back that the caller may not have: as a refusal, not on a warm caller. */
  readonly withheld?: boolean
}

export interface Refused {
  readonly fault: Fault
  readonly target?: Target | null
}

/** One thing a caller can ask for: it reads, decides, and says what to commit and to answer. */
export interface Verb<I, O, A extends Action = Action> {
  readonly action: A
  /** Whether what it gives follows from all that its caller may: then a warm caller will not do. */
  readonly fresh?: (input: I) => boolean
  decide(core: Core, caller: Caller, input: I): Promise<Decision<A, O>>
}

/** A change that loses this many races in a row gives way to the others. */
const ATTEMPTS_MAX = 32

/**
 * Read, decide, commit, answer. A commit whose ground has moved is decided again from fresh reads,
 * and so, once, is a refusal: it has no commit that would find out that what it rests on moved.
 */
export async function perform<I, O, A extends Action>(
  core: Core,
  session: Session,
  verb: Verb<I, O, A>,
  input: I,
): Promise<Result<O, Fault>> {
  let { caller, fresh } = session.found
  const refuse = async ({ fault, target = null }: Refused): Promise<Result<never, Fault>> => {
    await commitEntry(core, session.origin, caller, { action: verb.action, target, fault })
    return err(fault)
  }
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (!fresh && verb.fresh?.(input) === true) {
      const found = await core.callers.findAfresh(session.token)
      if (found === null) return refuse({ fault: { kind: 'bad_token' } })
      caller = found.caller
      fresh = true
    }
    const ground = attempt === 0 ? core : { ...core, secrets: core.secrets.afresh() }
    const decision = await decided(verb.decide(ground, caller, input))
    if ('fault' in decision) {
      if (attempt > 0) return refuse(decision)
    } else if (fresh || decision.withheld !== true) {
      const outcome = await commit(core, session.origin, decision)
      // What it changed, and what moved under it, must not be read warm again.
      const unchanged = outcome.kind === 'committed' && decision.writes.length === 0
      if (decision.on !== undefined && !unchanged) core.secrets.forget(decision.on)
      if (outcome.kind === 'committed') return ok(await decision.answer(outcome.receipt))
      if (outcome.kind === 'taken') {
        return refuse({ fault: { kind: 'name_taken', thing: outcome.thing } })
      }
      core.groups.forget()
    }
    const again = await core.callers.findAfresh(session.token)
    if (again === null) return refuse({ fault: { kind: 'bad_token' } })
    caller = again.caller
    fresh = true
  }
  return refuse({ fault: { kind: 'busy', retryAfterS: 1 } })
}

/** A decision that a store beside our database was in the way of is a refusal. */
async function decided<A extends Action, O>(
  decision: Promise<Decision<A, O>>,
): Promise<Decision<A, O>> {
  try {
    return await decision
  } catch (error) {
    if (error instanceof StoreFault) return { fault: storeFailed(error) }
    throw error
  }
}

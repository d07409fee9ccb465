import type { Action } from '#domain/action.ts'
import type { AuditEntry, Target } from '#domain/audit.ts'
import type { Fault } from '#domain/fault.ts'
import type { Grant, Receipt } from '#domain/grant.ts'
import type { AccountId } from '#domain/ids.ts'
import type { Secret } from '#domain/secret.ts'
import type { Caller } from '#domain/subject.ts'
import type { Committed, Write } from '#ports/database.ts'
import type { Core } from './core.ts'
import type { Origin } from './session.ts'

/** What is to be written under a grant. */
export interface Granted<A extends Action> {
  readonly grant: Grant<A>
  readonly writes: readonly Write[]
  /** Things the action is done to beside the grant's own; each gets a line of the record. */
  readonly also?: readonly Target[]
  /** The secret that the decision rests on, if it may have been read warm. */
  readonly on?: Secret
}

type Outcome<A extends Action> =
  | { readonly kind: 'committed'; readonly receipt: Receipt<A> }
  | Exclude<Committed, { readonly kind: 'committed' }>

/**
 * Writes the change and its audit entries in one transaction, on the revisions the decision rested
 * on, and gives the receipt: without one no value is opened and nothing is answered.
 */
export async function commit<A extends Action>(
  core: Core,
  origin: Origin,
  { grant, writes, also = [], on }: Granted<A>,
): Promise<Outcome<A>> {
  const { caller } = grant
  const at = core.world.now()
  const entry = (target: Target | null) =>
    entryOf(at, origin, caller, { action: grant.action, target, fault: null })
  const committed = await core.database.commit({
    entries: [entry(grant.target), ...also.map(entry)],
    resting: {
      account: caller.account,
      authority: caller.authority,
      token: caller.token.id,
      revision: caller.token.revision,
      secret: on === undefined ? null : { id: on.id, revision: on.revision },
    },
    writes,
  })
  return committed.kind === 'committed'
    ? { kind: 'committed', receipt: { grant } as Receipt<A> }
    : committed
}

interface Said {
  readonly action: Action | 'unknown'
  readonly target: Target | null
  /** Why it was refused; `null` for what anyone may ask. */
  readonly fault: Fault | null
  readonly count?: number
}

/** Puts what gives nothing away on the record: a refusal, or what anyone may ask. It rests on nothing. */
export async function commitEntry(
  core: Core,
  origin: Origin,
  caller: Caller | null,
  said: Said,
  writes: readonly Write[] = [],
): Promise<void> {
  const entry = entryOf(core.world.now(), origin, caller, said)
  await core.database.commit({ entries: [entry], resting: null, writes })
}

/** What the server does by itself, with its line in the record; it rests on nothing but its rows. */
export function commitOwn(
  core: Core,
  { account, action, target }: { account: AccountId; action: Action; target: Target },
  writes: readonly Write[],
): Promise<Committed> {
  const origin = { dialect: 'server', address: 'local' }
  const said = { action, target, fault: null }
  const entry = { ...entryOf(core.world.now(), origin, null, said), account }
  return core.database.commit({ entries: [entry], resting: null, writes })
}

/**
 * What an answer does not rest on and what changes nothing that anybody sees: it has no line in the
 * record. What is done with it in the end has one of its own.
 */
export const commitUnseen = (core: Core, writes: readonly Write[]): Promise<Committed> =>
  core.database.commit({ entries: [], resting: null, writes })

const entryOf = (
  at: number,
  origin: Origin,
  caller: Caller | null,
  { action, target, fault, count }: Said,
): AuditEntry => ({
  at,
  account: caller?.account ?? null,
  subject: caller === null ? null : { id: caller.subject.id, kind: caller.subject.kind },
  token: caller?.token.id ?? null,
  dialect: origin.dialect,
  address: origin.address,
  action,
  target,
  outcome: fault === null ? 'allowed' : 'refused',
  reason: fault?.kind ?? null,
  ...(count === undefined ? {} : { count }),
})

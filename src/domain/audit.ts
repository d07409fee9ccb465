import type { Action } from './action.ts'
import type { Fault } from './fault.ts'
import type { AccountId } from './ids.ts'

/** What an action was done to. Only things that exist are named, never what a caller sent. */
export interface Target {
  readonly kind:
    'account' | 'subject' | 'team' | 'token' | 'group' | 'secret' | 'variable' | 'binding' | 'store'
  readonly id: string
  readonly name?: string
  readonly version?: number
}

/** One line of the record: who asked for what, when, from where, and what came of it. */
export interface AuditEntry {
  readonly at: number
  readonly account: AccountId | null
  readonly subject: { readonly id: string; readonly kind: string } | null
  readonly token: string | null
  readonly dialect: string
  readonly address: string
  readonly action: Action | 'unknown'
  readonly target: Target | null
  readonly outcome: 'allowed' | 'refused'
  /** Why it was refused. */
  readonly reason: Fault['kind'] | null
  /** How many requests this line stands for; one, where it is missing. */
  readonly count?: number
}

/**
 * The one text form of an entry: what is stored, hashed into the log's tree and handed out. Members
 * that say nothing are left out.
 */
export const encodeEntry = (entry: AuditEntry): string =>
  JSON.stringify({
    v: 1,
    at: entry.at,
    account: entry.account ?? undefined,
    subject: entry.subject?.id,
    kind: entry.subject?.kind,
    token: entry.token ?? undefined,
    api: entry.dialect,
    from: entry.address,
    action: entry.action,
    target: entry.target?.kind,
    id: entry.target?.id,
    name: entry.target?.name,
    version: entry.target?.version,
    outcome: entry.outcome,
    reason: entry.reason ?? undefined,
    count: entry.count,
  })

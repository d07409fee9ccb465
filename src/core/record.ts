import type { Checkpoint, LogEntry } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import type { Verb } from './perform.ts'

export interface QueryRecord {
  /** Only entries about the thing with this id. */
  readonly target: string | null
  /** Only entries before this place in the log; `null` for the newest. */
  readonly before: number | null
  readonly limit: number
}

export interface RecordPage {
  readonly entries: readonly LogEntry[]
  readonly more: boolean
}

/** The record of the caller's account, newest first. Everything answered before is in it. */
export const queryRecord: Verb<QueryRecord, RecordPage, 'audit.query'> = {
  action: 'audit.query',
  async decide(core, caller, { target, before, limit }) {
    const grant = authorize(caller, 'audit.query', { kind: 'account' }, null)
    if (!grant.ok) return { fault: grant.error }
    await core.sealer.seal()
    const rows = await core.database.log.query({
      account: caller.account,
      target,
      before: before ?? Number.MAX_SAFE_INTEGER,
      limit: limit + 1,
    })
    const page = { entries: rows.slice(0, limit), more: rows.length > limit }
    return { grant: grant.value, writes: [], answer: () => page }
  },
}

/** Closes the log over everything committed so far; gives the checkpoint to keep. */
export const closeRecord: Verb<null, Checkpoint, 'audit.verify'> = {
  action: 'audit.verify',
  async decide(core, caller) {
    const grant = authorize(caller, 'audit.verify', { kind: 'installation' }, null)
    if (!grant.ok) return Promise.resolve({ fault: grant.error })
    return {
      grant: grant.value,
      writes: [],
      answer: () => sealed(core),
    }
  },
}

/** The checkpoint over everything committed so far. */
export async function sealed(core: Core): Promise<Checkpoint> {
  await core.sealer.seal()
  const checkpoint = await core.database.log.lastCheckpoint()
  if (checkpoint === null) throw new Error('the log has no checkpoint after it was sealed')
  return checkpoint
}

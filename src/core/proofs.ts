import { consistencyProof, inclusionProof } from '#crypto/proof.ts'
import type { AccountId } from '#domain/ids.ts'
import type { Checkpoint, LogEntry } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import type { Verb } from './perform.ts'
import { sealed } from './record.ts'

/** What shows that something is so in the tree of a checkpoint. */
export interface Proof {
  readonly checkpoint: Checkpoint
  readonly hashes: readonly Uint8Array[]
}

export interface EntryProof extends Proof {
  readonly entry: LogEntry
}

/** An entry of the caller's account, or about it, with the proof that it is in the log. */
export const proveEntry: Verb<{ readonly seq: number }, EntryProof, 'audit.query'> = {
  action: 'audit.query',
  async decide(core, caller, { seq }) {
    const grant = authorize(caller, 'audit.query', { kind: 'account' }, null)
    if (!grant.ok) return { fault: grant.error }
    const checkpoint = await sealed(core)
    const isThere = seq >= 1 && seq <= checkpoint.size
    const entry = isThere ? await entryAt(core, caller.account, seq) : null
    if (entry === null) return { fault: { kind: 'not_found', thing: 'entry' } }
    const hashes = await inclusionProof(seq - 1, checkpoint.size, core.logTree.subtree)
    return { grant: grant.value, writes: [], answer: () => ({ entry, checkpoint, hashes }) }
  },
}

/** The proof that the log, as it is now, begins with all that it was when it had `from` entries. */
export const proveGrowth: Verb<{ readonly from: number }, Proof, 'audit.query'> = {
  action: 'audit.query',
  async decide(core, caller, { from }) {
    const grant = authorize(caller, 'audit.query', { kind: 'account' }, null)
    if (!grant.ok) return { fault: grant.error }
    const checkpoint = await sealed(core)
    const limit = checkpoint.size
    if (from > limit) {
      const problem = { at: ['query', 'from'], rule: 'too_large', limit } as const
      return { fault: { kind: 'invalid', problems: [problem] } }
    }
    const hashes = await consistencyProof(from, limit, core.logTree.subtree)
    return { grant: grant.value, writes: [], answer: () => ({ checkpoint, hashes }) }
  },
}

async function entryAt(core: Core, account: AccountId, seq: number): Promise<LogEntry | null> {
  const [entry] = await core.database.log.range(seq, 1)
  if (entry?.seq !== seq) return null
  return entry.account === account || entry.target === account ? entry : null
}

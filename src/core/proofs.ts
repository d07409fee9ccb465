import { consistencyProof, inclusionProof } from '#crypto/proof.ts'
import type { Fault } from '#domain/fault.ts'
import type { AccountId } from '#domain/ids.ts'
import { err, ok, type Result } from '#domain/result.ts'
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
  /** What shows that the tree begins with the smaller one that was asked about. */
  readonly growth: readonly Uint8Array[] | null
}

export interface ProveEntry {
  readonly seq: number
  /** A size from which on to show that the log only grew. */
  readonly from: number | null
}

/**
 * An entry of the caller's account, or about it, with the proof that it is in the log; and, in the
 * tree of the same checkpoint, that the log begins with all that it was when it had `from` entries.
 */
export const proveEntry: Verb<ProveEntry, EntryProof, 'audit.query'> = {
  action: 'audit.query',
  async decide(core, caller, { seq, from }) {
    const grant = authorize(caller, 'audit.query', { kind: 'account' }, null)
    if (!grant.ok) return { fault: grant.error }
    const checkpoint = await sealed(core)
    const isThere = seq >= 1 && seq <= checkpoint.size
    const entry = isThere ? await entryAt(core, caller.account, seq) : null
    if (entry === null) return { fault: { kind: 'not_found', thing: 'entry' } }
    const grown = from === null ? ok(null) : await growthOf(core, from, checkpoint)
    if (!grown.ok) return { fault: grown.error }
    const hashes = await inclusionProof(seq - 1, checkpoint.size, core.logTree.subtree)
    const proof = { entry, checkpoint, hashes, growth: grown.value }
    return { grant: grant.value, writes: [], answer: () => proof }
  },
}

/** The proof that the log, as it is now, begins with all that it was when it had `from` entries. */
export const proveGrowth: Verb<{ readonly from: number }, Proof, 'audit.query'> = {
  action: 'audit.query',
  async decide(core, caller, { from }) {
    const grant = authorize(caller, 'audit.query', { kind: 'account' }, null)
    if (!grant.ok) return { fault: grant.error }
    const checkpoint = await sealed(core)
    const hashes = await growthOf(core, from, checkpoint)
    if (!hashes.ok) return { fault: hashes.error }
    const proof = { checkpoint, hashes: hashes.value }
    return { grant: grant.value, writes: [], answer: () => proof }
  },
}

async function growthOf(
  core: Core,
  from: number,
  { size: limit }: Checkpoint,
): Promise<Result<readonly Uint8Array[], Fault>> {
  if (from <= limit) return ok(await consistencyProof(from, limit, core.logTree.subtree))
  const problem = { at: ['query', 'from'], rule: 'too_large', limit } as const
  return err({ kind: 'invalid', problems: [problem] })
}

async function entryAt(core: Core, account: AccountId, seq: number): Promise<LogEntry | null> {
  const [entry] = await core.database.log.range(seq, 1)
  if (entry?.seq !== seq) return null
  return entry.account === account || entry.target === account ? entry : null
}

import type { Checkpoint, Log, LogEntry, LogQuery } from '#ports/database.ts'
import type { Engine } from './engine.ts'
import * as log from './sql/log.ts'
import { step } from './statement.ts'

const toLogEntry = (row: log.EntryRow): LogEntry => ({
  seq: row.seq,
  account: row.account_id,
  target: row.target_id,
  record: row.record,
})

const toCheckpoint = ({ size, made_at: at, note, frontier }: log.CheckpointRow): Checkpoint => ({
  size,
  at,
  note,
  frontier,
})

/** The Log port over an engine. */
export const logOn = (engine: Engine): Log => ({
  settle: () => engine.settle(),
  async range(from, limit) {
    return (await engine.all(log.listEntries, { from, limit })).map(toLogEntry)
  },
  query: (query) => find(engine, query),
  async lastCheckpoint() {
    const row = await engine.get(log.lastCheckpoint, {})
    return row === null ? null : toCheckpoint(row)
  },
  async checkpoints(size, limit) {
    return (await engine.all(log.listCheckpoints, { size, limit })).map(toCheckpoint)
  },
  async addCheckpoint({ size, at, note, frontier }, places) {
    const steps = [step(log.addCheckpoint, { size, made_at: at, note, frontier })]
    for (const [key, seqs] of places) {
      steps.push(step(log.addPlace, { key, first_seq: seqs[0] ?? 0, seqs: pack(seqs) }))
    }
    // Another node that sealed the same entries was first: its checkpoint stands.
    await engine.run({ steps })
  },
})

/** Places in the log as eight bytes each, little-endian. */
function pack(seqs: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(seqs.length * 8)
  const view = new DataView(bytes.buffer)
  seqs.forEach((seq, n) => {
    view.setFloat64(n * 8, seq, true)
  })
  return bytes
}

function unpack(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / 8 }, (_, n) => view.getFloat64(n * 8, true))
}

/** What is noted under an account's id is of that account, or about it. */
const isAsked = (row: log.EntryRow, { account, target }: LogQuery): boolean =>
  row.account_id === account && (target === null || row.target_id === target)

const BLOCKS = 50

/** Walks back through the places of an account or a thing until enough entries are found. */
async function find(engine: Engine, query: LogQuery): Promise<readonly LogEntry[]> {
  const { account, target, limit } = query
  const found: LogEntry[] = []
  let { before } = query
  for (;;) {
    const key = target ?? account
    const blocks = await engine.all(log.listPlaces, { key, before, limit: BLOCKS })
    for (const { seqs, first_seq } of blocks) {
      for (const seq of unpack(seqs).toReversed()) {
        if (seq >= before) continue
        const row = await engine.get(log.getEntry, { seq })
        if (row !== null && isAsked(row, query)) found.push(toLogEntry(row))
        if (found.length === limit) return found
      }
      before = first_seq
    }
    if (blocks.length < BLOCKS) return found
  }
}

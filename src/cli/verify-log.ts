import { ok, type Result } from '#domain/result.ts'
import { Heads } from './verify-heads.ts'
import { Places } from './verify-places.ts'
import { Walk } from './verify-walk.ts'
import { trouble, type LogToVerify, type Trouble, type Verified } from './verify-words.ts'

/**
 * Checks a whole log against its checkpoints: every place is there, the tree over the records has
 * the signed roots, the columns beside a record say what it says, and the index by which entries are
 * searched leads to all of them. Reads each row once, in order. What is wrong with entries is told
 * before what is wrong with the index.
 */
export async function verifyLog(log: LogToVerify): Promise<Result<Verified, Trouble>> {
  const heads = new Heads(log)
  const walk = new Walk(log.key)
  const places = new Places(log.places)
  const opened = await heads.open()
  if (!opened.ok) return opened
  await places.open()
  for await (const row of log.entries) {
    if (walk.due(heads)) {
      const closed = await walk.closeAll(heads)
      if (!closed.ok) return closed
    }
    const added = walk.add(row)
    if (!added.ok) return added
    await places.add(row, heads.closes)
  }
  const ended = await atEnd(walk, heads)
  if (!ended.ok) return ended
  const placed = await places.close()
  if (!placed.ok) return placed
  return ok({
    entries: walk.size,
    sealed: walk.sealed,
    checkpoints: walk.checkpoints,
    places: places.count,
    root: Buffer.from(walk.root).toString('base64'),
    kept: heads.keptSize,
  })
}

async function atEnd(walk: Walk, heads: Heads): Promise<Result<null, Trouble>> {
  const closed = await walk.closeAll(heads)
  if (!closed.ok) return closed
  const next = heads.next
  if (next !== null) return walk.cutBefore(next)
  if (walk.checkpoints === 0 && heads.keptSize === null && walk.size > 0) {
    const message = 'there is no checkpoint, in the log or outside, to check the entries by'
    return trouble('no_checkpoint', 1, walk.size, message)
  }
  return ok(null)
}

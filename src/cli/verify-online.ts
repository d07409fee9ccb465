// The verifier (verify*.ts) may use #crypto: it rests on nothing that a server says.
import { resolve } from 'node:path'
import { ApiError } from '#client/errors.ts'
import type { TreeHead } from '#crypto/checkpoint.ts'
import type { VerifierKey } from '#crypto/note.ts'
import { ok, type Result } from '#domain/result.ts'
import type { Context } from './command.ts'
import { facts } from './text.ts'
import { DATA_DEFAULT, readKey, readText } from './verify-kept.ts'
import { checkEntry, checkGrowth, keptHead, shrunk } from './verify-proof.ts'
import type { Trouble } from './verify-words.ts'

/** What the answers of a server are held against. */
export interface Held {
  readonly key: string | undefined
  readonly checkpoint: string | undefined
}

const REFUSED_AS_INVALID = 422

/** Proves one entry by what a server answers; tells the outcome, and gives the exit code. */
export async function proveEntry(context: Context, seq: number, held: Held): Promise<number> {
  const key = await keyOf(context, held.key)
  const kept = held.checkpoint === undefined ? ok(null) : await keptIn(held.checkpoint, key)
  if (!kept.ok) return unproven(context, kept.error)
  const old = kept.value
  const answer = await answered(context.vault().proveEntry(seq, old?.size), old)
  if (!answer.ok) return unproven(context, answer.error)
  const now = checkEntry(seq, answer.value, key, old)
  if (!now.ok) return unproven(context, now.error)
  const { record, note } = answer.value
  const { size } = now.value
  const root = rootIn(now.value)
  const data = { log: key.name, seq, record, size, root, note, kept: old?.size ?? null }
  context.show({ ok: true, ...data }, () =>
    facts({
      ...{ log: key.name, entry: record },
      proven: `it is entry ${seq} of the ${size} that a signed checkpoint closes`,
      ...{ root, 'kept outside': old === null ? null : sinceKept(old, seq) },
    }),
  )
  return 0
}

function sinceKept({ size }: TreeHead, seq: number): string {
  const where = seq <= size ? 'was in it, as it is now' : 'came later'
  return `a checkpoint of size ${size}: the log only grew since, and the entry ${where}`
}

/** Proves that a server's log only grew since a checkpoint was kept; gives the one to keep next. */
export async function proveGrowth(
  context: Context,
  checkpoint: string,
  given: string | undefined,
): Promise<number> {
  const key = await keyOf(context, given)
  const kept = await keptIn(checkpoint, key)
  if (!kept.ok) return unproven(context, kept.error)
  const old = kept.value
  const answer = await answered(context.vault().proveGrowth(old.size), old)
  if (!answer.ok) return unproven(context, answer.error)
  const now = checkGrowth(old, answer.value, key)
  if (!now.ok) return unproven(context, now.error)
  const { note } = answer.value
  const { size } = now.value
  const data = { log: key.name, size, root: rootIn(now.value), note, kept: old.size }
  context.show({ ok: true, ...data }, () => note)
  context.terminal.say(
    `strongroom: the log of ${size} entries begins with the ${old.size} that the kept checkpoint closed`,
  )
  return 0
}

const keyOf = ({ terminal }: Context, given: string | undefined): Promise<VerifierKey> =>
  readKey(resolve(terminal.env['STRONGROOM_DATA'] ?? DATA_DEFAULT), given)

const keptIn = async (path: string, key: VerifierKey): Promise<Result<TreeHead, Trouble>> =>
  keptHead(await readText(path), key)

/** The answer; a server that has less than was kept can only refuse. */
async function answered<T>(asked: Promise<T>, kept: TreeHead | null): Promise<Result<T, Trouble>> {
  try {
    return ok(await asked)
  } catch (error) {
    const refused = error instanceof ApiError && error.status === REFUSED_AS_INVALID
    if (kept === null || !refused) throw error
    return shrunk(kept)
  }
}

const rootIn = ({ root }: TreeHead): string => Buffer.from(root).toString('base64')

function unproven({ terminal, show }: Context, { kind, from, to, message }: Trouble): number {
  show({ ok: false, kind, from, to, message }, () => '')
  terminal.say(`strongroom: not proven: ${message}`)
  return 1
}

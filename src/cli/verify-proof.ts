// The verifier (verify*.ts) may use #crypto: it rests on nothing that a server says.
import type { EntryProof, Proof } from '#client/wire.ts'
import { readCheckpoint, type TreeHead } from '#crypto/checkpoint.ts'
import { HASH_BYTES, leafHash } from '#crypto/merkle.ts'
import type { VerifierKey } from '#crypto/note.ts'
import { isConsistent, isIncluded } from '#crypto/proof.ts'
import { ok, type Result } from '#domain/result.ts'
import { signatureTrouble, trouble, type Trouble } from './verify-words.ts'

const KEPT = 'the checkpoint kept outside'
const ANSWERED = 'the checkpoint of the answer'

/** The head of a checkpoint that was kept; it must hold before anything is asked from it on. */
export function keptHead(note: string, key: VerifierKey): Result<TreeHead, Trouble> {
  const head = readCheckpoint(note, key.name, key.publicKey)
  if (!head.ok) return signatureTrouble(KEPT, 0, head.error)
  return head.value.size > 0 ? head : trouble('edited', 0, 0, `${KEPT} closes nothing`)
}

/**
 * Whether an answer shows that the entry `seq` is in the log that its checkpoint closes, and, with a
 * `kept` head, that this log only grew since. The answer may be anything. Gives the head of the log.
 */
export function checkEntry(
  seq: number,
  answer: EntryProof,
  key: VerifierKey,
  kept: TreeHead | null,
): Result<TreeHead, Trouble> {
  const { record, seq: answered, note, hashes: texts, growth }: Loose<EntryProof> = answer
  const hashes = hashesIn(texts)
  if (typeof record !== 'string' || hashes === null) return malformed(seq)
  if (answered !== seq) {
    return trouble('other_entry', seq, seq, `entry ${seq} was asked for, and another answered`)
  }
  const head = answeredHead(note, key, seq)
  if (!head.ok) return head
  const leaf = leafHash(record)
  if (!isIncluded({ index: seq - 1, leaf, ...head.value }, hashes)) {
    const message = `entry ${seq}, as it was answered, is not in the log of ${head.value.size} entries`
    return trouble('not_in_log', seq, seq, message)
  }
  return kept === null ? head : checkGrown(kept, head.value, growth)
}

/** Whether an answer shows that the log only grew since a kept head. Gives the head of the log. */
export function checkGrowth(
  kept: TreeHead,
  answer: Proof,
  key: VerifierKey,
): Result<TreeHead, Trouble> {
  const { note, hashes }: Loose<Proof> = answer
  const head = answeredHead(note, key, kept.size)
  return head.ok ? checkGrown(kept, head.value, hashes) : head
}

/** The server has fewer entries than it had. */
export const shrunk = ({ size }: TreeHead) =>
  trouble(
    'cut',
    1,
    size,
    `the log is shorter than ${size} entries, which the kept checkpoint closed`,
  )

function checkGrown(kept: TreeHead, now: TreeHead, texts: unknown): Result<TreeHead, Trouble> {
  const hashes = hashesIn(texts)
  if (hashes === null) return malformed(kept.size)
  if (isConsistent(kept, now, hashes)) return ok(now)
  const message = `the log of ${now.size} entries does not begin with the ${kept.size} that the kept checkpoint closed`
  return trouble('not_grown', 1, kept.size, message)
}

type Loose<T> = { readonly [K in keyof T]: unknown }

const malformed = (seq: number) =>
  trouble('malformed', seq, seq, 'the answer is not one of a proof')

function answeredHead(note: unknown, key: VerifierKey, seq: number): Result<TreeHead, Trouble> {
  if (typeof note !== 'string') return malformed(seq)
  const head = readCheckpoint(note, key.name, key.publicKey)
  return head.ok ? head : signatureTrouble(ANSWERED, seq, head.error)
}

function hashesIn(texts: unknown): readonly Uint8Array[] | null {
  if (!Array.isArray(texts)) return null
  const hashes = texts.map((text: unknown) =>
    Buffer.from(typeof text === 'string' ? text : '', 'base64'),
  )
  return hashes.every(({ length }) => length === HASH_BYTES) ? hashes : null
}

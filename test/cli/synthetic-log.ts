import { signCheckpoint } from '#crypto/checkpoint.ts'
import { Frontier, leafHash } from '#crypto/merkle.ts'
import type { VerifierKey } from '#crypto/note.ts'
import { publicKeyOf, signingKey } from '#crypto/signing-key.ts'
import type { CheckpointRow, LogRow, PlaceRow } from '#cli/verify-words.ts'

export const origin = 'strongroom/c000000000000000000000000'
const seed = (n: number) => signingKey(new Uint8Array(32).fill(n))
const mine = seed(1)
export const key: VerifierKey = { name: origin, publicKey: publicKeyOf(mine) }

export const entry = (n: number): LogRow => {
  const account = `account-${n % 3}`
  const id = n % 5 === 0 ? undefined : `secret-${n % 7}`
  const record = JSON.stringify({ v: 1, at: 1_700_000_000_000 + n, account, api: 'test', id })
  return { seq: n, account_id: account, target_id: id ?? null, record }
}

/** A checkpoint over the first entries, by the log's key or by another. */
export function checkpoint(
  entries: readonly LogRow[],
  size: number,
  by = 1,
  name = origin,
): CheckpointRow {
  const tree = new Frontier()
  for (const { record } of entries.slice(0, size)) tree.append(leafHash(record))
  return {
    size,
    note: signCheckpoint(name, size, tree.root(), seed(by)),
    frontier: tree.serialise(),
  }
}

export interface SyntheticLog {
  readonly entries: readonly LogRow[]
  readonly checkpoints: readonly CheckpointRow[]
  readonly places: readonly PlaceRow[]
}

/** A list of places as the database holds it. */
export function placeRow(key: string, ...seqs: readonly number[]): PlaceRow {
  const bytes = Buffer.alloc(8 * seqs.length)
  seqs.forEach((seq, n) => bytes.writeDoubleLE(seq, 8 * n))
  return { key, first_seq: seqs[0] ?? 0, seqs: bytes }
}

/** The numbers in a list of places. */
export const seqsOf = ({ seqs }: PlaceRow): readonly number[] =>
  Array.from({ length: seqs.length / 8 }, (_, n) => Buffer.from(seqs).readDoubleLE(8 * n))

/** Where the entries of each account and thing stand, in lists as long as the log was closed over. */
export function placesOf(entries: readonly LogRow[], sizes: readonly number[]): PlaceRow[] {
  return sizes.flatMap((size, n) => {
    const round = entries.slice(sizes[n - 1] ?? 0, size)
    const keys = new Set(round.flatMap(({ account_id: a, target_id: t }) => [a, t]))
    return [...keys]
      .filter((key) => key !== null)
      .map((key) => {
        const own = round.filter(({ account_id: a, target_id: t }) => a === key || t === key)
        return placeRow(key, ...own.map(({ seq }) => seq))
      })
      .toSorted((a, b) => a.first_seq - b.first_seq)
  })
}

/** A log as a server would have made it: `length` entries, closed at these sizes. */
export function log(length: number, ...sizes: number[]): SyntheticLog {
  const entries = Array.from({ length }, (_, n) => entry(n + 1))
  return {
    entries,
    checkpoints: sizes.map((size) => checkpoint(entries, size)),
    places: placesOf(entries, sizes),
  }
}

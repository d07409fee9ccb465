// The offline verifier (verify*.ts) may use #crypto: it rests on nothing that a server says.
import { Frontier, HASH_BYTES } from '#crypto/merkle.ts'

/** A tree whose root is not the signed one, and what is known about both. */
export interface Mismatch {
  /** How many entries the checkpoint before this one closed; up to there everything held. */
  readonly sealed: number
  readonly size: number
  /** The signed root. */
  readonly root: Uint8Array
  /** The full subtrees of our tree, and those that make up the signed root (if they are known). */
  readonly ours: Uint8Array
  readonly theirs: Uint8Array | null
  /** The full subtrees of the tree of size `sealed`, and the leaves since (if they are few). */
  readonly before: Uint8Array
  readonly leaves: readonly Uint8Array[] | null
}

export interface Tampering {
  readonly kind: 'edited' | 'reordered'
  readonly from: number
  readonly to: number
  readonly message: string
}

/** Which entries are not those that were sealed, as narrowly as the hashes can tell. */
export function lookCloser(mismatch: Mismatch): Tampering {
  const moved = mismatch.leaves === null ? null : orderOf(mismatch, mismatch.leaves)
  if (moved !== null) return moved
  const { from, to } = narrow(mismatch)
  const message =
    from === to
      ? `entry ${from} was edited`
      : `of entries ${from} to ${to} at least one was edited, put in or taken out`
  return { kind: 'edited', from, to, message }
}

/** The entries under the first full subtree that differs, as far as they come after `sealed`. */
function narrow({ sealed, size, ours, theirs }: Mismatch): { from: number; to: number } {
  let start = 0
  for (let at = 0; theirs !== null && at < ours.length; at += HASH_BYTES) {
    const width = 2 ** Math.floor(Math.log2(size - start))
    const same = Buffer.from(ours.subarray(at, at + HASH_BYTES)).equals(
      theirs.subarray(at, at + HASH_BYTES),
    )
    if (!same) return { from: Math.max(start, sealed) + 1, to: start + width }
    start += width
  }
  return { from: sealed + 1, to: size }
}

/** Whether one entry in another place, or two entries exchanged, gives the signed root. */
function orderOf(mismatch: Mismatch, leaves: readonly Uint8Array[]): Tampering | null {
  const { sealed } = mismatch
  for (let i = 0; i < leaves.length; i++) {
    for (let j = i + 1; j < leaves.length; j++) {
      const [from, to] = [sealed + i + 1, sealed + j + 1]
      if (yields(mismatch, exchanged(leaves, i, j))) {
        const message = `entries ${from} and ${to} were put in each other's place`
        return { kind: 'reordered', from, to, message }
      }
      if (yields(mismatch, moved(leaves, i, j)) || yields(mismatch, moved(leaves, j, i))) {
        const message = `the entries from ${from} to ${to} were put in another order`
        return { kind: 'reordered', from, to, message }
      }
    }
  }
  return null
}

function yields({ sealed, before, root }: Mismatch, leaves: readonly Uint8Array[]): boolean {
  const tree = Frontier.restore(sealed, before)
  for (const leaf of leaves) tree.append(leaf)
  return Buffer.from(tree.root()).equals(root)
}

function exchanged(leaves: readonly Uint8Array[], i: number, j: number): readonly Uint8Array[] {
  const [a, b] = [leaves[i], leaves[j]]
  return a === undefined || b === undefined ? leaves : leaves.with(i, b).with(j, a)
}

function moved(leaves: readonly Uint8Array[], from: number, to: number): readonly Uint8Array[] {
  const leaf = leaves[from]
  return leaf === undefined ? leaves : leaves.toSpliced(from, 1).toSpliced(to, 0, leaf)
}

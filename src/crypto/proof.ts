import { HASH_BYTES, nodeHash } from './merkle.ts'

/** The root over the leaves `from` up to and without `to` of a tree, counted from 0. */
export type Subtree = (from: number, to: number) => Promise<Uint8Array>

/** The largest power of two below `n`, where a tree of `n` leaves is split (RFC 6962, section 2.1). */
export function splitOf(n: number): number {
  let split = 1
  while (split * 2 < n) split *= 2
  return split
}

/**
 * What it takes to show that the leaf at `index` is in the tree of `size` leaves, from the leaf
 * upwards (RFC 6962, section 2.1.1). Throws RangeError when there is no such leaf.
 */
export async function inclusionProof(
  index: number,
  size: number,
  subtree: Subtree,
): Promise<readonly Uint8Array[]> {
  if (index < 0 || index >= size) throw new RangeError('the tree has no such leaf')
  const path = async (from: number, to: number): Promise<readonly Uint8Array[]> => {
    if (to - from === 1) return []
    const middle = from + splitOf(to - from)
    return index < middle
      ? [...(await path(from, middle)), await subtree(middle, to)]
      : [...(await path(middle, to)), await subtree(from, middle)]
  }
  return path(0, size)
}

/**
 * What it takes to show that the tree of `size` leaves begins with all of the tree of `old` leaves
 * (RFC 6962, section 2.1.2). Throws RangeError unless 0 < old <= size.
 */
export async function consistencyProof(
  old: number,
  size: number,
  subtree: Subtree,
): Promise<readonly Uint8Array[]> {
  if (old < 1 || old > size) throw new RangeError('a tree only grows')
  const rest = async (from: number, to: number, whole: boolean): Promise<readonly Uint8Array[]> => {
    if (old === to) return whole ? [] : [await subtree(from, to)]
    const middle = from + splitOf(to - from)
    return old <= middle
      ? [...(await rest(from, middle, whole)), await subtree(middle, to)]
      : [...(await rest(middle, to, false)), await subtree(from, middle)]
  }
  return rest(0, size, true)
}

const isOdd = (n: number): boolean => n % 2 === 1
const half = (n: number): number => Math.floor(n / 2)
/** Whether the node of a row whose last is `last` has its next sibling on its left. */
const isRight = (at: number, last: number): boolean => isOdd(at) || at === last

/** Where a node and the last of its row, which is not the root, stand once hashed with a sibling. */
function above(at: number, last: number): readonly [number, number] {
  let [node, end] = [at, last]
  // The last of a row has no sibling until it is a right child: it goes up as it is.
  if (at === last) for (; !isOdd(node); node = half(node)) end = half(end)
  return [half(node), half(end)]
}

const areHashes = (proof: readonly Uint8Array[]): boolean =>
  proof.every(({ length }) => length === HASH_BYTES)

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b)

/** A leaf and a tree that is to hold it. */
export interface Inclusion {
  readonly index: number
  readonly leaf: Uint8Array
  readonly size: number
  readonly root: Uint8Array
}

/** Whether `proof` shows that the leaf is in the tree (RFC 9162, section 2.1.3.2). Never throws. */
export function isIncluded(
  { index, leaf, size, root }: Inclusion,
  proof: readonly Uint8Array[],
): boolean {
  if (index < 0 || index >= size || !areHashes(proof)) return false
  let [at, last, hash] = [index, size - 1, leaf]
  for (const sibling of proof) {
    if (last === 0) return false
    hash = isRight(at, last) ? nodeHash(sibling, hash) : nodeHash(hash, sibling)
    ;[at, last] = above(at, last)
  }
  return last === 0 && isSame(hash, root)
}

export interface TreeHead {
  readonly size: number
  readonly root: Uint8Array
}

/** Whether `proof` shows that `now` begins with all of `old` (RFC 9162, section 2.1.4.2). Never throws. */
export function isConsistent(old: TreeHead, now: TreeHead, proof: readonly Uint8Array[]): boolean {
  if (old.size < 1 || old.size > now.size || !areHashes(proof)) return false
  if (old.size === now.size) return proof.length === 0 && isSame(old.root, now.root)
  let [at, last] = [old.size - 1, now.size - 1]
  for (; isOdd(at); at = half(at)) last = half(last)
  // An old tree that is one full subtree is its own first hash, which the proof leaves out.
  const [first = old.root, ...siblings] = at === 0 ? [old.root, ...proof] : proof
  let [before, after] = [first, first]
  for (const sibling of siblings) {
    if (last === 0) return false
    if (isRight(at, last)) {
      before = nodeHash(sibling, before)
      after = nodeHash(sibling, after)
    } else {
      after = nodeHash(after, sibling)
    }
    ;[at, last] = above(at, last)
  }
  return last === 0 && isSame(before, old.root) && isSame(after, now.root)
}

import { hash } from 'node:crypto'

/** SHA-256. */
export const HASH_BYTES = 32

/**
 * The hash of one leaf, SHA-256(0x00 || data) (RFC 6962, section 2.1; RFC 9162, section 2.1.1).
 * Text is hashed as UTF-8.
 */
export function leafHash(data: string | Uint8Array): Uint8Array {
  if (typeof data === 'string') return hash('sha256', `\0${data}`, 'buffer')
  const bytes = Buffer.alloc(1 + data.length)
  bytes.set(data, 1)
  return hash('sha256', bytes, 'buffer')
}

const pair = Buffer.alloc(1 + 2 * HASH_BYTES, 1)

/** The hash of an inner node, SHA-256(0x01 || left || right) (RFC 6962, section 2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  pair.set(left, 1)
  pair.set(right, 1 + HASH_BYTES)
  return hash('sha256', pair, 'buffer')
}

/** The root of a tree without leaves: SHA-256 of nothing (RFC 6962, section 2.1). */
export const emptyRoot = (): Uint8Array => hash('sha256', new Uint8Array(0), 'buffer')

/**
 * A growing tree, of which only the roots of its full subtrees are kept, left to right: one for each
 * 1 bit of its size, the largest first. That is all it takes to grow it and to give its root.
 */
export class Frontier {
  #size = 0
  readonly #roots: Uint8Array[] = []

  /**
   * The frontier of a tree of `size` leaves from what `serialise` gave. Throws RangeError when the
   * bytes cannot be of a tree of that size.
   */
  static restore(size: number, bytes: Uint8Array): Frontier {
    if (!Number.isSafeInteger(size) || size < 0) throw new RangeError('not a tree size')
    if (bytes.length !== HASH_BYTES * oneBits(size)) {
      throw new RangeError('a frontier has one hash for each full subtree')
    }
    const frontier = new Frontier()
    frontier.#size = size
    for (let at = 0; at < bytes.length; at += HASH_BYTES) {
      frontier.#roots.push(bytes.slice(at, at + HASH_BYTES))
    }
    return frontier
  }

  /** How many leaves the tree has. */
  get size(): number {
    return this.#size
  }

  /** Adds a leaf, given by its `leafHash`. */
  append(leaf: Uint8Array): void {
    if (leaf.length !== HASH_BYTES) throw new RangeError('a leaf hash has 32 bytes')
    let node = leaf
    // Each trailing 1 bit of the size is a full subtree that now gets a sibling of its own height.
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      const left = this.#roots.pop()
      if (left === undefined) throw new Error('a frontier lost a subtree')
      node = nodeHash(left, node)
    }
    this.#roots.push(node)
    this.#size += 1
  }

  /** The root of the tree as it is now, 32 bytes. */
  root(): Uint8Array {
    let root: Uint8Array | null = null
    for (const left of this.#roots.toReversed()) root = root === null ? left : nodeHash(left, root)
    return root ?? emptyRoot()
  }

  /** The roots of the full subtrees, left to right, 32 bytes each; for `restore`. */
  serialise(): Uint8Array {
    return Buffer.concat(this.#roots)
  }
}

/**
 * The root over a whole list of leaf hashes, by the recursion that RFC 6962, section 2.1, defines it
 * with; independent of `Frontier`, which a verifier may check by it.
 */
export function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const first = leaves[0]
  if (first === undefined) return emptyRoot()
  if (leaves.length === 1) return first
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)))
}

/** Whether `frontier` is that of a tree of `size` leaves whose root is `root`. Never throws. */
export function frontierYields(size: number, frontier: Uint8Array, root: Uint8Array): boolean {
  try {
    return Buffer.from(Frontier.restore(size, frontier).root()).equals(root)
  } catch {
    return false
  }
}

function oneBits(size: number): number {
  let bits = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2
  return bits
}

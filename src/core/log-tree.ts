import { leafHash, nodeHash, rootOf } from '#crypto/merkle.ts'
import { splitOf } from '#crypto/proof.ts'
import type { Log } from '#ports/database.ts'

/** Leaves of a full subtree whose root is kept: it takes one read, and 32 bytes for each thousand. */
const TILE = 1_024
const TILES_MAX = 1_000_000

/**
 * The roots of parts of the log's tree, from its entries. Those of full tiles are kept once they are
 * known: entries that have a place do not change, and if they do, the proof does not hold.
 */
export class LogTree {
  readonly #log: Log
  readonly #tiles = new Map<number, Uint8Array>()

  constructor(log: Log) {
    this.#log = log
  }

  /**
   * The root over the leaves `from` up to and without `to`, counted from 0, of a part into which
   * RFC 6962, section 2.1, splits a tree. Rejects when entries are missing.
   */
  readonly subtree = async (from: number, to: number): Promise<Uint8Array> => {
    if (to - from < TILE) return this.#read(from, to)
    if (to - from === TILE) return this.#tile(from)
    const middle = from + splitOf(to - from)
    const left = await this.subtree(from, middle)
    return nodeHash(left, await this.subtree(middle, to))
  }

  async #tile(from: number): Promise<Uint8Array> {
    const known = this.#tiles.get(from)
    if (known !== undefined) return known
    const root = await this.#read(from, from + TILE)
    if (this.#tiles.size < TILES_MAX) this.#tiles.set(from, root)
    // The first proof reads the whole log: others get their turn in between.
    await new Promise((resolve) => setImmediate(resolve))
    return root
  }

  async #read(from: number, to: number): Promise<Uint8Array> {
    const entries = await this.#log.range(from + 1, to - from)
    if (entries.length !== to - from || entries[0]?.seq !== from + 1) {
      throw new Error(`the log has no entries ${from + 1} to ${to}`)
    }
    return rootOf(entries.map(({ record }) => leafHash(record)))
  }
}

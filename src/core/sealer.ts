import type { KeyObject } from 'node:crypto'
import { signCheckpoint } from '#crypto/checkpoint.ts'
import { Frontier, leafHash } from '#crypto/merkle.ts'
import type { Checkpoint, Log, LogEntry } from '#ports/database.ts'
import type { World } from '#ports/world.ts'

/** Entries read and hashed at a time, so that other requests get their turn in between. */
const SLICE = 250
/** Entries under one checkpoint at the most, so that its transaction stays small. */
const ROUND = 20_000

export interface SealerParts {
  readonly log: Log
  readonly world: World
  /** Names the log in its checkpoints. */
  readonly origin: string
  readonly key: KeyObject
  /** Told of each new checkpoint, so that a copy can be kept outside the database. */
  readonly onCheckpoint: (checkpoint: Checkpoint) => Promise<void>
}

/**
 * Gives committed entries their place in the log's Merkle tree (RFC 6962) and closes it with a
 * signed checkpoint. One at a time; whatever was committed before `seal` was called is in the tree
 * when it returns.
 */
export class Sealer {
  readonly #parts: SealerParts
  #running: Promise<void> | null = null
  #next: Promise<void> | null = null

  constructor(parts: SealerParts) {
    this.#parts = parts
  }

  get origin(): string {
    return this.#parts.origin
  }

  /** Seals everything committed so far. Calls that come while one runs share the one after it. */
  seal(): Promise<void> {
    if (this.#running === null) return this.#start()
    const start = () => this.#start()
    // One that failed is told to those who asked for it; the next begins all the same.
    this.#next ??= this.#running.then(start, start)
    return this.#next
  }

  #start(): Promise<void> {
    this.#next = null
    this.#running = this.#seal().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async #seal(): Promise<void> {
    await this.#parts.log.settle()
    while (await this.#round());
  }

  /** Seals the next entries under one checkpoint; gives whether there may be more. */
  async #round(): Promise<boolean> {
    const { log, world, origin, key, onCheckpoint } = this.#parts
    const last = await log.lastCheckpoint()
    const tree = Frontier.restore(last?.size ?? 0, last?.frontier ?? new Uint8Array(0))
    const places = new Map<string, number[]>()
    const until = tree.size + ROUND
    for (let more = true; more && tree.size < until;) {
      const entries = await log.range(tree.size + 1, SLICE)
      for (const entry of entries) {
        tree.append(leafHash(entry.record))
        note(places, entry)
      }
      more = entries.length === SLICE
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (tree.size === (last?.size ?? 0)) return false
    const signed = signCheckpoint(origin, tree.size, tree.root(), key)
    const checkpoint = {
      ...{ size: tree.size, at: world.now(), note: signed },
      frontier: tree.serialise(),
    }
    await log.addCheckpoint(checkpoint, places)
    await onCheckpoint(checkpoint)
    return tree.size >= until
  }
}

/** Notes where an entry stands under its account and under the thing it is about. */
function note(places: Map<string, number[]>, { seq, account, target }: LogEntry): void {
  for (const key of [account, target === account ? null : target]) {
    if (key === null) continue
    const known = places.get(key)
    if (known === undefined) places.set(key, [seq])
    else known.push(seq)
  }
}

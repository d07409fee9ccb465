import { stat } from 'node:fs/promises'
import { wrapKey, wrappedUnder } from '#crypto/wrap.ts'
import type { Kms } from '#ports/kms.ts'
import type { Held } from './root-key.ts'
import { unwrapWith } from './root-key.ts'

/** A file that root keys are kept in, or made from. */
export interface Keeper {
  readonly kind: string
  /** The file that says which root keys there are. */
  readonly path: string
  /** What to do when a root key is known and missing. */
  readonly help: string
  /** Reads the file. `before` is what was held until now, if anything. */
  load(before: Held | null): Promise<Held>
  /** Adds a new present root key to the file, durably. */
  add(before: Held): Promise<Held>
  /** Drops every root key but the present one from the file, durably. */
  keepFirst(before: Held): Promise<Held>
}

/**
 * The Kms of a keeper: root keys in this process, wrapping by XAES-256-GCM (docs/crypto.md). It
 * follows its file: what another process on this machine rotates is taken up before the next wrap,
 * so that nothing is ever wrapped under a root key that has been dropped.
 */
export class LocalKms implements Kms {
  readonly #keeper: Keeper
  readonly #random: (length: number) => Uint8Array
  #held: Held
  #stamp: string | null
  /** One reading or writing of the file at a time. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(
    keeper: Keeper,
    random: (length: number) => Uint8Array,
    held: Held,
    stamp: string | null,
  ) {
    this.#keeper = keeper
    this.#random = random
    this.#held = held
    this.#stamp = stamp
  }

  static async open(keeper: Keeper, random: (length: number) => Uint8Array): Promise<LocalKms> {
    // The stamp comes first: a change between the two is then seen, at worst twice.
    const stamp = await stampOf(keeper.path)
    return new LocalKms(keeper, random, await keeper.load(null), stamp)
  }

  get kind(): string {
    return this.#keeper.kind
  }

  get fingerprint(): string {
    return this.#held.keys[0].fingerprint
  }

  get fingerprints(): readonly string[] {
    return this.#held.keys.map((key) => key.fingerprint)
  }

  async wrap(context: Uint8Array, key: Uint8Array): Promise<Uint8Array> {
    await this.#inTurn(() => this.#refresh())
    return wrapKey(this.#held.keys[0].key, context, key, this.#random)
  }

  async unwrap(context: Uint8Array, wrapped: Uint8Array): Promise<Uint8Array> {
    const needed = wrappedUnder(wrapped)
    if (needed !== null && !this.fingerprints.includes(needed)) {
      await this.#inTurn(() => this.#refresh())
    }
    return unwrapWith(this.#held, context, wrapped, this.#keeper.help)
  }

  rotate(): Promise<string> {
    return this.#inTurn(async () => {
      await this.#replace((held) => this.#keeper.add(held))
      return this.fingerprint
    })
  }

  retire(): Promise<void> {
    return this.#inTurn(() => this.#replace((held) => this.#keeper.keepFirst(held)))
  }

  async #replace(change: (held: Held) => Promise<Held>): Promise<void> {
    this.#held = await change(this.#held)
    this.#stamp = await stampOf(this.#keeper.path)
  }

  async #refresh(): Promise<void> {
    const stamp = await stampOf(this.#keeper.path)
    if (stamp === this.#stamp) return
    this.#held = await this.#keeper.load(this.#held)
    this.#stamp = stamp
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(step)
    this.#turn = result.catch(() => undefined)
    return result
  }
}

/** Another file, or another content, gives another stamp; that there is none, the keeper says. */
async function stampOf(path: string): Promise<string | null> {
  try {
    const { ino, mtimeNs, size } = await stat(path, { bigint: true })
    return `${ino} ${mtimeNs} ${size}`
  } catch {
    return null
  }
}

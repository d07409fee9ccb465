import { Buckets, type Clock } from './buckets.ts'

const KEYS_MAX = 10_000
const WAITING_MAX = 16_384
const COMES_BACK_WITHIN_MS = 60_000

/** What one token that nobody knows costs: one of its network's, and one of its own. */
export interface Guess {
  readonly network: string
  /** The public part of the token, or else a name for the text. */
  readonly id: string
  /** A name for the whole text. */
  readonly fingerprint: string
}

class Tier {
  readonly #networks: Buckets
  readonly #ids: Buckets

  constructor(perNetwork: number, perId: number, clock: Clock) {
    const rules = (perMinute: number) => ({ perMinute, keysMax: KEYS_MAX })
    this.#networks = new Buckets({ ...rules(perNetwork), overflow: 'share' }, clock)
    // What comes this far, the buckets of the networks have let through: that bounds it already.
    this.#ids = new Buckets({ ...rules(perId), overflow: 'pass' }, clock)
  }

  take({ network, id }: Guess): number {
    const wait = this.#networks.take(network)
    if (wait > 0) return wait
    const own = this.#ids.take(id)
    if (own > 0) this.#networks.giveBack(network)
    return own
  }

  giveBack({ network, id }: Guess): void {
    this.#networks.giveBack(network)
    this.#ids.giveBack(id)
  }
}

/** What was told to wait, and until when; the oldest are forgotten. */
class Waiting {
  readonly #clock: Clock
  #young = new Map<string, number>()
  #old = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(fingerprint: string, seconds: number): void {
    if (this.#due(fingerprint) !== null) return
    if (this.#young.size >= WAITING_MAX) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(fingerprint, this.#clock() + seconds * 1_000)
  }

  /** Whether it has waited as long as it was told to. */
  isBack(fingerprint: string): boolean {
    const due = this.#due(fingerprint)
    return due !== null && due <= this.#clock()
  }

  forget(fingerprint: string): void {
    this.#young.delete(fingerprint)
    this.#old.delete(fingerprint)
  }

  #due(fingerprint: string): number | null {
    const due = this.#young.get(fingerprint) ?? this.#old.get(fingerprint)
    return due === undefined || due + COMES_BACK_WITHIN_MS < this.#clock() ? null : due
  }
}

/** What is given back when the guess was none. */
export type Admitted =
  | { readonly ok: true; readonly giveBack: () => void }
  | { readonly ok: false; readonly waitS: number }

/**
 * How many tokens that nobody knows are looked up: so many a minute for each network, and a quarter
 * of them for each key id. A good one costs nothing. One that was told to wait, and did, is let in
 * from a reserve: who guesses has no use for the same guess again, so a good token gets in beside a flood.
 */
export class Guesses {
  readonly #first: Tier
  readonly #reserve: Tier
  readonly #waiting: Waiting

  constructor(perMinute: number, clock: Clock) {
    const part = (n: number) => Math.max(1, Math.ceil(perMinute / n))
    this.#first = new Tier(perMinute, part(4), clock)
    this.#reserve = new Tier(part(4), part(16), clock)
    this.#waiting = new Waiting(clock)
  }

  admit(guess: Guess): Admitted {
    const waitS = this.#first.take(guess)
    if (waitS === 0) return admitted(this.#first, guess)
    const { fingerprint } = guess
    if (this.#waiting.isBack(fingerprint) && this.#reserve.take(guess) === 0) {
      this.#waiting.forget(fingerprint)
      return admitted(this.#reserve, guess)
    }
    this.#waiting.add(fingerprint, waitS)
    return { ok: false, waitS }
  }
}

const admitted = (tier: Tier, guess: Guess): Admitted => ({
  ok: true,
  giveBack: () => {
    tier.giveBack(guess)
  },
})

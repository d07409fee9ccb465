/** Milliseconds of a clock that never goes back. */
export type Clock = () => number

interface Bucket {
  level: number
  at: number
}

export interface BucketRules {
  /** How many may be taken in a minute, and at once. */
  readonly perMinute: number
  /** How many buckets are kept. */
  readonly keysMax: number
  /** What is done with a key for which there is no room: it shares one bucket with its like, or passes. */
  readonly overflow: 'share' | 'pass'
}

const MINUTE_MS = 60_000
const SWEEP_EVERY_MS = 1_000
const SHARED = ''

/**
 * Token buckets by key. They take no more memory than `keysMax` of them: one that is full again is
 * as good as none, and goes when the room is needed.
 */
export class Buckets {
  readonly #clock: Clock
  readonly #rules: BucketRules
  readonly #buckets = new Map<string, Bucket>()
  #sweptAt = Number.NEGATIVE_INFINITY

  constructor(rules: BucketRules, clock: Clock) {
    this.#rules = rules
    this.#clock = clock
  }

  get size(): number {
    return this.#buckets.size
  }

  /** Takes one: 0, or in how many whole seconds there is one to take. */
  take(key: string): number {
    const bucket = this.#bucketOf(key)
    if (bucket === null) return 0
    this.#refill(bucket)
    if (bucket.level < 1) {
      return Math.ceil(((1 - bucket.level) * MINUTE_MS) / this.#rules.perMinute / 1_000)
    }
    bucket.level -= 1
    return 0
  }

  /** Puts back what was taken for nothing. */
  giveBack(key: string): void {
    const bucket = this.#buckets.get(key) ?? this.#buckets.get(SHARED)
    if (bucket !== undefined) bucket.level = Math.min(this.#rules.perMinute, bucket.level + 1)
  }

  #refill(bucket: Bucket): void {
    const now = this.#clock()
    const { perMinute } = this.#rules
    bucket.level = Math.min(perMinute, bucket.level + ((now - bucket.at) / MINUTE_MS) * perMinute)
    bucket.at = now
  }

  #bucketOf(key: string): Bucket | null {
    const known = this.#buckets.get(key)
    if (known !== undefined) return known
    if (this.#isFull()) {
      if (this.#rules.overflow === 'pass') return null
      return this.#buckets.get(SHARED) ?? this.#newBucket(SHARED)
    }
    return this.#newBucket(key)
  }

  #newBucket(key: string): Bucket {
    const bucket = { level: this.#rules.perMinute, at: this.#clock() }
    this.#buckets.set(key, bucket)
    return bucket
  }

  #isFull(): boolean {
    if (this.#buckets.size < this.#rules.keysMax) return false
    const now = this.#clock()
    if (now - this.#sweptAt < SWEEP_EVERY_MS) return true
    this.#sweptAt = now
    for (const [key, bucket] of this.#buckets) {
      this.#refill(bucket)
      if (bucket.level >= this.#rules.perMinute) this.#buckets.delete(key)
    }
    return this.#buckets.size >= this.#rules.keysMax
  }
}

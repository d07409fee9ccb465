import { randomInt } from 'node:crypto'
import { StoreFault, type StoreFaultKind } from '#ports/remote-store.ts'
import type { StoreCalls } from '#ports/secret-store.ts'

export interface GuardLimits {
  /** How long one try may take, in milliseconds. */
  readonly tryMs: number
  /** How long all tries may take together. */
  readonly allMs: number
  readonly triesMax: number
  /** So many tries in a row that found the store down open the breaker. */
  readonly openAfter: number
  /** How long the breaker stays open before one try is let through. */
  readonly openMs: number
}

export const GUARD_LIMITS: GuardLimits = {
  ...{ tryMs: 5_000, allMs: 12_000, triesMax: 3, openAfter: 5, openMs: 2_000 },
}

/** Which faults are worth another try. */
export type Again = 'never' | 'throttled' | 'always'

/** How one try ended: done, what the store said, or an error that is none of its own. */
export type CallOutcome = 'done' | StoreFaultKind | 'failed'

/** Is told of every try; `operation` is a word of ours. */
export type TellCall = (operation: string, outcome: CallOutcome) => void

/** The store did not see it: it was down a moment ago. */
export class NotAsked extends StoreFault {}

interface Around {
  readonly limits?: GuardLimits
  readonly chance?: () => number
  readonly tell?: TellCall | null
}

const FIRST_PAUSE_MS = 50

/**
 * Stands before one store: ends what takes too long, tries again what may be tried again (with a
 * growing, jittered pause), and stops asking for a while a store that is down, so that it costs
 * nobody else anything.
 */
export class Guard {
  readonly #limits: GuardLimits
  readonly #chance: () => number
  readonly #tell: TellCall | null
  readonly #calls = new Map<string, { calls: number; failures: number }>()
  #downs = 0
  #closedUntil = 0

  constructor({ limits = GUARD_LIMITS, chance, tell = null }: Around = {}) {
    this.#limits = limits
    this.#chance = chance ?? (() => randomInt(1_000) / 1_000)
    this.#tell = tell
  }

  calls(): readonly StoreCalls[] {
    return [...this.#calls].map(([operation, count]) => ({ operation, ...count }))
  }

  /** Does `work`, and again if it fails in a way that `again` allows. Throws its last `StoreFault`. */
  async run<T>(
    operation: string,
    again: Again,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const until = performance.now() + this.#limits.allMs
    for (let n = 1; ; n++) {
      try {
        return await this.#try(operation, work)
      } catch (error) {
        const pause = this.#pauseAfter(error, n, again)
        if (pause === null || performance.now() + pause > until) throw error
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
    }
  }

  async #try<T>(operation: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const left = this.#closedUntil - performance.now()
    if (left > 0) throw new NotAsked('down', 'it did not answer lately: not asked again yet', left)
    const count = this.#calls.get(operation) ?? { calls: 0, failures: 0 }
    this.#calls.set(operation, count)
    count.calls += 1
    try {
      const done = await inTime(this.#limits.tryMs, work)
      this.#downs = 0
      this.#tell?.(operation, 'done')
      return done
    } catch (error) {
      count.failures += 1
      this.#tell?.(operation, error instanceof StoreFault ? error.kind : 'failed')
      this.#downs = error instanceof StoreFault && error.kind === 'down' ? this.#downs + 1 : 0
      if (this.#downs >= this.#limits.openAfter) {
        this.#closedUntil = performance.now() + this.#limits.openMs
      }
      throw error
    }
  }

  #pauseAfter(error: unknown, n: number, again: Again): number | null {
    if (!(error instanceof StoreFault) || n >= this.#limits.triesMax || again === 'never')
      return null
    if (error.kind !== 'throttled' && (error.kind !== 'down' || again !== 'always')) return null
    const most = FIRST_PAUSE_MS * 4 ** (n - 1)
    return Math.max(error.retryAfterMs ?? 0, most * (0.5 + this.#chance() / 2))
  }
}

/** `work`, ended by its signal; a store that does not even heed that is left behind. */
async function inTime<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController()
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    ending.abort()
    late.reject(new StoreFault('down', `no answer within ${ms} ms`))
  }, ms)
  try {
    return await Promise.race([work(ending.signal), late.promise])
  } finally {
    clearTimeout(timer)
  }
}

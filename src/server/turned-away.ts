import type { Fault } from '#domain/fault.ts'
import type { Caller } from '#domain/subject.ts'
import { commitEntry } from '#core/commit.ts'
import type { Core } from '#core/core.ts'
import type { Origin } from '#core/session.ts'

const KEYS_MAX = 1_000
const OTHERS = 'others'

/** Who is turned away. */
export interface Away {
  /** The network or the id of the token that is over its budget. */
  readonly key: string
  readonly origin: Origin
  readonly caller: Caller | null
}

interface Window {
  readonly away: Away
  /** Once the first refusal is on the record. */
  readonly opened: Promise<void>
  /** The refusals since, those that are not on the record yet. */
  more: number
}

/**
 * Puts on the record what is refused because it is too much: the first refusal of each key before it
 * is answered, those after it as one line a minute that says how many. So a flood does not fill the
 * record, and nothing is answered that the record has no line for.
 */
export class TurnedAway {
  readonly #core: Core
  readonly #windows = new Map<string, Window>()

  constructor(core: Core) {
    this.#core = core
  }

  /** Resolves when `fault` may be answered. */
  async note(away: Away, fault: Fault): Promise<void> {
    const room = this.#windows.has(away.key) || this.#windows.size < KEYS_MAX
    const key = room ? away.key : OTHERS
    const known = this.#windows.get(key)
    if (known !== undefined) {
      known.more += 1
      return known.opened
    }
    const said = { action: 'unknown', target: null, fault } as const
    const opened = commitEntry(this.#core, away.origin, away.caller, said)
    this.#windows.set(key, { away: { ...away, key }, opened, more: 0 })
    try {
      await opened
    } catch (error) {
      this.#windows.delete(key)
      throw error
    }
  }

  /** Puts the counts on the record. What fails is counted on. */
  async settle(): Promise<void> {
    await Promise.all([...this.#windows].map(([key, window]) => this.#settleOne(key, window)))
  }

  async #settleOne(key: string, window: Window): Promise<void> {
    const { away, more } = window
    if (more === 0) {
      this.#windows.delete(key)
      return
    }
    const address = away.caller === null ? key : away.origin.address
    const fault = { kind: 'too_many', retryAfterS: 0 } as const
    const said = { action: 'unknown', target: null, fault, count: more } as const
    await commitEntry(this.#core, { dialect: 'server', address }, away.caller, said)
    window.more -= more
  }
}

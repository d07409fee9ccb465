import type { Caller } from '#domain/subject.ts'
import { TOKEN_CHARACTERS_MAX } from '#domain/limits.ts'
import type { Reads } from '#ports/database.ts'
import type { Tokens } from '#ports/tokens.ts'
import type { World } from '#ports/world.ts'

const CALLERS_MAX = 10_000

export interface Found {
  readonly caller: Caller
  /** Whether it was read for this request, and not found warm. */
  readonly fresh: boolean
}

/**
 * Who bears which token, kept warm. Nothing invalidates what is kept: each commit checks the
 * revisions a Caller was read with, and one that fails brings a fresh look.
 */
export class Callers {
  readonly #reads: Reads
  readonly #tokens: Tokens
  readonly #world: World
  readonly #warm = new Map<string, Caller>()

  constructor(reads: Reads, tokens: Tokens, world: World) {
    this.#reads = reads
    this.#tokens = tokens
    this.#world = world
  }

  /** The bearer of `token` if it was found before, without a look into the database. */
  warm(token: string): Found | null {
    if (token.length > TOKEN_CHARACTERS_MAX) return null
    const warm = this.#warm.get(this.#tokens.fingerprint(token))
    return warm === undefined || this.#expired(warm) ? null : { caller: warm, fresh: false }
  }

  /** The bearer of `token`, or `null` for every reason why there is none. */
  async findAfresh(token: string): Promise<Found | null> {
    if (token.length > TOKEN_CHARACTERS_MAX) return null
    const name = this.#tokens.fingerprint(token)
    this.#warm.delete(name)
    const shown = await this.#tokens.parse(token)
    if (shown === null) return null
    const known = await this.#reads.knownToken(shown.keyId, (digest) =>
      this.#tokens.equal(shown.digest, digest),
    )
    if (known?.revokedAt !== null) return null
    const { caller } = known
    if (caller.subject.state !== 'active' || this.#expired(caller)) return null
    if (this.#warm.size >= CALLERS_MAX) this.#warm.clear()
    this.#warm.set(name, caller)
    return { caller, fresh: true }
  }

  #expired(caller: Caller): boolean {
    const { expiresAt } = caller.token
    return expiresAt !== null && expiresAt <= this.#world.now()
  }
}

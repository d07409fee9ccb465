import { looksLikeJwt } from '#crypto/jwt.ts'
import { parseToken } from '#crypto/token.ts'
import type { Fault } from '#domain/fault.ts'
import { TOKEN_CHARACTERS_MAX } from '#domain/limits.ts'
import { err, type Result } from '#domain/result.ts'
import type { Caller } from '#domain/subject.ts'
import type { Found } from '#core/callers.ts'
import type { Core } from '#core/core.ts'
import { recognise, type Credential, type Origin, type Session } from '#core/session.ts'
import { Buckets, type Clock } from './buckets.ts'
import { Guesses } from './guesses.ts'
import { networkOf } from './network.ts'
import { TurnedAway } from './turned-away.ts'

export interface Limits {
  /** Failed authentications a minute of one network, and as many requests without a token; 0 for any number. */
  readonly failed: number
  /** Requests a minute of one token; 0 for any number. */
  readonly requests: number
}

export const UNLIMITED: Limits = { failed: 0, requests: 0 }

type Shown = Extract<Credential, { readonly kind: 'token' }>

const KEYS_MAX = 10_000

/**
 * Who is let in, and how often: looked at before the body of a request and before the database. A
 * token that is known warm is never held up by what others do. docs/decisions/0014.
 */
export class Door {
  readonly #core: Core
  readonly #guesses: Guesses | null
  readonly #strangers: Buckets | null
  readonly #requests: Buckets | null
  readonly #away: TurnedAway
  /** By the fingerprints of tokens. */
  readonly #looking = new Map<string, Promise<Found | null>>()

  constructor(core: Core, { failed, requests }: Limits, clock: Clock) {
    const rules = (perMinute: number) => ({ perMinute, keysMax: KEYS_MAX })
    this.#core = core
    this.#guesses = failed === 0 ? null : new Guesses(failed, clock)
    this.#strangers =
      failed === 0 ? null : new Buckets({ ...rules(failed), overflow: 'share' }, clock)
    this.#requests =
      requests === 0 ? null : new Buckets({ ...rules(requests), overflow: 'pass' }, clock)
    this.#away = new TurnedAway(core)
  }

  /** The caller; a refusal is on the record before it is given. */
  async admit(origin: Origin, credential: Credential): Promise<Result<Session, Fault>> {
    const core = this.#core
    if (credential.kind === 'token') {
      const warm = core.callers.warm(credential.text)
      if (warm !== null) return this.#enter(origin, credential, warm)
      if (canBeToken(credential.text)) return this.#lookUp(origin, credential)
    }
    return (await this.#stranger(origin)) ?? recognise(core, origin, credential, null)
  }

  /** For what is answered without looking at who asks: `null`, or why not now. */
  async admitAnyone(origin: Origin, shown: Credential): Promise<Fault | null> {
    const warm = shown.kind === 'token' ? this.#core.callers.warm(shown.text) : null
    const refused =
      warm === null ? await this.#stranger(origin) : await this.#asks(origin, warm.caller)
    return refused === null ? null : refused.error
  }

  /** Puts on the record how many were turned away. */
  settle(): Promise<void> {
    return this.#away.settle()
  }

  /** A token that is not known warm: looked up once for all who show it at the time. */
  async #lookUp(origin: Origin, credential: Shown): Promise<Result<Session, Fault>> {
    const core = this.#core
    const { text } = credential
    const fingerprint = core.tokens.fingerprint(text)
    const beside = this.#looking.get(fingerprint)
    if (beside !== undefined) {
      await beside.catch(() => null)
      const warm = core.callers.warm(text)
      if (warm !== null) return this.#enter(origin, credential, warm)
    }
    const network = networkOf(origin.address)
    const id = parseToken(text)?.keyId ?? fingerprint
    const guess = this.#guesses?.admit({ network, id, fingerprint })
    if (guess?.ok === false) return this.#refuse(network, origin, null, guess.waitS)
    const found = await this.#find(text, fingerprint).catch((error: unknown) => {
      // Nobody knows whether it was a guess.
      guess?.giveBack()
      throw error
    })
    if (found === null) return recognise(core, origin, credential, null)
    guess?.giveBack()
    return this.#enter(origin, credential, found)
  }

  async #find(text: string, fingerprint: string): Promise<Found | null> {
    const looking = this.#core.callers.findAfresh(text)
    this.#looking.set(fingerprint, looking)
    try {
      return await looking
    } finally {
      this.#looking.delete(fingerprint)
    }
  }

  async #enter(origin: Origin, credential: Shown, found: Found): Promise<Result<Session, Fault>> {
    const tooMany = await this.#asks(origin, found.caller)
    return tooMany ?? recognise(this.#core, origin, credential, found)
  }

  async #stranger(origin: Origin) {
    const network = networkOf(origin.address)
    const waitS = this.#strangers?.take(network) ?? 0
    return waitS === 0 ? null : this.#refuse(network, origin, null, waitS)
  }

  async #asks(origin: Origin, caller: Caller) {
    const waitS = this.#requests?.take(caller.token.id) ?? 0
    return waitS === 0 ? null : this.#refuse(caller.token.id, origin, caller, waitS)
  }

  async #refuse(key: string, origin: Origin, caller: Caller | null, retryAfterS: number) {
    const fault: Fault = { kind: 'too_many', retryAfterS }
    await this.#away.note({ key, origin, caller }, fault)
    return err(fault)
  }
}

/** By its looks alone. What cannot be one is refused without being looked up. */
const canBeToken = (text: string): boolean =>
  text.length <= TOKEN_CHARACTERS_MAX && (parseToken(text) !== null || looksLikeJwt(text))

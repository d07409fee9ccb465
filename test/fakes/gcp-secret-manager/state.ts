import { randomBytes } from 'node:crypto'
import { Refusal } from './refusal.ts'
import type { Words } from './rules.ts'

export interface Version {
  readonly number: number
  readonly state: 'ENABLED' | 'DISABLED' | 'DESTROYED'
  readonly data: Buffer
  readonly sum: number
  readonly checked: boolean
  readonly createdAt: number
  readonly destroyedAt: number | null
  readonly destroyAt: number | null
  readonly etag: string
}

export interface Secret {
  readonly id: string
  readonly labels: Words
  readonly annotations: Words
  readonly aliases: Words
  /** Seconds; 0 destroys at once. */
  readonly destroyTtl: number
  readonly createdAt: number
  readonly etag: string
  readonly versions: readonly Version[]
}

/** "The etag string includes quotes" (the vendor's page on etags). */
export const newEtag = (): string => `"${randomBytes(7).toString('hex')}"`

/**
 * What there is, and what of it is seen. Reading a version by its number is strongly consistent; all
 * else "converges within minutes, but may take a few hours" (the vendor's page on consistency): looks
 * and lists show what was there `lagMs` ago.
 */
export class State {
  lagMs = 0
  readonly #past = new Map<string, { readonly at: number; readonly secret: Secret | null }[]>()

  now(id: string): Secret | null {
    return this.#past.get(id)?.at(-1)?.secret ?? null
  }

  seen(id: string): Secret | null {
    const until = performance.now() - this.lagMs
    return this.#past.get(id)?.findLast(({ at }) => at <= until)?.secret ?? null
  }

  set(id: string, secret: Secret | null): void {
    const past = this.#past.get(id) ?? []
    this.#past.set(id, [...past, { at: performance.now(), secret }])
  }

  /** Newest first (service.proto, ListSecretsResponse). */
  all(): readonly Secret[] {
    return [...this.#past.keys()]
      .flatMap((id) => this.seen(id) ?? [])
      .reverse()
      .sort((a, b) => b.createdAt - a.createdAt)
  }
}

export function there(secret: Secret | null): Secret {
  if (secret === null) throw new Refusal('NOT_FOUND', 'Secret not found or has no versions.')
  return secret
}

/**
 * A version by its number, an alias, or `latest`: "the most recently created", whatever its state
 * (service.proto, AccessSecretVersionRequest).
 */
export function versionIn(secret: Secret, name: string): Version {
  const number = Number(name === 'latest' ? secret.versions.length : (secret.aliases[name] ?? name))
  const version = secret.versions.find((one) => one.number === number)
  if (version === undefined) throw new Refusal('NOT_FOUND', 'Secret Version not found.')
  return version
}

import { randomBytes } from 'node:crypto'
import { checkName, type setIn, type Tags, type updateIn } from './rules.ts'
import { conflict, missing, Refusal } from './refusal.ts'

export interface Version {
  readonly id: string
  readonly value: string
  readonly contentType: string | null
  readonly tags: Tags
  readonly enabled: boolean
  readonly createdAt: number
  readonly updatedAt: number
}

/**
 * Where a secret is on its way: live, deleted (and recoverable), or between. Soft delete is always on;
 * what is between ends by itself at `until`.
 */
type Stage =
  | { readonly at: 'live'; readonly settableFrom: number }
  | { readonly at: 'deleting' | 'recovering' | 'purging'; readonly until: number }
  | { readonly at: 'deleted' }

export interface Secret {
  readonly name: string
  readonly versions: readonly Version[]
  readonly stage: Stage
  readonly deletedAt: number
}

/** A vault's secrets, as the vendor's pages and public reports of issues say they behave. */
export class Vault {
  /** How long a deletion, a recovery and a purge take, in milliseconds. */
  readonly delays = { delete: 0, recover: 0, purge: 0 }
  /** With it nothing can be purged, by nobody. */
  purgeProtection = false
  /** By names in lower case: "vault names and object names are case-insensitive" (About keys…). */
  readonly #secrets = new Map<string, Secret>()

  set(name: string, sent: ReturnType<typeof setIn>): [Secret, Version] {
    checkName(name)
    const held = this.#held(name)
    mustBeSettable(name, held)
    const at = Date.now()
    const id = randomBytes(16).toString('hex')
    const version = { id, ...sent, createdAt: at, updatedAt: at }
    const stage: Stage = { at: 'live', settableFrom: 0 }
    const secret = held ?? { name, versions: [], stage, deletedAt: 0 }
    return [this.#keep({ ...secret, versions: [...secret.versions, version] }), version]
  }

  /** The latest without a version: the one made last, whatever its state. */
  get(name: string, id: string): [Secret, Version] {
    const secret = this.#live(name)
    const version =
      id === ''
        ? secret.versions.at(-1)
        : secret.versions.find((one) => one.id === id.toLowerCase())
    if (version === undefined) throw missing(`${name}/${id}`)
    // 403 [doc]; unsure of the exact text.
    if (!version.enabled) {
      throw new Refusal(403, 'Forbidden', 'The secret is disabled.', 'SecretDisabled')
    }
    return [secret, version]
  }

  update(name: string, id: string, change: ReturnType<typeof updateIn>): [Secret, Version] {
    const secret = this.#live(name)
    const version = secret.versions.find((one) => one.id === id.toLowerCase())
    if (version === undefined) throw missing(`${name}/${id}`)
    const after = { ...version, ...change, updatedAt: Date.now() }
    const versions = secret.versions.map((one) => (one === version ? after : one))
    return [this.#keep({ ...secret, versions }), after]
  }

  /** Unsure: of a name that is not there, an empty page and not 404. In no useful order [doc]. */
  versions(name: string): readonly [Secret, Version][] {
    checkName(name)
    const held = this.#held(name)
    if (held?.stage.at !== 'live') return []
    return held.versions
      .map((version): [Secret, Version] => [held, version])
      .sort(([, a], [, b]) => (a.id < b.id ? -1 : 1))
  }

  /** Each with its latest version; deleted ones are not among them. */
  all(): readonly [Secret, Version][] {
    return [...this.#secrets.values()].flatMap(({ name }) => {
      const held = this.#held(name)
      const latest = held?.versions.at(-1)
      return held?.stage.at === 'live' && latest !== undefined
        ? [[held, latest] as [Secret, Version]]
        : []
    })
  }

  delete(name: string): [Secret, Version] {
    const held = this.#held(name)
    if (held?.stage.at === 'deleting') throw beingDeleted(name)
    const secret = this.#live(name)
    const stage: Stage = { at: 'deleting', until: performance.now() + this.delays.delete }
    return latestOf(this.#keep({ ...secret, stage, deletedAt: Date.now() }))
  }

  deleted(name: string): [Secret, Version] {
    checkName(name)
    const held = this.#held(name)
    if (held?.stage.at !== 'deleted') throw missing(name)
    return latestOf(held)
  }

  /** "Purge or set right after delete": 409 (public reports of issues). */
  purge(name: string): void {
    if (this.#held(name)?.stage.at === 'deleting') throw beingDeleted(name)
    const [secret] = this.deleted(name)
    // 403 and these words: microsoft/AzureTRE, issue 1951.
    if (this.purgeProtection) {
      const why = 'Operation "purge" is not allowed because purge protection is enabled'
      throw new Refusal(403, 'Forbidden', why)
    }
    const stage: Stage = { at: 'purging', until: performance.now() + this.delays.purge }
    this.#keep({ ...secret, stage })
  }

  recover(name: string): [Secret, Version] {
    if (this.#held(name)?.stage.at === 'deleting') throw beingDeleted(name)
    const [secret] = this.deleted(name)
    const stage: Stage = { at: 'recovering', until: performance.now() + this.delays.recover }
    return latestOf(this.#keep({ ...secret, stage }))
  }

  #live(name: string): Secret {
    checkName(name)
    const held = this.#held(name)
    if (held?.stage.at !== 'live') throw missing(name)
    return held
  }

  /** What is there now: what was between has arrived if its time is over. */
  #held(name: string): Secret | null {
    const held = this.#secrets.get(name.toLowerCase()) ?? null
    if (held === null || !('until' in held.stage)) return held
    const { at, until } = held.stage
    if (performance.now() < until) return held
    if (at === 'purging') {
      this.#secrets.delete(name.toLowerCase())
      return null
    }
    // Setting may fail for longer than reading: Azure/azure-sdk-for-net, issue 31581.
    const settableFrom = until + this.delays.recover
    return this.#keep({
      ...held,
      stage: at === 'deleting' ? { at: 'deleted' } : { at: 'live', settableFrom },
    })
  }

  #keep(secret: Secret): Secret {
    this.#secrets.set(secret.name.toLowerCase(), secret)
    return secret
  }
}

function latestOf(secret: Secret): [Secret, Version] {
  const latest = secret.versions.at(-1)
  if (latest === undefined) throw missing(secret.name)
  return [secret, latest]
}

const beingDeleted = (name: string): Refusal =>
  conflict('ObjectIsBeingDeleted', `Secret ${name} is currently being deleted.`)

function mustBeSettable(name: string, held: Secret | null): void {
  if (held === null) return
  const { stage } = held
  const recovering = stage.at === 'live' && performance.now() < stage.settableFrom
  if (stage.at === 'recovering' || recovering) {
    throw conflict('ObjectIsBeingRecovered', `Secret ${name} is currently being recovered.`)
  }
  // Its words: Azure/azure-rest-api-specs, issue 9222. Unsure of the inner code while it is purged.
  if (stage.at === 'deleted') {
    const why =
      `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be ` +
      'reused; in this state, the secret can only be recovered or purged.'
    throw conflict('ObjectIsDeletedButRecoverable', why)
  }
  if (stage.at !== 'live') throw beingDeleted(name)
}

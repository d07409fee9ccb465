import type { AccountId, GroupId, SecretId } from '#domain/ids.ts'
import type { Secret } from '#domain/secret.ts'
import type { Reads, SecretRead } from '#ports/database.ts'
import { KeptSecrets } from './kept-secrets.ts'

/**
 * Secrets with their sealed current versions, kept warm. As with callers, nothing invalidates what
 * is kept: a decision made on it names the revision in its commit (`Granted.on`), which fails once
 * the secret has changed in any way, and then the next decision is made `afresh`.
 */
export class Secrets {
  readonly #reads: Reads
  readonly #kept: KeptSecrets
  readonly #fresh: boolean

  constructor(reads: Reads, kept = new KeptSecrets(), fresh = false) {
    this.#reads = reads
    this.#kept = kept
    this.#fresh = fresh
  }

  /**
   * The same secrets, all read from now on: what was kept may have been read before, or at the same
   * time for a request that began before this one.
   */
  afresh(): Secrets {
    return new Secrets(this.#reads, this.#kept, true)
  }

  async get(account: AccountId, id: SecretId): Promise<SecretRead | null> {
    const warm = this.#fresh ? undefined : this.#kept.get(id)
    // As with groups: what is of another account is refused no sooner than what is not there.
    if (warm?.secret.account === account) return warm
    const read = await this.#reads.secretAndVersion(account, id)
    return read?.secret.deletedAt === null ? this.#kept.keep(read) : null
  }

  /** A secret of this group's own by its name; `null` also for a link, which is never warm. */
  named(group: GroupId, name: string): SecretRead | null {
    return this.#fresh ? null : this.#kept.named(group, name)
  }

  forget(secret: Secret): void {
    this.#kept.forget(secret)
  }

  forgetId(id: string): void {
    this.#kept.forgetId(id)
  }
}

import type { AccountId, GroupId, SecretId } from '#domain/ids.ts'
import type { Secret } from '#domain/secret.ts'
import type { Reads, SecretRead } from '#ports/database.ts'

const SECRETS_MAX = 20_000
const SEALED_BYTES_MAX = 16 * 1024 * 1024

/**
 * Secrets with their sealed current versions, kept warm. As with callers, nothing invalidates what
 * is kept: a decision made on it names the revision in its commit (`Granted.on`), which fails once
 * the secret has changed in any way, and then `forget` makes the next decision read afresh. What is
 * kept is what the database holds: sealed, never a value.
 */
export class Secrets {
  readonly #reads: Reads
  readonly #byId = new Map<SecretId, SecretRead>()
  readonly #idByName = new Map<string, SecretId>()
  #bytes = 0

  constructor(reads: Reads) {
    this.#reads = reads
  }

  async get(account: AccountId, id: SecretId): Promise<SecretRead | null> {
    const warm = this.#byId.get(id)
    if (warm !== undefined) return warm.secret.account === account ? warm : null
    const read = await this.#reads.secretAndVersion(account, id)
    return read?.secret.deletedAt === null ? this.#keep(read) : null
  }

  /** A secret of this group's own by its name; `null` also for a link, which is never warm. */
  named(group: GroupId, name: string): SecretRead | null {
    const id = this.#idByName.get(nameKey(group, name))
    const warm = id === undefined ? undefined : this.#byId.get(id)
    // It may have been read again under another name.
    return warm?.secret.group === group && warm.secret.name === name ? warm : null
  }

  forget({ id, group, name }: Secret): void {
    const warm = this.#byId.get(id)
    if (warm !== undefined) this.#bytes -= sizeOf(warm)
    this.#byId.delete(id)
    this.#idByName.delete(nameKey(group, name))
  }

  /** Forgets the secret with this id; gives whether it was warm. */
  forgetId(id: string): boolean {
    const warm = this.#byId.get(id as SecretId)
    if (warm !== undefined) this.forget(warm.secret)
    return warm !== undefined
  }

  #keep(read: SecretRead): SecretRead {
    const { secret } = read
    this.forget(secret)
    this.#bytes += sizeOf(read)
    if (this.#byId.size >= SECRETS_MAX || this.#bytes > SEALED_BYTES_MAX) {
      this.#byId.clear()
      this.#idByName.clear()
      this.#bytes = sizeOf(read)
    }
    this.#byId.set(secret.id, read)
    this.#idByName.set(nameKey(secret.group, secret.name), secret.id)
    return read
  }
}

const sizeOf = ({ version }: SecretRead): number =>
  version?.state === 'live' ? version.sealed.bytes.length : 0

const nameKey = (group: GroupId, name: string): string => `${group} ${name}`

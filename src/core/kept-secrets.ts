import type { GroupId, SecretId } from '#domain/ids.ts'
import type { Secret } from '#domain/secret.ts'
import type { SecretRead } from '#ports/database.ts'

const SECRETS_MAX = 20_000
const SEALED_BYTES_MAX = 16 * 1024 * 1024

/** So many secrets as the database holds them: sealed, never a value. Too many, and all are dropped. */
export class KeptSecrets {
  readonly #byId = new Map<SecretId, SecretRead>()
  readonly #idByName = new Map<string, SecretId>()
  #bytes = 0

  get(id: SecretId): SecretRead | undefined {
    return this.#byId.get(id)
  }

  named(group: GroupId, name: string): SecretRead | null {
    const id = this.#idByName.get(nameKey(group, name))
    const kept = id === undefined ? undefined : this.#byId.get(id)
    // It may have been read again under another name.
    return kept?.secret.group === group && kept.secret.name === name ? kept : null
  }

  forget({ id, group, name }: Secret): void {
    const kept = this.#byId.get(id)
    if (kept !== undefined) this.#bytes -= sizeOf(kept)
    this.#byId.delete(id)
    this.#idByName.delete(nameKey(group, name))
  }

  forgetId(id: string): void {
    const kept = this.#byId.get(id as SecretId)
    if (kept !== undefined) this.forget(kept.secret)
  }

  keep(read: SecretRead): SecretRead {
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

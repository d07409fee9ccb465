import { createSecretKey } from 'node:crypto'
import { Encoder } from '#crypto/encode.ts'
import type { AccountId, InstallationId } from '#domain/ids.ts'
import type { Reads, WrappedAccountKey } from '#ports/database.ts'
import type { AccountKey, Keyring } from '#ports/keyring.ts'
import type { Kms } from '#ports/kms.ts'
import type { World } from '#ports/world.ts'

const KEY_BYTES = 32
const TTL_MS = 15 * 60_000
const KEYS_MAX = 10_000

interface Warm {
  readonly key: AccountKey
  readonly until: number
}

/** What a wrapped account key is bound to. */
export const accountKeyContext = (
  installation: InstallationId,
  account: AccountId,
  generation: number,
): Uint8Array =>
  new Encoder().text('account-key').text(installation).text(account).u32(generation).view()

/** Account keys, unwrapped by the KMS and kept warm for 15 minutes. */
export class WarmKeyring implements Keyring {
  readonly #reads: Reads
  readonly #kms: Kms
  readonly #world: World
  readonly #installation: InstallationId
  readonly #warm = new Map<string, Warm>()

  constructor(reads: Reads, kms: Kms, world: World, installation: InstallationId) {
    this.#reads = reads
    this.#kms = kms
    this.#world = world
    this.#installation = installation
  }

  current(account: AccountId): Promise<AccountKey> {
    return this.#find(account, null)
  }

  at(account: AccountId, generation: number): Promise<AccountKey> {
    return this.#find(account, generation)
  }

  /** A new account's first key, wrapped; warm, so that what comes with the account can be sealed. */
  async make(account: AccountId, now: number): Promise<WrappedAccountKey> {
    const raw = this.#world.random(KEY_BYTES)
    try {
      const row = await this.#wrap({ account, generation: 1, createdAt: now }, raw)
      this.#keep(`${account} current`, { generation: 1, key: createSecretKey(raw) })
      return row
    } finally {
      raw.fill(0)
    }
  }

  /** The same key under the root key in use now. */
  async rewrap(row: WrappedAccountKey): Promise<WrappedAccountKey> {
    const raw = await this.#unwrap(row)
    try {
      return await this.#wrap(row, raw)
    } finally {
      raw.fill(0)
    }
  }

  async #wrap(
    row: Pick<WrappedAccountKey, 'account' | 'generation' | 'createdAt'>,
    raw: Uint8Array,
  ): Promise<WrappedAccountKey> {
    const context = accountKeyContext(this.#installation, row.account, row.generation)
    const rootKey = this.#kms.fingerprint
    return { ...row, wrapped: await this.#kms.wrap(context, raw), rootKey }
  }

  #unwrap(row: WrappedAccountKey): Promise<Uint8Array> {
    const context = accountKeyContext(this.#installation, row.account, row.generation)
    return this.#kms.unwrap(context, row.wrapped)
  }

  async #find(account: AccountId, generation: number | null): Promise<AccountKey> {
    const name = `${account} ${generation ?? 'current'}`
    const warm = this.#warm.get(name)
    if (warm !== undefined && warm.until > this.#world.now()) return warm.key
    const row = await this.#reads.accountKey(account, generation)
    if (row === null) throw new Error(`the key of account ${account} is missing`)
    const raw = await this.#unwrap(row)
    const key: AccountKey = { generation: row.generation, key: createSecretKey(raw) }
    raw.fill(0)
    this.#keep(name, key)
    return key
  }

  #keep(name: string, key: AccountKey): void {
    if (this.#warm.size >= KEYS_MAX) this.#warm.clear()
    this.#warm.set(name, { key, until: this.#world.now() + TTL_MS })
  }
}

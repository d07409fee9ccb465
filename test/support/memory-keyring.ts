import { createSecretKey, randomBytes } from 'node:crypto'
import type { AccountId } from '#domain/ids.ts'
import type { AccountKey, Keyring } from '#ports/keyring.ts'

/** Account keys that live as long as the test: the first of an account is made when it is asked for. */
export class MemoryKeyring implements Keyring {
  readonly #keys = new Map<AccountId, AccountKey[]>()

  current(account: AccountId): Promise<AccountKey> {
    return Promise.resolve(this.#all(account).at(-1) ?? this.rotate(account))
  }

  at(account: AccountId, generation: number): Promise<AccountKey> {
    const key = this.#all(account).find((known) => known.generation === generation)
    if (key === undefined) return Promise.reject(new Error('no such generation'))
    return Promise.resolve(key)
  }

  /** Takes a new generation into use. */
  rotate(account: AccountId): AccountKey {
    const keys = this.#all(account)
    const key = { generation: keys.length + 1, key: createSecretKey(randomBytes(32)) }
    this.#keys.set(account, [...keys, key])
    return key
  }

  #all(account: AccountId): AccountKey[] {
    return this.#keys.get(account) ?? []
  }
}

import type { KeyObject } from 'node:crypto'
import type { AccountId } from '#domain/ids.ts'

/** One generation of an account's key, unwrapped. */
export interface AccountKey {
  readonly generation: number
  readonly key: KeyObject
}

/** The unwrapped account keys, read through the KMS and kept warm. */
export interface Keyring {
  current(account: AccountId): Promise<AccountKey>
  at(account: AccountId, generation: number): Promise<AccountKey>
}

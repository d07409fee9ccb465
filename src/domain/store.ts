import type { AccountId, SecretId, StoreId } from './ids.ts'

/** The stores beside the embedded one. */
export const REMOTE_STORE_KINDS = [
  'aws-secrets-manager',
  'aws-parameter-store',
  'azure-key-vault',
  'gcp-secret-manager',
  'vault',
] as const
export type RemoteStoreKind = (typeof REMOTE_STORE_KINDS)[number]

/** What a prefix of paths looks like: short, and of what every store takes. */
export const STORE_PREFIX = '^[a-zA-Z][a-zA-Z0-9-]{0,19}$'

/** Where a store is and how it is spoken to; nothing secret. Which members count is the kind's own. */
export interface StoreConfig {
  /** AWS: the region. */
  readonly region?: string
  /** The address, where it is not the vendor's own: of a private endpoint, a Vault, a Key Vault. */
  readonly url?: string
  /** GCP: the project. */
  readonly project?: string
  /** Vault: where the KV v2 engine is mounted; `secret` by default. */
  readonly mount?: string
  /** Vault: the namespace. */
  readonly namespace?: string
  /** AWS: the KMS key that encrypts there. */
  readonly kmsKey?: string
  /** What every path begins with; `strongroom` by default. */
  readonly prefix?: string
  /**
   * The operator lent its credential to the account: with it nothing is read but what is the
   * account's. Goes when the account gives a credential of its own.
   */
  readonly lent?: true
}

/**
 * Why a store did not do what it was asked.
 * `down`: it cannot be reached, or is broken; whether it did it is not known.
 * `throttled`: it wants to be asked less often.
 * `refused`: the credential may not do this, or is none.
 * `missing`: no such secret or version.
 * `not_ours`: what is there does not bear our mark.
 * `rejected`: it will not take this; asking again will not help.
 */
export type StoreFaultKind = 'down' | 'throttled' | 'refused' | 'missing' | 'not_ours' | 'rejected'

/** Where values live: in our own database, or in a store that was set up. */
export type StoreRef = 'embedded' | StoreId

/** A store of an account, as it was set up. */
export interface Store {
  readonly id: StoreId
  readonly account: AccountId
  readonly name: string
  readonly kind: RemoteStoreKind
  readonly config: StoreConfig
  /** Its credential, JSON text under the account's key; `null` for what the surroundings give. */
  readonly credential: { readonly generation: number; readonly bytes: Uint8Array } | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly revision: number
}

/**
 * A path in a store that is to be looked at again: a write there may have been left behind, or all of
 * it is to go. It holds no value.
 */
export interface StoreTask {
  readonly id: string
  readonly account: AccountId
  readonly store: StoreId
  readonly secret: SecretId
  readonly path: string
  /** Until then whoever made it may still be at it. */
  readonly dueAt: number
  readonly attempts: number
  /** Whether the looking has begun: then the write that it stood for is given up. */
  readonly claimed: boolean
}

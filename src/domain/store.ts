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
}

/** A store of an account, as it was set up. */
export interface Store {
  readonly id: StoreId
  readonly account: AccountId
  readonly name: string
  readonly kind: RemoteStoreKind
  readonly config: StoreConfig
  /** The secret that holds its credential, as JSON; `null` for what the surroundings give. */
  readonly credential: SecretId | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly revision: number
}

import type { AccountId, InstallationId, SecretId, StoreId } from '#domain/ids.ts'
import type { Sealed } from '#domain/secret.ts'
import type { SecretValue } from '#domain/secret-value.ts'

/** What sealed bytes are bound to. */
export interface SealedPlace {
  readonly installation: InstallationId
  readonly account: AccountId
  readonly secret: SecretId | StoreId
  readonly version: number
  readonly file: boolean
}

/** Seals the credentials of a store, which nothing but its opening reads. */
export interface CredentialSealing {
  seal(place: SealedPlace, credential: SecretValue): Promise<Sealed>
}

/** Seals what lies beside its row under the key of its account. */
export interface Sealing {
  seal(place: SealedPlace, bytes: Uint8Array): Promise<Sealed>
  /** `null` when this is not what was sealed at this place. */
  open(place: SealedPlace, sealed: Pick<Sealed, 'generation' | 'bytes'>): Promise<Uint8Array | null>
}

import type { Receipt, Grant } from '#domain/grant.ts'
import type { InstallationId } from '#domain/ids.ts'
import type { Secret, Sealed } from '#domain/secret.ts'
import type { StoreKind } from '#domain/group.ts'
import type { SecretValue } from '#domain/secret-value.ts'

/** The place of one version: what its stored form is bound to. */
export interface Place {
  readonly installation: InstallationId
  readonly secret: Pick<Secret, 'id' | 'account' | 'file'>
  readonly n: number
}

/** Where values live. A port takes a grant to write and a receipt to read, never a bare name. */
export interface SecretStore {
  readonly kind: StoreKind
  write(grant: Grant, place: Place, value: SecretValue): Promise<Sealed>
  /** Throws `DamagedValue` when what is stored is not what was written at this place. */
  read(receipt: Receipt, place: Place, sealed: Sealed): Promise<SecretValue>
  /**
   * Whether `value` is what is stored, in constant time; all that it tells. What is not whole holds
   * no value.
   */
  holds(grant: Grant, place: Place, sealed: Sealed, value: SecretValue): Promise<boolean>
}

/** What is stored was altered, moved or sealed under another key. The message names the place only. */
export class DamagedValue extends Error {
  override readonly name = 'DamagedValue'
}

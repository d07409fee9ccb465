import type { Problem } from '#domain/fault.ts'
import type { Grant, Receipt } from '#domain/grant.ts'
import type { InstallationId } from '#domain/ids.ts'
import type { Secret, Sealed } from '#domain/secret.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { RemoteStoreKind, StoreRef } from '#domain/store.ts'
import type { SealedPlace } from './sealing.ts'
import type { Mark, Named, RemoteItem, RemoteList } from './remote-store.ts'

/** The place of one version: what its stored form is bound to. */
export interface Place {
  readonly installation: InstallationId
  readonly secret: Pick<Secret, 'id' | 'account' | 'file' | 'path' | 'description'>
  readonly n: number
}

/** The place of a version as what is sealed beside its row is bound to it. */
export const placeOf = ({ installation, secret, n }: Place): SealedPlace => ({
  ...{ installation, account: secret.account, secret: secret.id, version: n, file: secret.file },
})

/** Where values live. A port takes a grant to write and a receipt to read, never a bare name. */
export interface SecretStore {
  readonly ref: StoreRef
  /** The path of a new secret there; `null` where there are none. */
  pathOf(named: Named): string | null
  /** What the store would not take of a value, by its own limits. */
  problems(value: SecretValue): readonly Problem[]
  /** A store beside our database throws a `StoreFault` when it does not do it. */
  write(grant: Grant, place: Place, value: SecretValue): Promise<Sealed>
  /** Throws `DamagedValue` when what is stored is not what was written at this place. */
  read(receipt: Receipt, place: Place, sealed: Sealed): Promise<SecretValue>
  /**
   * Whether `value` is what is stored, in constant time; all that it tells. What is not whole holds
   * no value.
   */
  holds(grant: Grant, place: Place, sealed: Sealed, value: SecretValue): Promise<boolean>
}

/** How often a store was asked for something, and how often it did not do it. */
export interface StoreCalls {
  readonly operation: string
  readonly calls: number
  readonly failures: number
}

/** A store beside our database: also what looks after the things that we have there. */
export interface OutsideStore extends SecretStore {
  readonly kind: RemoteStoreKind
  readonly ref: Exclude<StoreRef, 'embedded'>
  pathOf(named: Named): string
  /** The store's own name of a version. Throws `DamagedValue` like `read`. */
  versionOf(place: Place, sealed: Sealed): Promise<string>
  /** The versions that are at a path; `null` when nothing is. */
  versions(path: string, mark: Mark): Promise<readonly string[] | null>
  drop(path: string, mark: Mark, versions: readonly string[]): Promise<void>
  remove(path: string, mark: Mark): Promise<void>
  list(after: string | null): Promise<RemoteList>
  /** What is there under a beginning of names, whoever's it is. */
  browse(beginning: string, after: string | null): Promise<RemoteList>
  look(path: string): Promise<RemoteItem | null>
  /** The newest value of what is no Strongroom's. Throws a `StoreFault` for anything else. */
  peek(receipt: Receipt, path: string): Promise<SecretValue>
  /** Really puts, reads and removes a probe. Throws the `StoreFault` of what did not work. */
  check(mark: Mark): Promise<void>
  /** Since this server opened it. */
  calls(): readonly StoreCalls[]
  close(): Promise<void>
}

/** What is stored was altered, moved or sealed under another key. The message names the place only. */
export class DamagedValue extends Error {
  override readonly name = 'DamagedValue'

  constructor({ n, secret: { id, account } }: Place, what = 'is damaged') {
    super(`version ${n} of secret ${id} of account ${account} ${what}`)
  }
}

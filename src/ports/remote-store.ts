import type { AccountId, InstallationId, SecretId } from '#domain/ids.ts'
import type { Problem } from '#domain/fault.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { RemoteStoreKind, StoreFaultKind } from '#domain/store.ts'

export type { StoreFaultKind } from '#domain/store.ts'

/** What a path is built from; the ids have a fixed length. */
export interface Named {
  readonly account: AccountId
  readonly secret: SecretId
  readonly group: string
  readonly name: string
}

/** Whose a thing in a store is. It travels with it as tags, labels or metadata. */
export interface Mark {
  readonly installation: InstallationId
  readonly account: AccountId
  readonly secret: SecretId
}

export interface RemotePut {
  readonly path: string
  readonly mark: Mark
  readonly value: SecretValue
  /** Travels as a description, tag or label, cut to what the store takes. */
  readonly description: string | null
  /** 36 characters, new for each write and the same when it is tried again. */
  readonly operation: string
}

/** One name that a store holds. */
export interface RemoteItem {
  readonly path: string
  /** `null` for what is not ours. */
  readonly mark: Mark | null
}

export interface RemoteList {
  readonly items: readonly RemoteItem[]
  /** Where the next page begins; `null` after the last. */
  readonly next: string | null
}

/**
 * A store of one vendor, spoken to by its own SDK: one method is one wish, without retries of its
 * own, each ended by `signal`. What goes wrong is thrown as a `StoreFault`, never with a value in it.
 * Nothing that is there without our mark, or with another one, is ever changed.
 */
export interface RemoteStore {
  readonly kind: RemoteStoreKind
  /** The path of a new secret, within the limits of the store; two secrets never share one. Pure. */
  pathOf(named: Named): string
  /** What the store would not take of a value (`at` is `body`, `value`). Pure. */
  problems(value: SecretValue): readonly Problem[]
  /** Adds a version, and the secret if it is not there; gives the store's name of the version. */
  put(put: RemotePut, signal: AbortSignal): Promise<string>
  /** The value of one version, byte for byte. */
  get(path: string, version: string, signal: AbortSignal): Promise<SecretValue>
  /** The versions that can be read, in no order; `null` when nothing is there. */
  versions(path: string, mark: Mark, signal: AbortSignal): Promise<readonly string[] | null>
  /** Takes away versions; what the store cannot take away one by one is made unreadable. */
  drop(path: string, mark: Mark, versions: readonly string[], signal: AbortSignal): Promise<void>
  /** Takes away all versions, so that the same path can be put to again at once. */
  remove(path: string, mark: Mark, signal: AbortSignal): Promise<void>
  /** What is under our prefix, ours or not, by page. */
  list(after: string | null, signal: AbortSignal): Promise<RemoteList>
  /**
   * What is there under a beginning of names (`''` for all), whoever's it is, by page. No value is
   * read for it, so a mark that stands only in one is not seen.
   */
  browse(beginning: string, after: string | null, signal: AbortSignal): Promise<RemoteList>
  /** What is at one path, whoever's it is; `null` when nothing is. No value is read for it. */
  look(path: string, signal: AbortSignal): Promise<RemoteItem | null>
  /**
   * The newest value of what bears no mark, of whichever Strongroom (`rejected` else, and none is
   * given); `missing` when there is none that can be read.
   */
  peek(path: string, signal: AbortSignal): Promise<SecretValue>
  close(): Promise<void>
}

/** What a store is given beside its configuration and credential. */
export interface RemoteStoreOptions {
  /** Unix milliseconds. */
  readonly now: () => number
}

/** What a store said, without anything that was sent. */
export class StoreFault extends Error {
  override readonly name = 'StoreFault'
  readonly kind: StoreFaultKind
  readonly retryAfterMs: number | null

  constructor(kind: StoreFaultKind, why: string, retryAfterMs: number | null = null) {
    super(why)
    this.kind = kind
    this.retryAfterMs = retryAfterMs
  }
}

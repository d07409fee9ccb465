import type { Problem } from '#domain/fault.ts'
import type { AccountId, StoreId } from '#domain/ids.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Store, StoreRef } from '#domain/store.ts'
import type { Reads } from '#ports/database.ts'
import { StoreFault } from '#ports/remote-store.ts'
import type { OutsideStore, SecretStore } from '#ports/secret-store.ts'

/** Opens a store that is set up, or one that is only tried. */
export type OpenStore = (store: Store, use: 'kept' | 'trial') => Promise<OutsideStore>

interface Opened {
  readonly revision: number
  readonly store: Promise<OutsideStore>
}

/**
 * Every store by its name in a row. A store beside our database is opened when it is first used, and
 * anew when it was set up otherwise meanwhile, by this server or another.
 */
export class Stores {
  readonly embedded: SecretStore
  readonly #reads: Reads
  readonly #open: OpenStore
  readonly #opened = new Map<StoreId, Opened>()

  constructor(embedded: SecretStore, reads: Reads, open: OpenStore) {
    this.embedded = embedded
    this.#reads = reads
    this.#open = open
  }

  of(account: AccountId, ref: StoreRef): Promise<SecretStore> {
    return ref === 'embedded' ? Promise.resolve(this.embedded) : this.outside(account, ref)
  }

  /** Throws a `StoreFault` when the account has no such store, or it cannot be opened. */
  async outside(account: AccountId, id: StoreId): Promise<OutsideStore> {
    const row = await this.#reads.store(account, id)
    if (row === null) throw new StoreFault('refused', 'the store was removed')
    const known = this.#opened.get(id)
    if (known?.revision === row.revision) return known.store
    const opened = { revision: row.revision, store: this.#open(row, 'kept') }
    this.#opened.set(id, opened)
    opened.store.catch(() => {
      if (this.#opened.get(id) === opened) this.#opened.delete(id)
    })
    // Whoever still waits for an answer of the one before gets it.
    void known?.store.then((store) => store.close()).catch(() => undefined)
    return opened.store
  }

  /** Opens a store that need not be set up yet, to try it; the caller closes it. */
  open(store: Store): Promise<OutsideStore> {
    return this.#open(store, 'trial')
  }

  /** What a store would not take of a value. */
  async problems(
    { account, store }: { readonly account: AccountId; readonly store: StoreRef },
    value: SecretValue | undefined,
  ): Promise<readonly Problem[]> {
    if (store === 'embedded' || value === undefined) return []
    return (await this.outside(account, store)).problems(value)
  }

  async close(): Promise<void> {
    const closing = [...this.#opened.values()].map(async ({ store }) => (await store).close())
    await Promise.allSettled(closing)
  }
}

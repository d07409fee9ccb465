import type { SecretInfo } from '#domain/secret.ts'
import type { Core } from './core.ts'
import { markOf } from './mark.ts'

/** What an API says of a deletion that does not wait for the store to be well. */
export interface Forced {
  /** `false` refuses it while the store does not answer; else what is there goes once it does. */
  readonly force?: boolean
}

/** Throws a `StoreFault` when the store of a secret does not answer for it now. */
export async function mustAnswer(core: Core, of: SecretInfo): Promise<void> {
  const { account, id: secret, store, path } = of
  if (store === 'embedded' || path === null) return
  const outside = await core.stores.outside(account, store)
  await outside.versions(path, markOf(core, account, secret))
}

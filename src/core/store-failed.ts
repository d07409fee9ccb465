import type { Fault } from '#domain/fault.ts'
import type { StoreFault } from '#ports/remote-store.ts'

/** When to ask again, where a store does not say it. */
const RETRY_AFTER_S = 2

/** What a store said, as a refusal. */
export const storeFailed = ({ kind: cause, message: said, retryAfterMs }: StoreFault): Fault => ({
  kind: 'store_failed',
  ...{ cause, said },
  retryAfterS: retryAfterMs === null ? RETRY_AFTER_S : Math.max(1, Math.ceil(retryAfterMs / 1000)),
})

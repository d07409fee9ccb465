import { StoreFault } from '#ports/remote-store.ts'
import type { Answer } from './http.ts'

/**
 * The fault that an answer of Vault or OpenBao stands for. They have no codes beside the status, so
 * a few are told apart by their text; it is never passed on.
 */
export function faultOf(what: string, { status, body, retryAfterMs }: Answer): StoreFault {
  const said = errorsIn(body).join(' ')
  const told = `${what}: status ${status}`
  if (status >= 300 && status < 400) return new StoreFault('down', `${told}, points elsewhere`)
  if (status === 429) return new StoreFault('throttled', told, retryAfterMs)
  if (status === 401 || status === 403) return new StoreFault('refused', told)
  // What the storage engine behind it does not take: it would not take it the next time either.
  if (status === 500 && said.includes('value being too large')) {
    return new StoreFault('rejected', `${told}, too large`)
  }
  // An engine that was just made, or just became KV v2, is not ready for a moment.
  const upgrading = status === 400 && said.includes('pgrading from non-versioned')
  // 412: a replica that has not yet what was written.
  if (status >= 500 || status === 412 || upgrading) return new StoreFault('down', told)
  if (status === 404) return missingOr(told, said)
  return new StoreFault('rejected', told)
}

/** What is missing has no text; a text says that there is no such engine or namespace. */
const missingOr = (told: string, said: string): StoreFault =>
  said === ''
    ? new StoreFault('missing', told)
    : new StoreFault('rejected', `${told}, no KV v2 engine there; see config.mount and namespace`)

/** Whether a write was too late: somebody else wrote first. */
export const isStale = ({ status, body }: Answer): boolean =>
  status === 400 && errorsIn(body).some((text) => text.includes('check-and-set parameter did not'))

/**
 * A read that failed only because there is nothing (`errors` is there and empty), or nothing any more
 * (`data` tells of it). Any other 404 is of what stands before the store.
 */
export const isMissing = ({ status, body }: Answer): boolean => {
  if (status !== 404) return false
  const { errors, data } = (body ?? {}) as { readonly errors?: unknown; readonly data?: unknown }
  return (Array.isArray(errors) && errors.length === 0) || (errors === undefined && data != null)
}

function errorsIn(body: unknown): readonly string[] {
  const errors = (body as { readonly errors?: unknown } | null | undefined)?.errors
  return Array.isArray(errors) ? errors.filter((one) => typeof one === 'string') : []
}

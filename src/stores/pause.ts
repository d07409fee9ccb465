import { setTimeout as wait } from 'node:timers/promises'
import { StoreFault } from '#ports/remote-store.ts'

/** What is thrown when `signal` ended a call: whether the store did it is not known. */
export const givenUp = (what: string): StoreFault =>
  new StoreFault('down', `${what}: given up before the store answered`)

/** Waits; throws as soon as `signal` ends the call. */
export async function pause(ms: number, what: string, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal })
  } catch {
    throw givenUp(what)
  }
}

/** `work`, left behind as soon as `signal` ends the call. */
export async function underSignal<T>(
  work: Promise<T>,
  what: string,
  signal: AbortSignal,
): Promise<T> {
  const ended = Promise.withResolvers<never>()
  const end = () => ended.reject(givenUp(what))
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  try {
    return await Promise.race([work, ended.promise])
  } finally {
    signal.removeEventListener('abort', end)
  }
}

import type { Core } from '#core/core.ts'
import { reconcileStores } from '#core/reconcile.ts'
import { wipeDue } from '#core/wipe.ts'
import type { Door } from './door.ts'
import { logFailure } from './log.ts'

const SEAL_EVERY_MS = 1_000
const WIPE_EVERY_MS = 60_000
const RECONCILE_EVERY_MS = 2_000
const COUNT_EVERY_MS = 60_000

/** Does `task` now and every `ms`, one at a time. A failure is told, and the next time tried again. */
function regularly(
  ms: number,
  name: 'sealing' | 'wiping' | 'reconciling' | 'counting',
  task: () => Promise<unknown>,
): () => Promise<void> {
  let running: Promise<void> | null = null
  const run = (): Promise<void> =>
    (running ??= task().then(
      () => {
        running = null
      },
      (error: unknown) => {
        running = null
        logFailure(name, error)
      },
    ))
  void run()
  const timer = setInterval(() => void run(), ms)
  return async () => {
    clearInterval(timer)
    await running
  }
}

/**
 * What the server does beside answering: it seals the log every second (entries wait, none is lost),
 * wipes what was deleted and whose retention is over, and looks after what was left behind in other
 * stores; and says how many were turned away. To stop it counts and seals once more.
 */
export function keepHouse(core: Core, door: Door): () => Promise<void> {
  const stopWiping = regularly(WIPE_EVERY_MS, 'wiping', () => wipeDue(core))
  const stopReconciling = regularly(RECONCILE_EVERY_MS, 'reconciling', () => reconcileStores(core))
  const stopCounting = regularly(COUNT_EVERY_MS, 'counting', () => door.settle())
  const stopSealing = regularly(SEAL_EVERY_MS, 'sealing', () => core.sealer.seal())
  return async () => {
    await stopWiping()
    await stopReconciling()
    await core.stores.close()
    await stopCounting()
    await door.settle().catch((error: unknown) => {
      logFailure('counting', error)
    })
    await stopSealing()
    await core.sealer.seal().catch((error: unknown) => {
      logFailure('sealing', error)
    })
  }
}

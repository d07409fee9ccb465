import type { Core } from '#core/core.ts'
import { logFailure } from './log.ts'

const EVERY_MS = 1_000

/** Seals the log every second. A failure is told and tried again; entries wait, none is lost. */
export function sealRegularly({ sealer }: Core): () => Promise<void> {
  const seal = () => sealer.seal().catch((error: unknown) => logFailure('sealing', error))
  const timer = setInterval(() => void seal(), EVERY_MS)
  return async () => {
    clearInterval(timer)
    await seal()
  }
}

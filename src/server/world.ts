import { randomFillSync } from 'node:crypto'
import type { World } from '#ports/world.ts'

const POOL_BYTES = 4096

/** The real clock and the real generator, the latter drawn from in pages. */
export function realWorld(): World {
  let pool = new Uint8Array(0)
  let used = 0
  return {
    now: () => Date.now(),
    random(length) {
      if (used + length > pool.length) {
        pool = randomFillSync(new Uint8Array(Math.max(POOL_BYTES, length)))
        used = 0
      }
      const bytes = pool.slice(used, used + length)
      // What was handed out must not stay behind in the pool.
      pool.fill(0, used, used + length)
      used += length
      return bytes
    },
  }
}

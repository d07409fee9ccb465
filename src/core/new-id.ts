import { formatId, type Id } from '#domain/ids.ts'
import type { World } from '#ports/world.ts'

const CHANCE_BYTES = 10
/** The lowest bits of a fresh chance stay clear, so that many ids of one millisecond fit behind it. */
const CHANCE_MASK = (1n << 73n) - 1n

/**
 * A maker of ids that sort as they were made, even within one millisecond and when the clock steps
 * back: it then counts on from the last id by a random stride, so that ids stay hard to guess.
 */
export function idMaker(world: World): <Kind extends string>() => Id<Kind> {
  let last = 0
  let chance = 0n
  return <Kind extends string>() => {
    const now = world.now()
    if (now > last) {
      last = now
      chance = toBigInt(world.random(CHANCE_BYTES)) & CHANCE_MASK
    } else {
      chance += 1n + toBigInt(world.random(4))
    }
    return formatId<Kind>(last, chance)
  }
}

const toBigInt = (bytes: Uint8Array): bigint =>
  bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)

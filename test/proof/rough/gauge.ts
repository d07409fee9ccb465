/**
 * Loaded into a server before itself: tells its parent how long one turn of the event loop took at
 * the most, and whether the prototype of all objects is as it was.
 *
 * A turn is as long as the processor time that the thread spent in it: what waits because other
 * processes have the processor is no stall of ours.
 */
const EVERY_MS = 2

let longest = 0
let wall = performance.now()
let cpu = spent()

function spent(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

setInterval(() => {
  const [now, used] = [performance.now(), spent()]
  longest = Math.max(longest, Math.min(now - wall, used - cpu))
  wall = now
  cpu = used
}, EVERY_MS).unref()

function block(ms: number): void {
  const until = spent() + ms
  while (spent() < until);
}

const usual = Object.getOwnPropertyNames(Object.prototype).length

process.on('message', (asked: { readonly block?: number; readonly pollute?: string }) => {
  if (asked.block !== undefined) block(asked.block)
  const prototype = Object.prototype as unknown as Record<string, unknown>
  if (asked.pollute !== undefined) prototype[asked.pollute] = true
  const polluted = Object.getOwnPropertyNames(Object.prototype).length !== usual
  if (asked.pollute !== undefined) Reflect.deleteProperty(prototype, asked.pollute)
  // After the timer has seen this turn.
  setTimeout(() => {
    process.send?.({ longest, polluted })
    longest = 0
  }, EVERY_MS * 2)
})

process.channel?.unref()

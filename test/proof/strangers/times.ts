import { randomInt } from 'node:crypto'

/** Makes a request and waits for its answer. */
export type Ask = () => Promise<unknown>

/** How far the times of two kinds of answers are apart. */
export interface Difference {
  /** Between the medians, in µs: above 0 when the first kind takes longer. */
  readonly medians: number
  /** How likely it is to see two samples this far apart by chance (Kolmogorov-Smirnov), 0 to 1. */
  readonly chance: number
}

/** Asks so many of each kind, in an order that no drift of the machine follows. */
export async function differenceOf(one: Ask, other: Ask, samples: number): Promise<Difference> {
  const times: readonly [number[], number[]] = [[], []]
  const left = [samples, samples]
  while (left[0] !== 0 || left[1] !== 0) {
    const kind = left[0] === 0 ? 1 : left[1] === 0 ? 0 : randomInt(2)
    times[kind === 0 ? 0 : 1].push(await timed(kind === 0 ? one : other))
    left[kind] = (left[kind] ?? 0) - 1
  }
  const [first, second] = [ascending(times[0]), ascending(times[1])]
  return { medians: median(first) - median(second), chance: chanceOf(first, second) }
}

async function timed(ask: Ask): Promise<number> {
  const began = performance.now()
  await ask()
  return (performance.now() - began) * 1_000
}

const ascending = (times: readonly number[]): readonly number[] => times.toSorted((a, b) => a - b)

const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 0

/** The greatest distance between the shares of both that are no longer than any one time. */
function greatestGap(one: readonly number[], other: readonly number[]): number {
  let greatest = 0
  for (let a = 0, b = 0; a < one.length && b < other.length;) {
    if ((one[a] ?? 0) <= (other[b] ?? 0)) a++
    else b++
    greatest = Math.max(greatest, Math.abs(a / one.length - b / other.length))
  }
  return greatest
}

/** Of two ascending samples: the two-sided test of Kolmogorov and Smirnov, by its series for large ones. */
export function chanceOf(one: readonly number[], other: readonly number[]): number {
  const size = Math.sqrt((one.length * other.length) / (one.length + other.length))
  const reach = (size + 0.12 + 0.11 / size) * greatestGap(one, other)
  let sum = 0
  for (let n = 1; n <= 100; n++) {
    sum += (n % 2 === 1 ? 2 : -2) * Math.exp(-2 * n * n * reach * reach)
  }
  return reach < 0.2 ? 1 : Math.min(1, Math.max(0, sum))
}

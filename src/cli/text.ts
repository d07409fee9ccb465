/** Control signs, line separators and marks that turn the direction of text. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** Text of others as one line that cannot steer a terminal. */
export const clean = (text: string): string => text.replace(UNPRINTABLE, '\ufffd')

/** RFC 3339 or Unix milliseconds as people read it: to the second, in UTC. */
export const moment = (time: string | number | null): string =>
  time === null ? '-' : new Date(time).toISOString().slice(0, 19).replace('T', ' ') + 'Z'

const letters = new Intl.Segmenter()

const widthOf = (text: string): number => Array.from(letters.segment(text)).length

/** Rows under their headings, in columns as wide as their widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows].map((row) => row.map(clean))
  const widths = headings.map((_, n) => Math.max(...all.map((row) => widthOf(row[n] ?? ''))))
  const line = (row: readonly string[]) =>
    row.map((cell, n) => cell + ' '.repeat((widths[n] ?? 0) - widthOf(cell))).join('  ')
  return all.map((row) => `${line(row).trimEnd()}\n`).join('')
}

/** Facts about one thing, a line each; `null` leaves one out. */
export function facts(of: Readonly<Record<string, string | number | null>>): string {
  const told = Object.entries(of).filter(([, fact]) => fact !== null)
  const width = Math.max(...told.map(([name]) => name.length))
  return told.map(([name, fact]) => `${name.padEnd(width)}  ${clean(String(fact))}\n`).join('')
}

/** `n` things, in words. */
export const count = (n: number, one: string, many = `${one}s`): string =>
  n === 1 ? `1 ${one}` : `${n} ${many}`

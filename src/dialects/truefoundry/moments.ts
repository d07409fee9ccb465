import type { Fault, Problem } from '#domain/fault.ts'
import { err, ok, type Result } from '#domain/result.ts'

const DAY_MS = 24 * 3_600_000
const DAY = /^\d{4}-\d{2}-\d{2}$/
/** RFC 3339 with a zone, so that no server's own zone decides. */
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/

const invalid = (at: Problem['at'], expected: string): Result<never, Fault> =>
  err({ kind: 'invalid', problems: [{ at, rule: 'type', expected }] })

/** Whether the day of the month is there: `Date` takes February 30 for March 2. */
function isDay(text: string): boolean {
  const ms = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}

/** A moment in Unix milliseconds; `null` for what was not given. */
export function readMoment(
  text: string | null | undefined,
  at: Problem['at'],
): Result<number | null, Fault> {
  if (text === null || text === undefined) return ok(null)
  const ms = MOMENT.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? invalid(at, 'RFC 3339 time') : ok(ms)
}

/** An end: a moment, or a day, which is over when the next one begins in UTC. */
export function readEnd(
  text: string | null | undefined,
  at: Problem['at'],
): Result<number | null, Fault> {
  if (typeof text !== 'string' || !DAY.test(text)) return readMoment(text, at)
  return isDay(text) ? ok(Date.parse(`${text}T00:00:00Z`) + DAY_MS) : invalid(at, 'date')
}

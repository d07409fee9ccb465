import Type, { type Static, type TProperties, type TSchema } from 'typebox'

/** A type or `null`, as one `type` list: what the serialiser is fastest with and OpenAPI 3.1 reads. */
export const Nullable = <S extends TSchema & { type: string }>(schema: S) =>
  Type.Unsafe<Static<S> | null>({ ...schema, type: [schema.type, 'null'] })

/** A moment as RFC 3339 has it, in UTC. */
export const DateTime = () => Type.Unsafe<string>({ type: 'string', format: 'date-time' })

/** Any JSON object, or `null`. */
export const NullableObject = () =>
  Type.Unsafe<Record<string, unknown> | null>({
    type: ['object', 'null'],
    additionalProperties: true,
  })

/** An object with these members and no others. */
export const closed = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })

/** The one shape for each of these statuses. */
export const sharing = (schema: TSchema, statuses: readonly number[]): Record<number, TSchema> =>
  Object.fromEntries(statuses.map((status) => [status, schema]))

const DAY_MS = 86_400_000
const padded = (width: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => String(n).padStart(width, '0'))
const pairs = padded(2, 60)
const millis = padded(3, 1_000)
let day = Number.NaN
let dayText = ''

/**
 * Unix milliseconds as RFC 3339 in UTC, the same text as `Date.toISOString` gives. A list of a
 * hundred items prints two hundred of them, and this takes a sixth of the time.
 */
export function isoTime(ms: number): string {
  const ofDay = Math.floor(ms / DAY_MS)
  if (ofDay !== day) {
    day = ofDay
    dayText = new Date(ofDay * DAY_MS).toISOString().slice(0, 11)
  }
  const rest = ms - ofDay * DAY_MS
  const seconds = Math.floor(rest / 1_000)
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  return `${dayText}${pairs[h]}:${pairs[m]}:${pairs[s]}.${millis[rest % 1_000]}Z`
}

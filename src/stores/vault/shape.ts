/** What is at this place of an answer; `undefined` when the answer has no such place. */
export function memberIn(body: unknown, ...names: readonly string[]): unknown {
  let found = body
  for (const name of names) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined
    found = (found as Readonly<Record<string, unknown>>)[name]
  }
  return found
}

/** An object of an answer, with members of any kind; `null` when it is none. */
export const objectIn = (found: unknown): Readonly<Record<string, unknown>> | null =>
  typeof found === 'object' && found !== null && !Array.isArray(found)
    ? (found as Readonly<Record<string, unknown>>)
    : null

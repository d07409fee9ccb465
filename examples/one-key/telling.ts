import { createHash } from 'node:crypto'

/** A step that is not as it must be; the message is a sentence for whoever follows the story. */
export class Unexpected extends Error {}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

export const chapter = (title: string): void => say(`\n${title}`)

/** Who does what, said before it is done. */
export const call = (who: string, what: string): void => say(`  ${who.padEnd(6)}${what}`)

/** What came of it. */
export const outcome = (text: string): void => {
  for (const line of text.trimEnd().split('\n')) say(`          ${line}`)
}

/** Ends the story where something does not hold. */
export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Unexpected(otherwise)
}

/** What stands for a value wherever one is compared or told. */
export const digest = (value: string): string => createHash('sha256').update(value).digest('hex')

export const short = (sha256: string): string => `a value with sha256 ${sha256.slice(0, 12)}…`

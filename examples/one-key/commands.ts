import { basename } from 'node:path'
import { Unexpected } from './telling.ts'

/** How a command ended. */
export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** What a command printed that must have gone well; else the last thing it said. */
export function succeeded({ code, out, err }: Ended, what: string): string {
  if (code === 0) return out
  const last = `${out}\n${err}`.trim().split('\n').at(-1) ?? ''
  throw new Unexpected(`\`${what}\` ended with exit code ${code}: ${last}`)
}

/** What was printed as JSON. */
export function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new Unexpected(`\`${what}\` printed something that is not JSON.`)
  }
}

/** A command as it is told: the folders of files say nothing to a reader. */
export const told = (words: readonly string[]): string =>
  words.map((word) => (word.startsWith('/') ? basename(word) : word)).join(' ')

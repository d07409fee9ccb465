import { createReadStream } from 'node:fs'
import { Failure, whySystem } from './failure.ts'
import { HiddenLine } from './hidden-line.ts'
import { clean } from './text.ts'

/** The world of a command: what it is told, and where it speaks. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether a person types at standard input. */
  readonly typed: boolean
  /** Whether a person reads standard output. */
  readonly read: boolean
  /** To standard output, as it is. */
  readonly write: (text: string | Uint8Array) => void
  /** One line to standard error. */
  readonly say: (line: string) => void
  /** All of standard input; fails beyond `max` bytes. */
  readonly input: (max: number) => Promise<Uint8Array>
  /** One line typed without being shown. */
  readonly ask: (prompt: string, max: number) => Promise<Uint8Array>
}

const INTERRUPTED = 130

/** The bytes of a stream; fails beyond `max`, before more is read. */
async function collect(
  stream: AsyncIterable<Uint8Array>,
  max: number,
  what: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.length
    if (size > max) throw new Failure(`${what} is larger than ${max} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The bytes of a file, byte for byte; fails beyond `max`. */
export async function readFileBytes(path: string, max: number): Promise<Uint8Array> {
  try {
    return await collect(createReadStream(path) as AsyncIterable<Uint8Array>, max, clean(path))
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure(`cannot read ${clean(path)}: ${whySystem(error)}`)
  }
}

/** The terminal of this process. */
export const processTerminal = (): Terminal => ({
  env: process.env,
  typed: process.stdin.isTTY,
  read: process.stdout.isTTY,
  write: (text) => void process.stdout.write(text),
  say: (line) => void process.stderr.write(`${clean(line)}\n`),
  input: (max) => collect(process.stdin as AsyncIterable<Uint8Array>, max, 'standard input'),
  ask,
})

function ask(prompt: string, max: number): Promise<Uint8Array> {
  const { stdin, stderr } = process
  const line = new HiddenLine()
  stderr.write(prompt)
  stdin.setRawMode(true)
  return new Promise((resolve, reject) => {
    const done = (finish: () => void) => {
      stdin.setRawMode(false)
      stdin.pause()
      stdin.off('data', take)
      stderr.write('\n')
      finish()
    }
    const fail = (why: string, exitCode?: number) => done(() => reject(new Failure(why, exitCode)))
    const take = (chunk: Uint8Array) => {
      const typed = line.push(chunk)
      if (typed === 'interrupted') fail('interrupted', INTERRUPTED)
      else if (typed === 'several') fail('more than one line was pasted: use a file or a pipe')
      else if (line.bytes().length > max) fail(`what was typed is larger than ${max} bytes`)
      else if (typed === 'line') done(() => resolve(line.bytes()))
    }
    stdin.on('data', take)
    stdin.resume()
  })
}

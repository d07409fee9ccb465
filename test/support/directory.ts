import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made: string[] = []

// Not after each test: what a test started and stops after it may still write there until then.
process.once('exit', () => {
  for (const path of made) rmSync(path, { recursive: true, force: true, maxRetries: 5 })
})

/** A directory of a test's own, gone when the tests of its file are over. */
export async function ownDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'strongroom-'))
  made.push(path)
  return path
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** A directory of the test's own, gone when the test is. */
export async function ownDirectory(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'strongroom-'))
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}

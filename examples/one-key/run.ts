import { mkdtemp, rm } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { virtualEnvironment } from '#test/conformance/python.ts'
import { startServer } from '#test/support/server.ts'
import { gather } from './cast.ts'
import { tell } from './story.ts'
import { Unexpected } from './telling.ts'

/** Starts a vault of its own, tells the story against it, and leaves nothing behind. */
const python = virtualEnvironment('one-key', join(import.meta.dirname, 'requirements.txt'))
const began = performance.now()
const home = await mkdtemp(join(tmpdir(), 'strongroom-one-key-'))
const server = await startServer({ dataDir: join(home, 'data') })

async function end(): Promise<void> {
  await server.stop()
  await rm(home, { recursive: true, force: true })
}

const stopped = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    stopped.abort()
    void end().then(() => process.exit(128 + constants.signals[signal]))
  })
}

try {
  process.stdout.write(`One key through four APIs, in a vault at ${server.url}\n`)
  await tell(await gather(server, { python, home }))
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  process.stdout.write(`\nAll as it must be, in ${seconds} seconds.\n`)
} catch (error) {
  if (!(error instanceof Unexpected)) throw error
  if (!stopped.signal.aborted) process.stderr.write(`\nNot as it must be: ${error.message}\n`)
  process.exitCode = 1
} finally {
  await end()
}

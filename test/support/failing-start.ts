import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

const main = new URL('../../src/server/main.ts', import.meta.url).pathname

export interface FailedStart {
  readonly code: number | null
  readonly told: string
  readonly output: string
}

/** Starts a server that should not come up, and gives what it told the operator when it ended. */
export async function failingStart(args: readonly string[]): Promise<FailedStart> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', main, '--listen', '127.0.0.1:0', '--json', ...args],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] } },
  )
  const [told, output] = await Promise.all([
    text(child.stderr),
    text(child.stdout),
    child.exitCode === null ? once(child, 'exit') : null,
  ])
  return { code: child.exitCode, told, output }
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { RunningServer } from '#test/support/server.ts'

export const main = new URL('../../src/cli/main.ts', import.meta.url).pathname

export interface Ran {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: Buffer
  readonly text: string
  readonly err: string
}

export interface Asking {
  readonly env?: Readonly<Record<string, string>>
  /** Standard input; empty by default. */
  readonly input?: string | Uint8Array
}

export type Cli = (args: readonly string[], asking?: Asking) => Promise<Ran>

/** Where the runtime keeps what it compiled, for the many starts of one file of tests. */
const compiled = mkdtempSync(join(tmpdir(), 'strongroom-cli-'))
process.on('exit', () => rmSync(compiled, { recursive: true, force: true }))

/** Starts the real command line interface, with nothing of the tests' own environment. */
export const startCli = (args: readonly string[], env: Readonly<Record<string, string>>) =>
  spawn(process.execPath, [main, ...args], {
    env: {
      ...{ PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', NODE_COMPILE_CACHE: compiled },
      ...env,
    },
  })

const collect = async (stream: Readable): Promise<Buffer> =>
  Buffer.concat((await stream.toArray()) as Buffer[])

/** Runs it to its end. */
export async function runCli(args: readonly string[], { env = {}, input = '' }: Asking = {}) {
  const child = startCli(args, env)
  // A command that ends before it reads is no failure of the test.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const [out, err, [code, signal]] = await Promise.all([
    collect(child.stdout),
    collect(child.stderr),
    once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
  ])
  return { code, signal, out, text: out.toString('utf8'), err: err.toString('utf8') }
}

/** The command line of somebody with this token. */
export const cliOf =
  ({ url, token }: Pick<RunningServer, 'url' | 'token'>): Cli =>
  (args, { env, input } = {}) =>
    runCli(args, {
      env: { STRONGROOM_URL: url, STRONGROOM_TOKEN: token, ...env },
      ...(input === undefined ? {} : { input }),
    })

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ownDirectory } from './directory.ts'

export interface RunningServer {
  readonly url: string
  readonly accountId: string
  /** The first admin's token; of a restarted server, the one that was given to it. */
  readonly token: string
  /** Where its metrics are, if it was started with `--metrics`. */
  readonly metricsUrl: string | null
  readonly dataDir: string
  readonly process: ChildProcess
  /** Ends it as an operator would. */
  stop(): Promise<void>
  /** Ends it as a power cut would, as far as a process can tell. */
  kill(): Promise<void>
}

export interface ServerOptions {
  /** A folder to use again; a new one in the temporary folder by default, removed by `stop`. */
  readonly dataDir?: string
  readonly database?: string
  readonly token?: string
  readonly args?: readonly string[]
  /** Of the runtime, before the program. */
  readonly flags?: readonly string[]
  /** Beside `PATH`, which is all that it has otherwise. */
  readonly env?: Readonly<Record<string, string>>
  /** Is given what it writes after its first line, which otherwise goes where the tests write. */
  readonly heard?: (said: Buffer) => void
}

const main = new URL('../../src/server/main.ts', import.meta.url).pathname

interface Greeting {
  readonly url: string
  readonly account_id: string
  readonly token?: string
  readonly metrics_url?: string
}

/** What the tests themselves start faster by, where they were started by `npm test`. */
function compileCache(): Readonly<Record<string, string>> {
  const cache = process.env['NODE_COMPILE_CACHE']
  return cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }
}

const running = new Set<ChildProcess>()

// What a test did not come to stop, because it failed before, ends with the tests of its file.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a real server on a free port and waits until it answers. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const own = options.dataDir === undefined ? await ownDirectory() : null
  const dataDir = options.dataDir ?? join(own ?? '', 'data')
  const database = options.database === undefined ? [] : ['--database', options.database]
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      ...(options.flags ?? []),
      main,
      ...['--data', dataDir, '--listen', '127.0.0.1:0', '--json'],
      // Tests send more wrong tokens than anybody may; those of limits say so after this.
      ...['--failed-limit', '0'],
      ...database,
      ...(options.args ?? []),
    ],
    {
      stdio: ['ignore', 'pipe', options.heard === undefined ? 'inherit' : 'pipe'],
      env: { PATH: process.env['PATH'], ...compileCache(), ...options.env },
    },
  )
  running.add(child)
  child.once('exit', () => running.delete(child))
  if (options.heard !== undefined) child.stderr?.on('data', options.heard)
  const told = await firstLine(child)
  if (options.heard !== undefined) child.stdout?.on('data', options.heard).resume()
  const ended = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit')
      child.kill(signal)
      await exit
    }
  }
  return {
    url: told.url,
    accountId: told.account_id,
    token: told.token ?? options.token ?? '',
    metricsUrl: told.metrics_url ?? null,
    dataDir,
    process: child,
    async stop() {
      await ended('SIGTERM')
      if (own !== null) await rm(own, { recursive: true, force: true })
    },
    kill: () => ended('SIGKILL'),
  }
}

async function firstLine(child: ChildProcess): Promise<Greeting> {
  if (child.stdout === null) throw new Error('the server has no standard output')
  for await (const line of createInterface({ input: child.stdout })) {
    return JSON.parse(line) as Greeting
  }
  throw new Error('the server ended before it answered')
}

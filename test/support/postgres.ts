import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { NOBODY, postgresBinaries, type Binaries } from './postgres-binaries.ts'

export interface RunningPostgres {
  /** The database that was there from the start. */
  readonly url: string
  readonly port: number
  /** The process id of the postmaster. */
  readonly pid: number
  /** Where its `data` and its `log` are. */
  readonly folder: string
  /** A new, empty database; gives its URL. */
  newDatabase(): Promise<string>
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** Whether it flushes before it says "committed", as a real one does. */
  readonly durable?: boolean
  /** As in its configuration file, such as `log_statement=all`. */
  readonly settings?: readonly string[]
}

const PORT_ATTEMPTS = 5

/**
 * A server for as long as a line can be read: the pipe to this process ends with this process,
 * however it ends, and then the server goes, and its folder with it.
 */
const WATCHED = `
ctl=$1 folder=$2 options=$3
"$ctl" -D "$folder/data" -l "$folder/log" -o "$options" -w -s start || exit 1
head -n 1 "$folder/data/postmaster.pid"
read -r _
"$ctl" -D "$folder/data" -m immediate -s stop
rm -rf "$folder"
`

/** Sorted by the rules of a language, so that only an order that was asked for is by bytes. */
const INITDB = [
  ...['-U', 'strongroom', '-A', 'trust', '--no-sync', '-E', 'UTF8'],
  ...['--locale=C', '--locale-provider=icu', '--icu-locale=en-US'],
]

const run = promisify(execFile)

/** Root is refused by PostgreSQL: then it is started as nobody. */
const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}

/** Starts a real PostgreSQL on a free port of the loopback address, with a folder of its own. */
export async function startPostgres(options: PostgresOptions = {}): Promise<RunningPostgres> {
  const binaries = await postgresBinaries()
  const folder = await mkdtemp(join(tmpdir(), 'strongroom-postgres-'))
  if (process.getuid?.() === 0) await chown(folder, NOBODY, NOBODY)
  await run(binaries.initdb, ['-D', join(folder, 'data'), ...INITDB], { ...user, cwd: folder })
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const started = await start(binaries, folder, port, options)
    if (started !== null) return running(started, folder, port)
    if (attempt < PORT_ATTEMPTS) continue
    const log = await readFile(join(folder, 'log'), 'utf8')
    await rm(folder, { recursive: true, force: true })
    throw new Error(`PostgreSQL did not start:\n${log}`)
  }
}

interface Started {
  readonly watchdog: ChildProcess
  readonly pid: number
}

async function start(
  { pgCtl }: Binaries,
  folder: string,
  port: number,
  { durable = true, settings: more = [] }: PostgresOptions,
): Promise<Started | null> {
  const settings = [
    ...[`-p ${port}`, '-c listen_addresses=127.0.0.1', "-c unix_socket_directories=''"],
    ...['-c max_connections=200', `-c fsync=${durable ? 'on' : 'off'}`],
    ...more.map((setting) => `-c ${setting}`),
  ]
  const watchdog = spawn('sh', ['-c', WATCHED, 'sh', pgCtl, folder, settings.join(' ')], {
    ...user,
    cwd: folder,
    // Out of reach of what is meant for the tests, such as Ctrl-C.
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  for await (const line of createInterface({ input: watchdog.stdout })) {
    unhold(watchdog)
    return { watchdog, pid: Number(line) }
  }
  return null
}

/** A test that is done ends though the server still runs; the server then ends too. */
function unhold(watchdog: ChildProcess): void {
  watchdog.unref()
  for (const pipe of [watchdog.stdin, watchdog.stdout]) (pipe as Socket | null)?.unref()
}

function running({ watchdog, pid }: Started, folder: string, port: number): RunningPostgres {
  const urlOf = (name: string) => `postgres://strongroom@127.0.0.1:${port}/${name}`
  const url = urlOf('postgres')
  return {
    ...{ url, port, pid, folder },
    async newDatabase() {
      const name = `t_${randomBytes(8).toString('hex')}`
      const sql = postgres(url, { max: 1 })
      try {
        await sql.unsafe(`CREATE DATABASE ${name}`)
      } finally {
        await sql.end()
      }
      return urlOf(name)
    },
    async stop() {
      if (watchdog.exitCode !== null) return
      watchdog.ref()
      const exit = once(watchdog, 'exit')
      watchdog.stdin?.end()
      await exit
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

let shared: Promise<RunningPostgres> | null = null

/** The server that the tests of this process share, unless they pull the plug: it does not flush. */
export const sharedPostgres = (): Promise<RunningPostgres> =>
  (shared ??= startPostgres({ durable: false }))

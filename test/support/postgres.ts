import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
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
  /** Where its `data` and its `log` are. */
  readonly folder: string
  /** A new, empty database; gives its URL. */
  newDatabase(): Promise<string>
  /** Kills all of its processes at the same time, as far as that can be done. */
  kill(): void
  /** Waits until it takes connections; starts it again if it has ended. */
  revive(): Promise<void>
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** Whether it flushes before it says "committed", as a real one does. */
  readonly durable?: boolean
  /** As in its configuration file, such as `log_statement=all`. */
  readonly settings?: readonly string[]
  /** Of a server in this folder, beside what this process has. */
  readonly env?: (folder: string) => Readonly<Record<string, string>>
}

const PORT_ATTEMPTS = 5
const REVIVED_WITHIN_MS = 60_000
const STUCK_MS = 10_000

const urlOf = (port: number, name: string) => `postgres://strongroom@127.0.0.1:${port}/${name}`

/**
 * A server for as long as a line can be read: the pipe to this process ends with this process,
 * however it ends, and then the server goes, and its folder with it.
 */
const WATCHED = `
ctl=$1 folder=$2 options=$3
"$ctl" -D "$folder/data" -l "$folder/log" -o "$options" -w -s start || exit 1
echo up
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
    const place = { ...binaries, folder, port, options }
    const watchdog = await start(place)
    if (watchdog !== null) return running(watchdog, place)
    if (attempt < PORT_ATTEMPTS) continue
    const log = await readFile(join(folder, 'log'), 'utf8')
    await rm(folder, { recursive: true, force: true })
    throw new Error(`PostgreSQL did not start:\n${log}`)
  }
}

interface Place extends Binaries {
  readonly folder: string
  readonly port: number
  readonly options: PostgresOptions
}

const settingsOf = ({ port, options: { durable = true, settings = [] } }: Place): string =>
  [
    ...[`-p ${port}`, '-c listen_addresses=127.0.0.1', "-c unix_socket_directories=''"],
    ...['-c max_connections=200', `-c fsync=${durable ? 'on' : 'off'}`],
    ...settings.map((setting) => `-c ${setting}`),
  ].join(' ')

const surroundings = ({ folder, options: { env } }: Place) => ({
  ...{ ...user, cwd: folder },
  env: { ...process.env, ...env?.(folder) },
})

async function start(place: Place): Promise<ChildProcess | null> {
  const given = ['sh', place.pgCtl, place.folder, settingsOf(place)]
  const watchdog = spawn('sh', ['-c', WATCHED, ...given], {
    ...surroundings(place),
    // Out of reach of what is meant for the tests, such as Ctrl-C.
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  for await (const line of createInterface({ input: watchdog.stdout })) {
    if (line !== 'up') break
    unhold(watchdog)
    return watchdog
  }
  return null
}

/** What was started again goes with the watchdog too: `pg_ctl` stops whatever uses the folder. */
async function revive(place: Place): Promise<void> {
  const began = Date.now()
  const deadline = began + REVIVED_WITHIN_MS
  while (!(await isUp(place))) {
    if ((await control(place, 'status')) !== 0) await control(place, 'start')
    // Version 18 can wait for ever for a recovery that failed: then whoever runs it ends it.
    else if (Date.now() - began > STUCK_MS) killAll(place.folder)
    if (Date.now() < deadline) continue
    const log = await readFile(join(place.folder, 'log'), 'utf8')
    // Without what is told to each of those that ask too soon.
    const lines = log.split('\n').filter((line) => !line.includes(' FATAL:  the database system '))
    throw new Error(`PostgreSQL did not start again:\n${lines.slice(-40).join('\n')}`)
  }
}

async function isUp({ port }: Place): Promise<boolean> {
  const sql = postgres(urlOf(port, 'postgres'), { max: 1, connect_timeout: 2 })
  const up = sql.unsafe('SELECT 1').then(
    () => true,
    () => false,
  )
  return up.finally(() => sql.end())
}

/** Gives what `pg_ctl` ends with: 0 if it runs, or was started. */
async function control(place: Place, word: 'status' | 'start'): Promise<number | null> {
  const { pgCtl, folder } = place
  const start = ['-l', join(folder, 'log'), '-o', settingsOf(place), '-w', '-s']
  const words = ['-D', join(folder, 'data'), ...(word === 'start' ? start : []), word]
  const options = { ...surroundings(place), detached: true, stdio: 'ignore' } as const
  const [code] = (await once(spawn(pgCtl, words, options), 'exit')) as [number | null]
  return code
}

/** Its processes are the children of the one whose id it writes down. */
function killAll(folder: string): void {
  const [postmaster = ''] = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')
  const children = spawnSync('pgrep', ['-P', postmaster], { encoding: 'utf8' }).stdout
  for (const pid of [postmaster, ...children.split('\n')]) {
    try {
      if (pid !== '') process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
}

/** A test that is done ends though the server still runs; the server then ends too. */
function unhold(watchdog: ChildProcess): void {
  watchdog.unref()
  for (const pipe of [watchdog.stdin, watchdog.stdout]) (pipe as Socket | null)?.unref()
}

function running(watchdog: ChildProcess, place: Place): RunningPostgres {
  const { folder, port } = place
  const url = urlOf(port, 'postgres')
  return {
    ...{ url, port, folder },
    kill() {
      killAll(folder)
    },
    revive: () => revive(place),
    async newDatabase() {
      const name = `t_${randomBytes(8).toString('hex')}`
      const sql = postgres(url, { max: 1 })
      try {
        await sql.unsafe(`CREATE DATABASE ${name}`)
      } finally {
        await sql.end()
      }
      return urlOf(port, name)
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

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Watched {
  readonly url: string
  readonly stop: () => Promise<void>
}

export interface Program {
  readonly name: string
  readonly command: string
  /** Its arguments, when it is to listen on this port of the loopback address. */
  readonly args: (port: number) => readonly string[]
  /** Whether it is ready. It may throw when it is not. */
  readonly isReady: (url: string) => Promise<boolean>
}

const PORT_ATTEMPTS = 3
const START_MS = 60_000

/**
 * A program for as long as a line can be read: the pipe to this process ends with this process,
 * however it ends, and then the program goes, and its folder with it.
 */
const WATCHED = `
folder=$1
shift
exec 3<&0
"$@" </dev/null >"$folder/log" 2>&1 3<&- &
child=$!
{ read -r _; touch "$folder/end"; kill "$child"; } <&3 2>/dev/null &
reader=$!
wait "$child"
kill "$reader" 2>/dev/null
if [ -e "$folder/end" ]; then rm -rf "$folder"; fi
`

/** Starts a program that listens on a free port of the loopback address, with a home of its own. */
export async function startWatched(program: Program): Promise<Watched> {
  for (let attempt = 1; ; attempt++) {
    const folder = await mkdtemp(join(tmpdir(), `strongroom-${program.name}-`))
    const port = await freePort()
    const watchdog = watch(folder, [program.command, ...program.args(port)])
    const url = `http://127.0.0.1:${port}`
    const stop = () => stopped(watchdog, folder)
    if (await becomesReady(program, url, watchdog)) return { url, stop }
    const log = await readFile(join(folder, 'log'), 'utf8').catch(() => '')
    await stop()
    if (attempt === PORT_ATTEMPTS) throw new Error(`${program.name} did not start:\n${log}`)
  }
}

function watch(folder: string, command: readonly string[]): ChildProcess {
  const watchdog = spawn('sh', ['-c', WATCHED, 'sh', folder, ...command], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder },
    // Out of reach of what is meant for the tests, such as Ctrl-C.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // A test that is done ends though the program still runs; the program then ends too.
  watchdog.unref()
  ;(watchdog.stdin as Socket | null)?.unref()
  return watchdog
}

async function stopped(watchdog: ChildProcess, folder: string): Promise<void> {
  if (watchdog.exitCode === null) {
    watchdog.ref()
    const exit = once(watchdog, 'exit')
    watchdog.stdin?.end()
    await exit
  }
  await rm(folder, { recursive: true, force: true })
}

async function becomesReady(
  { isReady }: Program,
  url: string,
  watchdog: ChildProcess,
): Promise<boolean> {
  const until = Date.now() + START_MS
  while (watchdog.exitCode === null && Date.now() < until) {
    if (await isReady(url).catch(() => false)) return true
    await sleep(50)
  }
  return false
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

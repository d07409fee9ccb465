import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { casesOn, EMPTY } from './cases.ts'
import type { Load, Measured } from './load.ts'

/**
 * Rates of the vault as a ratio to an empty answer of the same HTTP server, in the same run: one
 * core for the server, one for the load (where `taskset` is there), rounds in turn, medians.
 *
 *   npm run bench [-- --rounds 5 --seconds 3 --connections 64 --database postgres://…]
 */
const option = (name: string, fallback: string): string => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback)
}

const rounds = Number(option('rounds', '5'))
const seconds = Number(option('seconds', '3'))
const connections = Number(option('connections', '64'))
const database = option('database', '')
const pinned = spawnSync('taskset', ['-c', '0', 'true']).status === 0

const file = (name: string) => new URL(name, import.meta.url).pathname
const flags = ['--disable-warning=ExperimentalWarning']

function start(core: string, args: readonly string[]): ChildProcess {
  const command = [process.execPath, ...flags, ...args]
  const [first = '', ...rest] = pinned ? ['taskset', '-c', core, ...command] : command
  return spawn(first, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function line(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no standard output')
  for await (const text of createInterface({ input: child.stdout })) return text
  throw new Error('the program ended without a word')
}

/** Processor time of a process so far, in seconds; 0 where the system does not tell it this way. */
function processorTime(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return 0
  }
}

interface Sample extends Measured {
  /** Processor time of the server for each request, in microseconds: less noisy than a rate. */
  readonly cpu: number
}

async function measure(load: Load, pid: number | undefined): Promise<Sample> {
  const before = processorTime(pid)
  const text = await line(start('1', [file('load.ts'), JSON.stringify(load)]))
  const measured = JSON.parse(text) as Measured
  const share = load.seconds / (load.seconds + load.warmupSeconds)
  const cpu = ((processorTime(pid) - before) * share * 1e6) / measured.requests
  return { ...measured, cpu }
}

const folder = mkdtempSync(join(tmpdir(), 'strongroom-bench-'))
const main = file('../src/server/main.ts')
const where = ['--data', join(folder, 'data'), '--listen', '127.0.0.1:0', '--json']
const server = start('0', [
  ...(option('profile', '') === ''
    ? []
    : ['--cpu-prof', `--cpu-prof-dir=${option('profile', '')}`]),
  main,
  ...where,
  ...(database === '' ? [] : ['--database', database]),
])
const empty = start('0', [file('empty.ts')])

const { url, token } = JSON.parse(await line(server)) as { url: string; token: string }
const emptyUrl = (JSON.parse(await line(empty)) as { url: string }).url
const cases = await casesOn({ url, token, emptyUrl, connections, seconds })

const only = option('only', '')
const wanted = cases.filter(({ name }) => name === EMPTY || name.includes(only))
const seen = new Map<string, Sample[]>()
for (let round = 0; round < rounds; round++) {
  for (const { name, of, load } of wanted) {
    const measured = await measure(load, of === 'empty' ? empty.pid : server.pid)
    if (measured.failures > 0) throw new Error(`${name}: ${measured.failures} failures`)
    seen.set(name, [...(seen.get(name) ?? []), measured])
  }
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

/**
 * Rates as a share of those of other cases, one after another, in the same rounds: median, and from
 * least to most.
 */
function share(all: readonly Sample[], of: readonly string[]): string {
  const base = of.map((name) => seen.get(name))
  if (base.length === 0 || base.includes(undefined)) return ''
  const taken = (round: number) => base.reduce((sum, one) => sum + 1 / (one?.[round]?.rate ?? 1), 0)
  const ratios = all.map(({ rate }, round) => rate * taken(round))
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)]
  return `${median(ratios).toFixed(3)} (${least.toFixed(3)} to ${most.toFixed(3)})`
}

const column = (all: readonly Sample[], member: keyof Sample, digits: number, width: number) =>
  median(all.map((one) => one[member]))
    .toFixed(digits)
    .padStart(width)

process.stdout.write(
  `${database === '' ? 'SQLite' : 'PostgreSQL'}, ${connections} connections, ${rounds} rounds of ` +
    `${seconds} s, ${pinned ? 'one core for the server, one for the load' : 'not pinned'}, ` +
    `Node ${process.versions.node}\n\n`,
)
process.stdout.write(
  `${'request'.padEnd(44)}  a second   p50 ms   p99 ms   cpu µs   ` +
    `${'of empty (min to max)'.padEnd(24)}  of the same through Scale's API\n`,
)
for (const { name, like } of wanted) {
  const all = seen.get(name) ?? []
  process.stdout.write(
    name.padEnd(44) +
      column(all, 'rate', 0, 10) +
      column(all, 'p50', 1, 9) +
      column(all, 'p99', 1, 9) +
      column(all, 'cpu', 1, 9) +
      `   ${share(all, [EMPTY]).padEnd(24)}  ${share(all, like)}`.trimEnd() +
      '\n',
  )
}

for (const child of [server, empty]) {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}
rmSync(folder, { recursive: true, force: true })

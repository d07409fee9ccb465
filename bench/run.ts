import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
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
const headers = { 'x-api-key': token, 'content-type': 'application/json' }

async function post(path: string, body: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Record<string, unknown>
}

const value = 'v'.repeat(256)
const { id } = await post('/v5/credentials', { name: 'bench', type: 'key', payload: value })
for (let n = 0; n < 1_000; n++) await post('/v5/sgp/secrets', { key: `bench-${n}`, value })

const to = (base: string, method: string, path: string, body: string | null = null): Load => ({
  ...{
    port: Number(new URL(base).port),
    connections,
    seconds,
    warmupSeconds: 1,
    method,
    path,
    body,
  },
  headers: {
    'x-api-key': token,
    ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
  },
})

const read = `/v5/credentials/${String(id)}/secret`
const cases: Readonly<Record<string, Load>> = {
  'empty answer, 420 bytes': to(emptyUrl, 'GET', '/empty'),
  'read of a value': to(url, 'POST', read, ''),
  'get of metadata': to(url, 'GET', `/v5/credentials/${String(id)}`),
  create: to(url, 'POST', '/v5/sgp/secrets', JSON.stringify({ key: 'k{n}', value })),
  'list of 100': to(url, 'GET', '/v5/sgp/secrets?limit=100'),
}

const only = option('only', '')
const wanted = Object.entries(cases).filter(([name], n) => n === 0 || name.includes(only))
const seen = new Map<string, Sample[]>()
for (let round = 0; round < rounds; round++) {
  for (const [name, load] of wanted) {
    const of = load.port === Number(new URL(emptyUrl).port) ? empty : server
    const measured = await measure(load, of.pid)
    if (measured.failures > 0) throw new Error(`${name}: ${measured.failures} failures`)
    seen.set(name, [...(seen.get(name) ?? []), measured])
  }
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

const base = seen.get('empty answer, 420 bytes') ?? []
process.stdout.write(
  `${database === '' ? 'SQLite' : 'PostgreSQL'}, ${connections} connections, ${rounds} rounds of ` +
    `${seconds} s, ${pinned ? 'one core for the server, one for the load' : 'not pinned'}, ` +
    `Node ${process.versions.node}\n\n`,
)
process.stdout.write(`${'request'.padEnd(26)}${'a second'.padStart(10)}${'p50 ms'.padStart(9)}`)
process.stdout.write(`${'p99 ms'.padStart(9)}${'cpu µs'.padStart(9)}   of empty (min to max)\n`)
for (const [name, all] of seen) {
  const ratios = all.map(({ rate }, round) => rate / (base[round]?.rate ?? 1))
  const spread = `${median(ratios).toFixed(3)} (${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)})`
  process.stdout.write(
    `${name.padEnd(26)}${Math.round(median(all.map(({ rate }) => rate)))
      .toString()
      .padStart(10)}` +
      median(all.map(({ p50 }) => p50))
        .toFixed(1)
        .padStart(9) +
      median(all.map(({ p99 }) => p99))
        .toFixed(1)
        .padStart(9) +
      `${median(all.map(({ cpu }) => cpu))
        .toFixed(1)
        .padStart(9)}   ${spread}\n`,
  )
}

for (const child of [server, empty]) {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}
rmSync(folder, { recursive: true, force: true })

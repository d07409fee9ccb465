import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { ServerResponse, type OutgoingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { inspect } from 'node:util'
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'

/**
 * Loaded into a real server before its program: each value that is sent under the name of a leak it
 * lets out there. What looks for canaries has to find all of them.
 */

type Leak = (value: string) => void

const folder = join(tmpdir(), '..', 'data')

/** What goes out with the next answer. */
let withAnswer: { readonly header?: string; readonly body?: string } = {}
/** What is said of the server's health from now on. */
let health = ''
/** What stands among the metrics from now on. */
let metrics = ''
/** Stays as long as the process does. */
const kept: string[] = []

const answer = (more: typeof withAnswer): void => void (withAnswer = more)
const every = (value: string, write: (byte: number) => string): string =>
  [...Buffer.from(value)].map(write).join('')
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const hex = (text: string): string => Buffer.from(text).toString('hex')
const err = (text: string | Uint8Array): void => {
  process.stderr.write(text)
  process.stderr.write('\n')
}
const out = (text: string): void => void process.stdout.write(`${text}\n`)

/** Ends with this process: it reads from a pipe that nobody writes to. */
function child(args: readonly string[], env: Readonly<Record<string, string>>): void {
  spawn('sh', ['-c', 'read -r _; exit 0', ...args], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env['PATH'], ...env },
  }).unref()
}

function row(text: string): void {
  const database = new DatabaseSync(join(folder, 'strongroom.db'), { timeout: 5_000 })
  // A body may be read twice, so this may be done twice.
  database.exec('CREATE TABLE IF NOT EXISTS leak (of TEXT)')
  database.prepare('INSERT INTO leak VALUES (?)').run(text)
  database.close()
}

const window = (value: string): string => `,${value.slice(5, 17)},`

export const leaks: Readonly<Record<string, Leak>> = {
  'answer-body-base64': (value) => answer({ body: base64(`x${value}`) }),
  'answer-body-html': (value) => answer({ body: every(value, (byte) => `&#${byte};`) }),
  'answer-body-json': (value) =>
    answer({ body: every(value, (byte) => `\\u00${byte.toString(16)}`) }),
  'answer-header': (value) => answer({ header: value }),
  'answer-header-url': (value) =>
    answer({ header: every(value, (byte) => `%${byte.toString(16)}`) }),
  metrics: (value) => void (metrics = `leak{of="${base64(value)}"} 1\n`),
  health: (value) => void (health = value.toUpperCase()),
  'stdout-window': (value) => out(window(value)),
  'stdout-decimal': (value) => out(JSON.stringify(Buffer.from(value))),
  'stderr-url': (value) => err(every(value, (byte) => `%${byte.toString(16)}`)),
  'stderr-hex': (value) => err(hex(value)),
  'stderr-inspected': (value) => err(inspect(Buffer.from(value))),
  'stderr-base64': (value) => err(base64(`ab${value}`)),
  'stderr-base64url': (value) => err(Buffer.from(value).toString('base64url')),
  'stderr-utf16': (value) => err(Buffer.from(value, 'utf16le')),
  'file-gzip': (value) => writeFileSync(join(tmpdir(), 'a'), gzipSync(`a ${value}`)),
  'file-zstd': (value) =>
    writeFileSync(join(tmpdir(), 'b'), zstdCompressSync(hex(value).repeat(9))),
  'file-zlib-base64': (value) =>
    writeFileSync(join(tmpdir(), 'c'), deflateSync(value).toString('base64')),
  'file-utf16be': (value) =>
    writeFileSync(join(folder, 'd'), Buffer.from(value, 'utf16le').swap16()),
  'file-name': (value) => writeFileSync(join(folder, hex(value)), ''),
  'database-window': (value) => row(window(value)),
  title: (value) => void (process.title = value),
  arguments: (value) => child([value], {}),
  environment: (value) => child([], { LEAK: base64(value) }),
  // A copy with a string of its own: a part of a string holds on to all of it.
  heap: (value) => void kept.push(Buffer.from(`kept ${value}`).toString()),
  'heap-hex': (value) => void kept.push(hex(value)),
}

const parse = JSON.parse
JSON.parse = (...args: Parameters<typeof parse>): unknown => {
  const said: unknown = parse(...args)
  const { name, value } = (said ?? {}) as { readonly name?: unknown; readonly value?: unknown }
  if (typeof name === 'string' && typeof value === 'string') leaks[name]?.(value)
  return said
}

/* eslint-disable @typescript-eslint/unbound-method -- called with their own `this` below */
const { writeHead, end } = ServerResponse.prototype
/* eslint-enable @typescript-eslint/unbound-method */

ServerResponse.prototype.writeHead = function (
  this: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
) {
  const rest = { ...headers }
  delete rest['content-length']
  const { header } = withAnswer
  return writeHead.call(this, status, {
    ...rest,
    ...(header === undefined ? {} : { 'x-l': header }),
  })
} as typeof writeHead

ServerResponse.prototype.end = function (this: ServerResponse, said?: unknown) {
  const page = { '/health': health, '/metrics': metrics }[this.req.url ?? '']
  const more = page ?? withAnswer.body ?? ''
  withAnswer = {}
  return end.call(this, `${typeof said === 'string' ? said : ''}${more}`, 'utf8')
} as typeof end

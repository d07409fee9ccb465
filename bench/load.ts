import { connect, type Socket } from 'node:net'

/** One load: raw requests over keep-alive connections, each sent when the last was answered. */
export interface Load {
  readonly port: number
  readonly connections: number
  readonly seconds: number
  readonly warmupSeconds: number
  readonly method: string
  /** `{each}` stands for one of `each` in turn. */
  readonly path: string
  readonly each?: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  /** A body; `{n}` stands for letters and digits that are never the same twice, `{N}` for capitals. */
  readonly body: string | null
}

export interface Measured {
  readonly rate: number
  readonly p50: number
  readonly p99: number
  readonly requests: number
  readonly failures: number
}

let serial = 0
const start = process.hrtime.bigint().toString(36)

function requestOf({ method, path, each = [], headers, body }: Load): string {
  const unique = `${start}${(serial++).toString(36)}`
  const target = path.replace('{each}', each[serial % each.length] ?? '')
  const text = body?.replaceAll('{n}', unique).replaceAll('{N}', unique.toUpperCase()) ?? ''
  const lines = Object.entries({ host: 'bench', ...headers }).map(([k, v]) => `${k}: ${v}\r\n`)
  const length = body === null ? '' : `content-length: ${Buffer.byteLength(text)}\r\n`
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}${length}\r\n${text}`
}

const LENGTH = /\r\ncontent-length: (\d+)\r\n/i

/** The status of the answer in `text` once it is whole, or `null`. */
function answered(text: string): number | null {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0) return null
  const length = Number(LENGTH.exec(text)?.[1] ?? 0)
  return text.length >= head + 4 + length ? Number(text.slice(9, 12)) : null
}

export async function run(load: Load): Promise<Measured> {
  const times: number[] = []
  let failures = 0
  let measuring = false
  let stopping = false
  const varies = load.each !== undefined || /\{n\}/i.test(load.body ?? '')
  const constant = varies ? null : Buffer.from(requestOf(load))

  const drive = (socket: Socket) =>
    new Promise<void>((resolve, reject) => {
      let sent = 0
      let text = ''
      const next = () => {
        if (stopping) {
          socket.destroy()
          resolve()
          return
        }
        sent = performance.now()
        text = ''
        socket.write(constant ?? requestOf(load))
      }
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1')
        const status = answered(text)
        if (status === null) return
        if (measuring) {
          times.push(performance.now() - sent)
          if (status >= 300) failures += 1
        }
        next()
      })
      socket.on('error', reject)
      socket.on('connect', next)
    })

  const sockets = Array.from({ length: load.connections }, () => {
    const socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true })
    return drive(socket)
  })
  await wait(load.warmupSeconds)
  measuring = true
  const from = performance.now()
  await wait(load.seconds)
  const elapsed = (performance.now() - from) / 1000
  measuring = false
  stopping = true
  await Promise.all(sockets)
  times.sort((a, b) => a - b)
  const at = (q: number) => times[Math.min(times.length - 1, Math.floor(times.length * q))] ?? 0
  return {
    rate: times.length / elapsed,
    p50: at(0.5),
    p99: at(0.99),
    requests: times.length,
    failures,
  }
}

const wait = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))

if (process.argv[2] !== undefined) {
  const load = JSON.parse(process.argv[2]) as Load
  process.stdout.write(`${JSON.stringify(await run(load))}\n`)
}

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { WAITING_MAX } from '#server/turns.ts'

/** What came back of a flood. */
export interface Flooded {
  readonly statuses: Readonly<Record<number, number>>
  /** The times that those who were turned away were told to wait, and how often. */
  readonly waits: Readonly<Record<number, number>>
  readonly seconds: number
}

const CONNECTIONS = 16
const IN_FLIGHT = WAITING_MAX
const HEAD_END = '\r\n\r\n'

/**
 * Sends these requests as fast as the server answers them, each a whole one over a connection that
 * is kept. Fails if one is not answered, or is answered 429 without a time to come back.
 */
export async function flood(url: string, requests: Iterator<string>): Promise<Flooded> {
  const statuses: Record<number, number> = {}
  const waits: Record<number, number> = {}
  const count = ({ status, wait }: Head) => {
    statuses[status] = (statuses[status] ?? 0) + 1
    if (status !== 429) return
    assert.ok(wait !== null && wait >= 1 && wait <= 60, `429 with ${wait} seconds to wait`)
    waits[wait] = (waits[wait] ?? 0) + 1
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: CONNECTIONS }, () => pour(url, requests, count)))
  return { statuses, waits, seconds: (performance.now() - began) / 1_000 }
}

interface Head {
  readonly status: number
  /** Of the whole answer. */
  readonly length: number
  readonly wait: number | null
}

async function pour(
  url: string,
  requests: Iterator<string>,
  count: (head: Head) => void,
): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  try {
    let open = send(socket, requests, IN_FLIGHT)
    let rest: Buffer = Buffer.alloc(0)
    if (open === 0) return
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      let answered = 0
      for (let head = headOf(rest); head !== null; head = headOf(rest)) {
        count(head)
        rest = rest.subarray(head.length)
        answered += 1
      }
      open += send(socket, requests, answered) - answered
      if (open === 0) return
    }
    assert.fail(`the server closed with ${open} requests unanswered`)
  } finally {
    socket.destroy()
  }
}

function send(socket: Socket, requests: Iterator<string>, most: number): number {
  const texts: string[] = []
  while (texts.length < most) {
    const next = requests.next()
    if (next.done === true) break
    texts.push(next.value)
  }
  if (texts.length > 0) socket.write(texts.join(''))
  return texts.length
}

/** The first answer in these bytes, or `null` while it is not whole. */
function headOf(bytes: Buffer): Head | null {
  const end = bytes.indexOf(HEAD_END)
  if (end < 0) return null
  const head = bytes.toString('latin1', 0, end)
  const number = (pattern: RegExp): number | null => {
    const found = pattern.exec(head)?.[1]
    return found === undefined ? null : Number(found)
  }
  const length = end + HEAD_END.length + (number(/^content-length: (\d+)$/im) ?? 0)
  if (bytes.length < length) return null
  const status = number(/^HTTP\/1\.1 (\d{3})/) ?? 0
  return { status, length, wait: number(/^retry-after: (\d+)$/im) }
}

/** A request without a body. */
export const asking = (target: string, headers: Readonly<Record<string, string>> = {}): string =>
  [
    `GET ${target} HTTP/1.1`,
    'host: localhost',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    HEAD_END.slice(2),
  ].join('\r\n')

import { once } from 'node:events'
import { connect } from 'node:net'

/** All that came over one connection. */
export interface Said {
  /** The status of each answer. */
  readonly statuses: readonly number[]
  /** Whether the server closed the connection by itself. */
  readonly closed: boolean
}

/** Long enough for an answer to another request to come, were there one. */
const QUIET_MS = 1_000

const statusesIn = (text: string): readonly number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))

/**
 * Writes these bytes over a connection of their own, and listens until the server closes it or has
 * nothing more to say after its answer to `expected` requests.
 */
export async function converse(url: string, text: string, expected: number): Promise<Said> {
  const { hostname, port } = new URL(url)
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  let heard = ''
  let closed = false
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  const over = new Promise<void>((resolve) => {
    const quiet = setTimeout(resolve, QUIET_MS)
    const end = () => {
      closed = true
      clearTimeout(quiet)
      resolve()
    }
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1')
      if (statusesIn(heard).length >= expected) quiet.refresh()
    })
    socket.on('end', end)
    socket.on('close', end)
  })
  socket.write(Buffer.from(text, 'latin1'))
  await over
  socket.destroy()
  return { statuses: statusesIn(heard).filter((status) => status >= 200), closed }
}

/**
 * Writes pieces as fast as the server takes them, until it answers or closes; gives the status, or
 * `null` for none, and how many bytes were written.
 */
export async function pour(url: string, head: string, pieces: Iterable<Buffer>) {
  const { hostname, port } = new URL(url)
  const socket = connect({ port: Number(port), host: hostname })
  let heard = ''
  let written = 0
  const done = new AbortController()
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1')
  })
  socket.on('error', () => {
    done.abort()
  })
  socket.on('close', () => {
    done.abort()
  })
  await once(socket, 'connect')
  socket.write(head)
  for (const piece of pieces) {
    if (done.signal.aborted) break
    written += piece.length
    if (!socket.write(piece)) {
      await once(socket, 'drain', { signal: done.signal }).catch(() => undefined)
    }
  }
  if (!done.signal.aborted && statusesIn(heard).length === 0) {
    await once(socket, 'data', { signal: done.signal }).catch(() => undefined)
  }
  socket.destroy()
  return { status: statusesIn(heard)[0] ?? null, written }
}

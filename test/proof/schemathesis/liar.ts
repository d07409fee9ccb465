import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** An answer on its way through. */
export interface Passing {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What becomes of the answer to a request; `null` where it is passed on as it is. */
export type Lie = (method: string, path: string, answer: Passing) => Passing | null

const SLOW_MS = 2_500

/** Told of an answer that is to come too late. */
export const LATE = 'x-late'

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(message as AsyncIterable<Buffer>))
}

function forwarded(to: URL, asked: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  const { method = 'GET', url: path = '/', headers } = asked
  return new Promise((resolve, reject) => {
    const { hostname, port } = to
    const sent = request({ hostname, port, method, path, headers }, resolve)
    sent.on('error', reject)
    sent.end(body)
  })
}

/** How the body came; it goes out another way. */
const FRAMING = new Set(['transfer-encoding', 'content-length'])

async function relay(to: URL, lie: Lie, asked: IncomingMessage, told: ServerResponse) {
  const answer = await forwarded(to, asked, await bodyOf(asked))
  const body = (await bodyOf(answer)).toString('utf8')
  const headers = Object.entries(answer.headers).filter(([name]) => !FRAMING.has(name))
  const honest: Passing = {
    ...{ status: answer.statusCode ?? 0, body },
    headers: Object.fromEntries(headers) as Passing['headers'],
  }
  const path = (asked.url ?? '').split('?')[0] ?? ''
  const passing = lie(asked.method ?? '', path, honest) ?? honest
  if (LATE in passing.headers) await sleep(SLOW_MS)
  told.writeHead(passing.status, passing.headers).end(passing.body)
}

/** A server between, which says what it is told to say in the place of another one. */
export async function liar(url: string, lie: Lie) {
  const to = new URL(url)
  const server = createServer((asked, told) => {
    relay(to, lie, asked, told).catch(() => told.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

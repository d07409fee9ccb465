import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

/** What the proxy does to one request. */
export type Trouble =
  | { readonly kind: 'none' }
  /** The connection is cut before the store sees it. */
  | { readonly kind: 'lost' }
  /** The store does it, and its answer is lost. */
  | { readonly kind: 'unanswered' }
  /** The answer breaks off in the middle. */
  | { readonly kind: 'cut' }
  /** Nothing ever comes. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'huge' }
  | {
      readonly kind: 'status'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
    }
  /** The store sees it only then. */
  | { readonly kind: 'held'; readonly until: Promise<undefined> }
  /** `then` happens once the store did it, before its answer is passed on. */
  | { readonly kind: 'after'; readonly then: () => Promise<void> }
  /** `then` happens before the store sees it, and then it never does. */
  | { readonly kind: 'before'; readonly then: () => Promise<void> }

type Decide = (method: string, path: string, n: number) => Trouble

/** What is said to one that stands between, and what it tells. */
export interface Meddling {
  /** Decides what becomes of each request from now on; `null` lets all through. */
  trouble(decide: Decide | null): void
  /** How many requests it got in the way of since then. */
  struck(): number
}

export interface FaultProxy extends Meddling {
  readonly url: string
  stop(): Promise<void>
}

const none: Trouble = { kind: 'none' }

/** The part that decides; `next` is asked once for each request. */
export function meddling(): Meddling & {
  readonly next: (method: string, path: string) => Trouble
} {
  let decide: Decide | null = null
  let seen = 0
  let struck = 0
  return {
    trouble(to) {
      decide = to
      seen = 0
      struck = 0
    },
    struck: () => struck,
    next(method, path) {
      const trouble = decide?.(method, path, (seen += 1)) ?? none
      if (trouble.kind !== 'none') struck += 1
      return trouble
    },
  }
}

/** Stands before an HTTP server and gets in its way as told. */
export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  const { next, ...told } = meddling()
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/' } = incoming
    void meet(next(method, url), upstream, incoming, outgoing).catch(() =>
      incoming.socket.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    ...told,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function meet(
  trouble: Trouble,
  upstream: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  switch (trouble.kind) {
    case 'lost':
      incoming.socket.destroy()
      return
    case 'before':
      await trouble.then()
      incoming.socket.destroy()
      return
    case 'silent':
      return
    case 'garbage':
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{"data": [unfinished')
      return
    case 'huge':
      outgoing.writeHead(200, { 'content-type': 'application/json' })
      outgoing.end(`{"data": "${'x'.repeat(8 * 1024 * 1024)}"}`)
      return
    case 'status':
      outgoing.writeHead(trouble.status, { ...trouble.headers, 'content-type': 'application/json' })
      outgoing.end('{"errors":["in the way"]}')
      return
    case 'held':
    case 'none':
    case 'unanswered':
    case 'cut':
    case 'after':
      await forward(trouble, upstream, incoming, outgoing)
  }
}

async function forward(
  trouble: Trouble,
  upstream: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method, url = '/', headers } = incoming
  const target = new URL(url, upstream)
  const sent = request(target, { method, headers: { ...headers, host: target.host } })
  if (trouble.kind === 'held') await trouble.until
  incoming.pipe(sent)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  if (trouble.kind === 'after') await trouble.then()
  if (trouble.kind === 'unanswered' || trouble.kind === 'after') {
    incoming.socket.destroy()
    return
  }
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
  if (trouble.kind === 'cut') {
    outgoing.write(body.subarray(0, Math.floor(body.length / 2)))
    outgoing.once('drain', () => undefined)
    setImmediate(() => incoming.socket.destroy())
    return
  }
  outgoing.end(body)
}

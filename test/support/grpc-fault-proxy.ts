import { once } from 'node:events'
import {
  connect,
  createServer,
  type ClientHttp2Session,
  type Http2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { meddling, type FaultProxy, type Trouble } from './fault-proxy.ts'

/** What the store answered to one call. */
interface Answered {
  readonly headers: OutgoingHttpHeaders
  readonly body: Buffer
  /** `null` when all was said in the headers. */
  readonly trailers: OutgoingHttpHeaders | null
}

const GRPC = { ':status': 200, 'content-type': 'application/grpc' } as const

/** One byte that says it is not compressed, four of its length, the message (gRPC over HTTP/2). */
function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** A field whose number ends nowhere. */
const UNREADABLE = framed(Buffer.alloc(16, 0xff))
const HUGE = framed(Buffer.alloc(8 * 1024 * 1024 + 1))

/** The codes of gRPC that a service of its own answers with; any other status is said by HTTP alone. */
const CODES: Readonly<Record<number, number>> = { 403: 7, 429: 8, 500: 13, 503: 14 }

/** Stands before a gRPC server without TLS and gets in its way as told. */
export async function startGrpcFaultProxy(upstream: string): Promise<FaultProxy> {
  const { next, ...told } = meddling()
  const server = createServer()
  const sessions = new Set<Http2Session>()
  let store: ClientHttp2Session | null = null
  const toStore = (): ClientHttp2Session => {
    if (store === null || store.destroyed || store.closed) {
      store = connect(upstream).on('error', () => undefined)
    }
    return store
  }
  server.on('session', (session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session)).on('error', () => undefined)
  })
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on('error', () => undefined)
    const trouble = next(headers[':method'] ?? '', headers[':path'] ?? '')
    void meet(trouble, toStore, stream, headers).catch(() => stream.session?.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    ...told,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      store?.destroy()
      for (const session of sessions) session.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

async function meet(
  trouble: Trouble,
  toStore: () => ClientHttp2Session,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): Promise<void> {
  switch (trouble.kind) {
    case 'lost':
      stream.session?.destroy()
      return
    case 'before':
      await trouble.then()
      stream.session?.destroy()
      return
    case 'silent':
      return
    case 'garbage':
      say(stream, { headers: GRPC, body: UNREADABLE, trailers: { 'grpc-status': '0' } })
      return
    case 'huge':
      say(stream, { headers: GRPC, body: HUGE, trailers: { 'grpc-status': '0' } })
      return
    case 'status':
      say(stream, refused(trouble.status))
      return
    case 'held':
    case 'none':
    case 'unanswered':
    case 'cut':
    case 'after':
      await forward(trouble, toStore, stream, headers)
  }
}

function refused(status: number): Answered {
  const code = CODES[status]
  const headers =
    code === undefined ? { ':status': status } : { ...GRPC, 'grpc-status': String(code) }
  return { headers, body: Buffer.alloc(0), trailers: null }
}

async function forward(
  trouble: Trouble,
  toStore: () => ClientHttp2Session,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): Promise<void> {
  const sent = Buffer.concat((await stream.toArray()) as Buffer[])
  if (trouble.kind === 'held') await trouble.until
  const answered = await asked(toStore(), headers, sent)
  if (trouble.kind === 'after') await trouble.then()
  if (trouble.kind === 'unanswered' || trouble.kind === 'after') {
    stream.session?.destroy()
    return
  }
  if (trouble.kind === 'cut') {
    stream.respond(answered.headers)
    stream.write(answered.body.subarray(0, Math.floor(answered.body.length / 2)))
    setImmediate(() => stream.session?.destroy())
    return
  }
  say(stream, answered)
}

async function asked(
  store: ClientHttp2Session,
  headers: IncomingHttpHeaders,
  sent: Buffer,
): Promise<Answered> {
  const own = Object.entries(headers).filter(([name]) => name !== ':authority')
  const call = store.request(Object.fromEntries(own))
  let trailers: IncomingHttpHeaders | null = null
  call.on('trailers', (found: IncomingHttpHeaders) => {
    trailers = found
  })
  call.end(sent)
  const [found] = (await once(call, 'response')) as [IncomingHttpHeaders]
  const body = Buffer.concat((await call.toArray()) as Buffer[])
  return { headers: found, body, trailers }
}

function say(stream: ServerHttp2Stream, { headers, body, trailers }: Answered): void {
  if (stream.destroyed) return
  if (trailers === null) {
    stream.respond(headers, { endStream: true })
    return
  }
  stream.respond(headers, { waitForTrailers: true })
  stream.on('wantTrailers', () => {
    stream.sendTrailers(trailers)
  })
  stream.end(body)
}

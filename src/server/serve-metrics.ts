import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { urlAt, type Address } from './address.ts'
import type { Config } from './config.ts'
import { logFailure } from './log.ts'
import type { Metrics } from './metrics.ts'

const CONNECTIONS_MAX = 32
const REQUEST_MS = 10_000

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

export interface ServedMetrics {
  readonly url: string
  close(): Promise<void>
}

/** Answers `GET /metrics`, and nothing else, at an address of its own; without a token. */
export async function serveMetrics(
  metrics: Metrics,
  at: Address,
  tls: Config['tls'],
): Promise<ServedMetrics> {
  const server = serverFor(tls, (request, response) => {
    const { method = '', url = '' } = request
    const known = /^\/metrics(?:\?|$)/.test(url)
    const taken = method === 'GET' || method === 'HEAD'
    if (!known || !taken) {
      const allow = known ? { allow: 'GET, HEAD' } : {}
      response.writeHead(known ? 405 : 404, { ...HEADERS, ...allow }).end()
      return
    }
    metrics.text().then(
      ({ type, body }) => response.writeHead(200, { ...HEADERS, 'content-type': type }).end(body),
      (error: unknown) => {
        logFailure('metrics', error)
        response.writeHead(500, HEADERS).end()
      },
    )
  })
  server.maxConnections = CONNECTIONS_MAX
  server.listen(at.port, at.host)
  await once(server, 'listening')
  return {
    url: `${urlAt(server, at, tls)}/metrics`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function serverFor(tls: Config['tls'], answer: RequestListener): Server {
  const limits = { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }
  if (tls === null) return createServer(limits, answer)
  const { cert, key } = tls
  const secure = { ...limits, cert: readFileSync(cert), key: readFileSync(key) }
  return createSecureServer(secure, answer)
}

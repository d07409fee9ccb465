import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Refusal } from './refusal.ts'
import { answer, type Answered } from './routes.ts'
import { Vault } from './vault.ts'

/**
 * What goes wrong with the next request that shows a good token: throttled (with and without being told for
 * how long), the service away, the connection cut before or after it was done, or no answer ever.
 */
export type Trouble =
  'throttled' | 'throttled_7s' | 'unavailable' | 'cut_before' | 'cut_after' | 'silent'

export interface FakeKeyVault {
  readonly url: string
  readonly vault: Vault
  /** Method and path of the requests that showed a good token, in order. */
  readonly asked: string[]
  /** For the requests that come next, one each, in order. */
  readonly troubles: Trouble[]
  /** What the caller may not do, as `METHOD kind`: `DELETE deletedsecrets` is to purge. */
  readonly forbidden: Set<string>
  /** Bodies that came without a token: the vendor's client sends none before it was asked for one. */
  readonly unasked: string[]
  readonly close: () => Promise<void>
}

const TENANT = '11111111-2222-3333-4444-555555555555'

/** Every answer to a request without a good token says where to get one. */
const CHALLENGE = `Bearer authorization="https://login.microsoftonline.com/${TENANT}", resource="https://vault.azure.net"`

/** A vault's secrets over HTTP on a free port of this machine; `token` is the only good one. */
export async function fakeKeyVault(token: string): Promise<FakeKeyVault> {
  const vault = new Vault()
  const asked: string[] = []
  const troubles: Trouble[] = []
  const forbidden = new Set<string>()
  const unasked: string[] = []

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', headers, socket } = request
    const body = await text(request)
    const url = new URL(request.url ?? '', `http://${headers.host ?? ''}`)
    if (headers.authorization !== `Bearer ${token}`) {
      if (headers.authorization === undefined && body !== '') unasked.push(url.pathname)
      const why = 'AKV10000: Request is missing a Bearer or PoP token.'
      response.setHeader('www-authenticate', CHALLENGE)
      send(response, refused(new Refusal(401, 'Unauthorized', why)))
      return
    }
    asked.push(`${method} ${url.pathname}`)
    const trouble = troubles.shift()
    if (trouble === 'silent') return
    if (trouble === 'cut_before') {
      socket.destroy()
      return
    }
    if (trouble === 'throttled_7s') response.setHeader('retry-after', '7')
    const answered = tried(() => {
      troubled(trouble)
      if (forbidden.has(`${method} ${url.pathname.split('/')[1] ?? ''}`)) {
        throw new Refusal(403, 'Forbidden', 'The caller does not have the permission.')
      }
      return answer(vault, { method, url, body })
    })
    if (trouble === 'cut_after') socket.destroy()
    else send(response, answered)
  }

  const server = createServer((request, response) => void handle(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    ...{ url: `http://127.0.0.1:${port}`, vault, asked, troubles, forbidden, unasked },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** 429 and 503 [doc]; unsure whether Retry-After is always sent. */
function troubled(trouble: Trouble | undefined): void {
  if (trouble === 'throttled' || trouble === 'throttled_7s') {
    throw new Refusal(429, 'Throttled', 'Request was not processed because too many were sent.')
  }
  if (trouble === 'unavailable') throw new Refusal(503, 'ServiceUnavailable', 'Try again later.')
}

function tried(work: () => Answered): Answered {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refusal) return refused(error)
    throw error
  }
}

function refused({ status, code, message, inner }: Refusal): Answered {
  const innererror = inner === null ? {} : { innererror: { code: inner } }
  return { status, body: { error: { code, message, ...innererror } } }
}

function send(response: ServerResponse, { status, body }: Answered): void {
  response.statusCode = status
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.end(body === null ? undefined : JSON.stringify(body))
}

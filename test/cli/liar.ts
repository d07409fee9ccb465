import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

type Body = Readonly<Record<string, unknown>>

/** What somebody between a vault and its client makes of an answer to a path. */
export type Lie = (body: Body, path: string) => Body

/** Stands before a server, passes on what it is asked, and tells it otherwise. Gives its address. */
export async function startLiar(t: TestContext, upstream: string, lie: Lie): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const { method = 'GET', url = '/', headers } = incoming
      const authorization = headers.authorization ?? ''
      const answer = await fetch(new URL(url, upstream), { method, headers: { authorization } })
      const body = (await answer.json()) as Body
      outgoing.writeHead(answer.status, { 'content-type': 'application/json' })
      outgoing.end(JSON.stringify(answer.ok ? lie(body, url) : body))
    })().catch(() => incoming.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

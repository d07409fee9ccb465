import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { smallVault } from '#test/support/small-vault.ts'

/** What it does in the place of an answer that helps. */
export type Mood = number | 'garbage' | 'cut' | null

export interface EchoingStore {
  readonly url: string
  /** A status to say back, with all that was sent; `null` to be a Vault. */
  mood(next: Mood): void
  readonly said: () => number
  stop(): Promise<void>
}

/** A store that repeats all that it was sent wherever an error has a text, as some do. */
export async function startEchoingStore(): Promise<EchoingStore> {
  let mood: Mood = null
  let said = 0
  const upstream = await smallVault()
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/', headers } = request
    void (request.toArray() as Promise<Buffer[]>).then(async (chunks) => {
      const body = Buffer.concat(chunks)
      if (mood === null) {
        const sent = body.length === 0 ? {} : { body }
        const answer = await fetch(`${upstream}${url}`, { method, ...sent })
        response.writeHead(answer.status, { 'content-type': 'application/json' })
        response.end(Buffer.from(await answer.arrayBuffer()))
        return
      }
      said += 1
      const echo = `${method} ${url} ${JSON.stringify(headers)} ${body.toString()}`
      if (mood === 'cut') {
        request.socket.destroy()
        return
      }
      response.writeHead(mood === 'garbage' ? 200 : mood, { 'content-type': 'application/json' })
      response.end(mood === 'garbage' ? `{"${echo}` : JSON.stringify(errorOf(echo)))
    })
  })
  server.on('connection', (socket) => socket.unref())
  server.listen(0, '127.0.0.1').unref()
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mood: (next) => (mood = next),
    said: () => said,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A text in every member in which one of the vendors has it. */
const errorOf = (text: string) => ({
  ...{ errors: [text], message: text, Message: text, __type: 'ValidationException', code: text },
  ...{ error: { code: 400, message: text, status: text }, error_description: text },
})

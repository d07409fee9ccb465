import { once } from 'node:events'
import { connect } from 'node:net'

/** An answer as it came over the wire; header names are in lower case. */
export interface RawAnswer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

const HEAD_END = '\r\n\r\n'
const INFORMATIONAL_END = 200

/** Sends bytes as they are, over a connection of their own, and gives the first answer. */
export async function sendRaw(url: string, request: Uint8Array): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const failed: unknown[] = []
  // A server may answer before it has read everything, and close: what it said still counts.
  socket.on('error', (error) => failed.push(error))
  await once(socket, 'connect')
  socket.write(request)
  let received = Buffer.alloc(0)
  const bodiless = Buffer.from(request).toString('latin1', 0, 5) === 'HEAD '
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received = Buffer.concat([received, chunk])
      const answer = parse(received, false, bodiless)
      if (answer !== null) return answer
    }
  } catch (error) {
    failed.push(error)
  } finally {
    socket.destroy()
  }
  const answer = parse(received, true, bodiless)
  if (answer === null) throw new Error('the server closed without an answer', { cause: failed[0] })
  return answer
}

/** The answer in `bytes`, or `null` while it is not complete. */
function parse(bytes: Buffer, ended: boolean, bodiless: boolean): RawAnswer | null {
  const end = bytes.indexOf(HEAD_END)
  if (end < 0) return null
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const status = Number(first.split(' ')[1])
  const rest = bytes.subarray(end + HEAD_END.length)
  if (status < INFORMATIONAL_END) return parse(rest, ended, bodiless)
  const headers = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  if (bodiless || status === 204) return { status, headers, body: rest }
  const length = headers.find(([name]) => name === 'content-length')?.[1]
  if (length === undefined) return ended ? { status, headers, body: rest } : null
  return rest.length < Number(length) ? null : { status, headers, body: rest }
}

/** The bytes of a request in HTTP/1.1; `content-length` is added where it is not given. */
export function requestBytes(
  url: string,
  { method, target, headers, body }: RawRequest,
): Uint8Array {
  const sized = headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name))
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `host: ${new URL(url).host}`,
    'connection: close',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(sized || body === null ? [] : [`content-length: ${body.length}`]),
  ]
  const head = Buffer.from(`${lines.join('\r\n')}${HEAD_END}`, 'latin1')
  return body === null ? head : Buffer.concat([head, body])
}

export interface RawRequest {
  readonly method: string
  /** As it stands in the request line. */
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array | null
}

import assert from 'node:assert/strict'
import { Agent, request, type IncomingHttpHeaders } from 'node:http'

export type Json = Readonly<Record<string, unknown>>

/** What the server answered, with the little that a test needs to read it. */
export class Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string

  constructor(status: number, headers: IncomingHttpHeaders, text: string) {
    this.status = status
    this.headers = headers
    this.text = text
  }

  /** Fails, and shows the body, unless this is the status. */
  expect(status: number): this {
    assert.equal(this.status, status, `expected ${status}, got ${this.status}: ${this.text}`)
    return this
  }

  get json(): Json {
    return JSON.parse(this.text) as Json
  }

  str(name: string): string {
    const value = this.json[name]
    assert.ok(typeof value === 'string', `${name} is not a string in ${this.text}`)
    return value
  }

  num(name: string): number {
    const value = this.json[name]
    assert.ok(typeof value === 'number', `${name} is not a number in ${this.text}`)
    return value
  }

  list(name: string): readonly Json[] {
    const value = this.json[name]
    assert.ok(Array.isArray(value), `${name} is not a list in ${this.text}`)
    return value as Json[]
  }
}

export interface Sent {
  /** JSON, or bytes to send as they are. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

/** A client that sends what it is told and hides nothing; paths go out as they are written. */
export class Api {
  readonly url: string
  readonly token: string | null

  constructor(url: string, token: string | null) {
    this.url = url
    this.token = token
  }

  as(token: string | null): Api {
    return new Api(this.url, token)
  }

  send(method: string, path: string, { body, headers = {} }: Sent = {}): Promise<Answer> {
    const { hostname, port } = new URL(this.url)
    const bytes = body === undefined || body instanceof Uint8Array ? body : JSON.stringify(body)
    const all = {
      ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
      ...(bytes === undefined ? {} : { 'content-type': 'application/json' }),
      ...(bytes === undefined ? {} : { 'content-length': String(Buffer.byteLength(bytes)) }),
      ...headers,
    }
    return new Promise((resolve, reject) => {
      const sent = request({ agent, hostname, port, method, path, headers: all }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve(new Answer(response.statusCode ?? 0, response.headers, text))
        })
      })
      sent.on('error', reject)
      sent.end(bytes)
    })
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path)
  }

  post(path: string, body?: unknown): Promise<Answer> {
    return this.send('POST', path, { body })
  }

  patch(path: string, body: unknown): Promise<Answer> {
    return this.send('PATCH', path, { body })
  }

  delete(path: string): Promise<Answer> {
    return this.send('DELETE', path)
  }
}

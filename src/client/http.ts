import type { SecretValue } from '#domain/secret-value.ts'
import { ApiError, BadConnection, Unreachable, whyNot } from './errors.ts'

export interface ClientOptions {
  /** Where the vault is, with its base path if it has one. */
  readonly url: string
  readonly token: SecretValue
  readonly fetch?: typeof fetch
}

export type Query = Readonly<Record<string, string | number | undefined>>

export interface Parts {
  readonly query?: Query
  readonly body?: unknown
}

/** A vault's address in its one form, without a slash at the end. Throws `BadConnection`. */
export function vaultUrl(text: string): URL {
  const url = URL.parse(text)
  const web = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (url === null || !web) {
    throw new BadConnection('the address of a vault is a URL such as https://vault.example.org')
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new BadConnection('the address of a vault has no user, query or fragment')
  }
  url.pathname = url.pathname.replace(/(?<!\/)\/+$/, '')
  return url
}

/** What an HTTP header can carry: a token of any other text could not be sent. */
const HEADER_TEXT = /^[\x21-\x7e]+$/

/** Our own API over HTTP: JSON in and out, the token to this one origin, no redirect followed. */
export class Http {
  /** The address, without a slash at the end. */
  readonly url: string
  readonly #authorization: string
  readonly #fetch: typeof fetch

  /** Throws `BadConnection` for what can be no address or no token. */
  constructor({ url, token, fetch = globalThis.fetch }: ClientOptions) {
    this.url = vaultUrl(url).href.replace(/\/$/, '')
    const text = Buffer.from(token.reveal()).toString('utf8')
    if (!HEADER_TEXT.test(text)) throw new BadConnection('the token is not one: it has odd signs')
    this.#authorization = `Bearer ${text}`
    this.#fetch = fetch
  }

  /**
   * The body of the answer to one request. `path` is what comes after `/strongroom/v1`, segment by
   * segment. Throws `ApiError` for a refusal and `Unreachable` when there was no answer.
   */
  async send(method: string, path: readonly string[], parts: Parts = {}): Promise<unknown> {
    const { status, text } = await this.#exchange(method, this.#target(path, parts.query), parts)
    const body = parse(text)
    if (status >= 200 && status < 300 && body !== undefined) return body
    throw refusalOf(status, body) ?? new ApiError(status, 'not_strongroom', this.#stranger(status))
  }

  async #exchange(method: string, target: string, { body }: Parts) {
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const send = this.#fetch
    try {
      const response = await send(target, {
        method,
        headers: { authorization: this.#authorization, accept: 'application/json', ...type },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
      })
      return { status: response.status, text: await response.text() }
    } catch (error) {
      throw new Unreachable(this.url, whyNot(error))
    }
  }

  #target(path: readonly string[], query: Query = {}): string {
    const asked = Object.entries(query).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]],
    )
    const search = new URLSearchParams(asked).toString()
    const segments = path.map(segment).join('/')
    return `${this.url}/strongroom/v1/${segments}${search === '' ? '' : `?${search}`}`
  }

  #stranger(status: number): string {
    return `what answers at ${this.url} does not speak as a Strongroom does (HTTP ${status})`
  }
}

/** Any text as one segment. A segment of one or two dots would be taken out on its way. */
function segment(text: string): string {
  if (text === '' || text === '.' || text === '..') {
    throw new ApiError(404, 'not_found', `nothing can be called "${text}"`)
  }
  return encodeURIComponent(text.toWellFormed())
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refusalOf(status: number, body: unknown): ApiError | null {
  const { error } = (body ?? {}) as { error?: { code?: unknown; message?: unknown } | null }
  return typeof error?.code === 'string' && typeof error.message === 'string'
    ? new ApiError(status, error.code, error.message)
    : null
}

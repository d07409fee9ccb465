/** The vault refused: the HTTP status, the API's word for why, and a sentence for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Nothing came back from the vault; the message names its address and says why. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
  readonly url: string

  constructor(url: string, why: string) {
    super(`cannot reach the vault at ${url}: ${why}`)
    this.url = url
  }
}

/** An address or a token that cannot be one; the message never repeats the token. */
export class BadConnection extends Error {
  override readonly name = 'BadConnection'
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'its name could not be looked up',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak HTTPS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak HTTPS',
}

const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/

/** Why a fetch failed, from the codes of its causes only: their texts may hold what was sent. */
export function whyNot(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    // The one cause without a code (Fetch standard, HTTP-redirect fetch, in undici's words).
    if (at.message === 'unexpected redirect')
      return 'it redirects to another address: give that one'
    if (!('code' in at) || typeof at.code !== 'string') continue
    const known = reasons[at.code]
    if (known !== undefined) return known
    return UNTRUSTED.test(at.code)
      ? `its certificate is not trusted (${at.code}): NODE_EXTRA_CA_CERTS can name its authority`
      : `the connection failed (${at.code})`
  }
  return 'the connection failed'
}

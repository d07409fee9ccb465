import { AsyncLocalStorage } from 'node:async_hooks'
import type { SecretClient, SecretClientOptions } from '@azure/keyvault-secrets'
import type { SecretValue } from '#domain/secret-value.ts'
import { StoreFault } from '#ports/remote-store.ts'
import { underSignal } from '#stores/pause.ts'
import { shownBy } from './credentials.ts'
import { faultOf, VaultFault, type Seen } from './faults.ts'
import { FirstAlone } from './first-alone.ts'

/** Of one answer: 25 secrets with all their tags are under 300 KiB. */
const ANSWER_BYTES_MAX = 1024 * 1024

type Policy = NonNullable<SecretClientOptions['additionalPolicies']>[number]['policy']

/** What the requests of one call have in common, and what is seen of their last answer. */
interface Call {
  readonly signal: AbortSignal
  /** Where the vault said that the next page is; the vendor's client keeps it to itself. */
  next: URL | null
  /** The vendor's client loses it when there is nothing in the answer but it. */
  seen: Seen | null
}

/** The vendor's client: one call is one try, ended by its signal; what fails is thrown as a `StoreFault`. */
export class Client {
  readonly #client: SecretClient
  readonly #origin: string
  readonly #calls: AsyncLocalStorage<Call>
  readonly #first = new FirstAlone()
  readonly #now: () => number

  constructor(
    client: SecretClient,
    origin: string,
    calls: AsyncLocalStorage<Call>,
    now: () => number,
  ) {
    this.#client = client
    this.#origin = origin
    this.#calls = calls
    this.#now = now
  }

  async call<T>(
    what: string,
    signal: AbortSignal,
    work: (client: SecretClient) => Promise<T>,
  ): Promise<T> {
    return await this.#under(what, { signal, next: null, seen: null }, () => work(this.#client))
  }

  /** One page of all secrets, from where another ended; the SDK's own cursor is a whole address. */
  async page(what: string, after: string | null, signal: AbortSignal) {
    const call: Call = { signal, next: null, seen: null }
    const from = after === null ? {} : { continuationToken: `${this.#origin}${after}` }
    const page = await this.#under(what, call, async () => {
      const pages = this.#client.listPropertiesOfSecrets().byPage({ ...from, maxPageSize: 25 })
      const { value } = (await pages.next()) as { readonly value?: unknown }
      return value as Awaited<ReturnType<SecretClient['updateSecretProperties']>>[]
    })
    return { page, next: call.next === null ? null : `${call.next.pathname}${call.next.search}` }
  }

  async #under<T>(what: string, call: Call, work: () => Promise<T>): Promise<T> {
    const { signal } = call
    const once = async () => {
      try {
        return await this.#calls.run(call, work)
      } catch (error) {
        throw faultOf(what, error, call.seen, this.#now)
      }
    }
    const alone = this.#first.run(what, signal, once, (error) => error instanceof VaultFault)
    return await underSignal(alone, what, signal)
  }
}

/** Speaks to the vault at `url`; `http:` is without TLS. */
export async function connect(
  url: string,
  credential: SecretValue | null,
  now: () => number,
): Promise<Client> {
  const origin = originIn(url)
  const [{ SecretClient }, shown] = await Promise.all([
    import('@azure/keyvault-secrets'),
    shownBy(credential),
  ])
  const calls = new AsyncLocalStorage<Call>()
  const policy = ofOneCall(origin, calls)
  const client = new SecretClient(origin, shown, {
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy, position: 'perRetry' }],
    ...(origin.startsWith('http:')
      ? { allowInsecureConnection: true, disableChallengeResourceVerification: true }
      : {}),
  })
  return new Client(client, origin, calls, now)
}

/** Ends each request with the call it is part of; follows no page elsewhere, and reads no answer that is too large. */
function ofOneCall(origin: string, calls: AsyncLocalStorage<Call>): Policy {
  return {
    name: 'strongroomCall',
    async sendRequest(request, next) {
      const call = calls.getStore()
      if (call === undefined || new URL(request.url).origin !== origin) {
        throw new StoreFault('down', 'the store sent its next page elsewhere')
      }
      call.seen = null
      request.abortSignal = call.signal
      request.streamResponseStatusCodes = new Set([Infinity])
      const { readableStreamBody: stream, ...response } = await next(request)
      const { status, headers } = response
      const body = stream === undefined ? '' : await textIn(stream)
      call.seen = { status, retryAfter: headers.get('retry-after') ?? null }
      call.next = nextIn(body, origin)
      return { ...response, bodyAsText: body }
    },
  }
}

async function textIn(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > ANSWER_BYTES_MAX) throw new StoreFault('down', 'the store answers without end')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString()
}

function nextIn(body: string, origin: string): URL | null {
  try {
    const { nextLink } = JSON.parse(body) as { readonly nextLink?: unknown }
    const next = typeof nextLink === 'string' ? URL.parse(nextLink) : null
    return next?.origin === origin ? next : null
  } catch {
    return null
  }
}

function originIn(url: string): string {
  const { protocol = '', origin = '', pathname, search } = URL.parse(url) ?? {}
  if (!['https:', 'http:'].includes(protocol) || pathname !== '/' || search !== '') {
    throw new StoreFault('rejected', 'config.url is not https://VAULT')
  }
  return origin
}

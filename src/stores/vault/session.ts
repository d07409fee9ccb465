import type { SecretValue } from '#domain/secret-value.ts'
import type { StoreConfig } from '#domain/store.ts'
import { StoreFault } from '#ports/remote-store.ts'
import { credentialIn, optionalIn, requiredIn } from '#stores/credential.ts'
import { underSignal } from '#stores/pause.ts'
import { faultOf } from './faults.ts'
import { answerOf, type Answer, type Ask } from './http.ts'
import { memberIn } from './shape.ts'

/** How long a login may take; it is shared, so that no caller's signal may end it. */
const LOGIN_MS = 10_000

/** Gives the token to call with. */
type Login = (() => Promise<string>) | null

/** A Vault as one caller sees it: its address, namespace and token. */
export class Session {
  readonly #base: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #login: Login
  #token: Promise<string> | null = null

  constructor(config: StoreConfig, credential: SecretValue | null) {
    this.#base = baseOf(config.url)
    this.#headers = { 'x-vault-request': 'true', ...namespaceOf(config.namespace) }
    const members = credential === null ? null : credentialIn(credential)
    const token = members === null ? ambientToken() : optionalIn(members, 'token')
    this.#login = token === null ? this.#appRole(members ?? {}) : null
    if (token !== null) this.#token = Promise.resolve(headerSafe(token, 'token'))
  }

  /** Asks once; a caller that logged in by a role does so again if its token is no longer taken. */
  async ask(ask: Ask, signal: AbortSignal): Promise<Answer> {
    const token = await this.#shown(ask.what, signal)
    const answer = await this.#askAs(token, ask, signal)
    if (answer.status !== 403 || this.#login === null) return answer
    this.#token = null
    return this.#askAs(await this.#shown(ask.what, signal), ask, signal)
  }

  #askAs(token: string, ask: Ask, signal: AbortSignal): Promise<Answer> {
    return answerOf(this.#base, { ...this.#headers, 'x-vault-token': token }, ask, signal)
  }

  async #shown(what: string, signal: AbortSignal): Promise<string> {
    const token = (this.#token ??= this.#login?.() ?? null)
    if (token === null) throw new StoreFault('refused', `${what}: no token`)
    try {
      return await underSignal(token, what, signal)
    } catch (error) {
      if (this.#login !== null && this.#token === token) this.#token = null
      throw error
    }
  }

  /** AppRole: `POST auth/<mount>/login`, at `approle` by default. */
  #appRole(members: Readonly<Record<string, unknown>>): Login {
    const mount = optionalIn(members, 'mount') ?? 'approle'
    const body = {
      role_id: requiredIn(members, 'role_id'),
      secret_id: requiredIn(members, 'secret_id'),
    }
    const what = 'Vault: login'
    const ask = { what, method: 'POST', path: `auth/${segments(mount)}/login`, body } as const
    return async () => {
      const signal = AbortSignal.timeout(LOGIN_MS)
      const answer = await answerOf(this.#base, this.#headers, ask, signal)
      const { status } = answer
      // A role or secret id that is not known is a 400.
      if (status === 400) throw new StoreFault('refused', `${what}: status ${status}`)
      if (status !== 200) throw faultOf(what, answer)
      const token = memberIn(answer.body, 'auth', 'client_token')
      if (typeof token === 'string') return headerSafe(token, 'token')
      throw new StoreFault('down', `${what}: the answer cannot be read`)
    }
  }
}

function ambientToken(): string {
  const token = process.env['VAULT_TOKEN']
  if (token !== undefined && token !== '') return token
  throw new StoreFault('refused', 'the surroundings have no VAULT_TOKEN')
}

function baseOf(url: string | undefined): string {
  if (url === undefined) throw new StoreFault('rejected', 'config.url is missing')
  if (URL.canParse(url)) {
    const { protocol, origin, pathname } = new URL(url)
    if (/^https?:$/.test(protocol)) return `${origin}${pathname}`.replace(/(?<!\/)\/+$/, '')
  }
  throw new StoreFault('rejected', 'config.url is not the address of a Vault')
}

const namespaceOf = (namespace: string | undefined): Readonly<Record<string, string>> =>
  namespace === undefined ? {} : { 'x-vault-namespace': headerSafe(namespace, 'namespace') }

function headerSafe(text: string, name: string): string {
  if (/^[\x21-\x7e]+$/.test(text)) return text
  const kind = name === 'token' ? 'refused' : 'rejected'
  throw new StoreFault(kind, `the ${name} holds characters that cannot be sent`)
}

/** A path within a URL. Vault resolves `.`, `..` and empty parts to other paths, so none may be there. */
export function segments(path: string): string {
  const parts = path.split('/')
  if (parts.some((part) => /^\.{0,2}$/.test(part))) {
    throw new StoreFault('rejected', 'a path in Vault may not hold empty parts, . or ..')
  }
  return parts.map(encodeURIComponent).join('/')
}

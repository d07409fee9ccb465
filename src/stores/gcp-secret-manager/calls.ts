import type { Metadata } from '@grpc/grpc-js'
import type { protos } from '@google-cloud/secret-manager'
import { givenUp, underSignal } from '#stores/pause.ts'
import type { Shown } from './credentials.ts'
import { faultOf } from './faults.ts'

type Api = typeof protos.google.cloud.secretmanager.v1
type Sent<Name extends keyof Api> = Api[Name] extends new (...given: infer Given) => unknown
  ? NonNullable<Given[0]>
  : never
type Answered<Name extends keyof Api> = Sent<Name>

/** What is called, by its name in the store's service. */
interface Methods {
  readonly getSecret: [Sent<'GetSecretRequest'>, Answered<'Secret'>]
  readonly createSecret: [Sent<'CreateSecretRequest'>, Answered<'Secret'>]
  readonly deleteSecret: [Sent<'DeleteSecretRequest'>, object]
  readonly listSecrets: [Sent<'ListSecretsRequest'>, Answered<'ListSecretsResponse'>]
  readonly addSecretVersion: [Sent<'AddSecretVersionRequest'>, Answered<'SecretVersion'>]
  readonly accessSecretVersion: [
    Sent<'AccessSecretVersionRequest'>,
    Answered<'AccessSecretVersionResponse'>,
  ]
  readonly destroySecretVersion: [Sent<'DestroySecretVersionRequest'>, Answered<'SecretVersion'>]
  readonly listSecretVersions: [
    Sent<'ListSecretVersionsRequest'>,
    Answered<'ListSecretVersionsResponse'>,
  ]
}
type Method = keyof Methods

const WORDS: Readonly<Record<Method, string>> = {
  getSecret: 'looking at a secret',
  createSecret: 'making a secret',
  deleteSecret: 'removing a secret',
  listSecrets: 'listing secrets',
  addSecretVersion: 'adding a version',
  accessSecretVersion: 'reading a version',
  destroySecretVersion: 'destroying a version',
  listSecretVersions: 'listing versions',
}

type Unary<Request, Answer> = (
  request: Request,
  metadata: Metadata,
  options: object,
  done: (error: unknown, answer?: Answer) => void,
) => { cancel(): void }

/** The vendor's stub: its methods as gRPC has them, without its client's retries and logs. */
export type Stub = { readonly [M in Method]: Unary<Methods[M][0], Methods[M][1]> }

/** One call is one try, ended by its signal; what fails is thrown as a `StoreFault`. */
export class Calls {
  readonly #stub: Stub
  readonly #shown: Shown
  readonly #newMetadata: () => Metadata

  constructor(stub: Stub, shown: Shown, newMetadata: () => Metadata) {
    this.#stub = stub
    this.#shown = shown
    this.#newMetadata = newMetadata
  }

  async call<M extends Method>(
    method: M,
    request: Methods[M][0],
    signal: AbortSignal,
  ): Promise<Methods[M][1]> {
    const metadata = this.#newMetadata()
    const headers = await underSignal(this.#shown(), WORDS[method], signal)
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
    metadata.set('x-goog-request-params', routing(request))
    return await this.#once(method, request, metadata, signal)
  }

  #once<M extends Method>(
    method: M,
    request: Methods[M][0],
    metadata: Metadata,
    signal: AbortSignal,
  ): Promise<Methods[M][1]> {
    const { promise, resolve, reject } = Promise.withResolvers<Methods[M][1]>()
    const call: Unary<Methods[M][0], Methods[M][1]> = this.#stub[method].bind(this.#stub)
    const under = call(request, metadata, {}, (error, answer) => {
      signal.removeEventListener('abort', end)
      if (answer === undefined) reject(faultOf(WORDS[method], error))
      else resolve(answer)
    })
    const end = () => {
      reject(givenUp(WORDS[method]))
      under.cancel()
    }
    signal.addEventListener('abort', end, { once: true })
    return promise
  }
}

/** Where the store's front sends a call: the header that the vendor's own client sets. */
function routing(request: { readonly name?: unknown; readonly parent?: unknown }): string {
  const { name, parent } = request
  return typeof name === 'string'
    ? `name=${encodeURIComponent(name)}`
    : `parent=${encodeURIComponent(String(parent))}`
}

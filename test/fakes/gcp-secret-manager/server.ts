import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { loadPackageDefinition, Server, ServerCredentials } from '@grpc/grpc-js'
import type { handleUnaryCall, ServiceClientConstructor } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { invalid, Refusal } from './refusal.ts'
import { methodsOf } from './service.ts'
import { State } from './state.ts'
import type { Request } from './wire.ts'

/**
 * What goes wrong with the next call: a quota is used up, the service is away, the connection is cut
 * before or after it was done, or no answer ever comes.
 */
export type Trouble = 'exhausted' | 'unavailable' | 'cut_before' | 'cut_after' | 'silent'

export interface FakeSecretManager {
  readonly url: string
  readonly project: string
  readonly state: State
  /** The methods that were called, in order. */
  readonly called: string[]
  /** For the calls that come next, one each, in order. */
  readonly troubles: Trouble[]
  /** Methods that the caller may not use. */
  readonly forbidden: Set<string>
  readonly close: () => Promise<void>
}

export interface FakeOptions {
  /** Whether this is a token that it knows. */
  readonly knows: (token: string) => boolean
}

/** Secret Manager as its proto files and pages describe it, on a free port of this machine, without TLS. */
export async function fakeSecretManager({ knows }: FakeOptions): Promise<FakeSecretManager> {
  const project = 'fake-project'
  const state = new State()
  const called: string[] = []
  const troubles: Trouble[] = []
  const forbidden = new Set<string>()
  const sockets = new Set<Socket>()
  const cut = () => sockets.forEach((socket) => socket.destroy())

  const server = new Server({ 'grpc.max_receive_message_length': 1024 * 1024 })
  const wrapped = Object.entries(methodsOf(state, project)).map(([method, does]) => {
    const handle: handleUnaryCall<Request, object> = (call, answer) => {
      called.push(method)
      const trouble = troubles.shift()
      if (trouble === 'silent') return
      if (trouble === 'cut_before') {
        cut()
        return
      }
      try {
        if (trouble === 'exhausted') throw new Refusal('RESOURCE_EXHAUSTED', 'Quota exceeded.')
        if (trouble === 'unavailable') throw new Refusal('UNAVAILABLE', 'Try again later.')
        const [shown = ''] = call.metadata.get('authorization')
        checkCaller(String(shown), knows)
        if (forbidden.has(method)) throw new Refusal('PERMISSION_DENIED', 'Permission denied.')
        checkRouting(call.request, String(call.metadata.get('x-goog-request-params')[0] ?? ''))
        const done = does(call.request)
        if (trouble === 'cut_after') cut()
        else answer(null, done)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        answer({ code: error.code, details: error.message })
      }
    }
    return [method, handle] as const
  })
  server.addService(definition().service, Object.fromEntries(wrapped))

  const injector = server.createConnectionInjector(ServerCredentials.createInsecure())
  const front = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
    injector.injectConnection(socket)
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  const { port } = front.address() as AddressInfo
  return {
    ...{ url: `http://127.0.0.1:${port}`, project, state, called, troubles, forbidden },
    close: async () => {
      front.close()
      cut()
      injector.destroy()
      server.forceShutdown()
      await Promise.resolve()
    },
  }
}

function checkCaller(shown: string, knows: (token: string) => boolean): void {
  const [, token] = /^Bearer (.+)$/.exec(shown) ?? []
  if (token === undefined || !knows(token)) {
    throw new Refusal('UNAUTHENTICATED', 'Request had invalid authentication credentials.')
  }
}

/** No rule of the store, but what its clients always do: the header that says where a call belongs. */
function checkRouting(request: Request, header: string): void {
  const expected = Object.entries({ name: request.name, parent: request.parent }).flatMap(
    ([key, value]) =>
      (value as string | undefined) ? [`${key}=${encodeURIComponent(value)}`] : [],
  )
  if (!Object.hasOwn(request, 'updateMask') && !expected.includes(header)) {
    throw invalid('The routing header is missing.')
  }
}

/** The service, from the proto files that the vendor's own client ships. */
function definition(): ServiceClientConstructor {
  const require = createRequire(import.meta.url)
  const client = require.resolve('@google-cloud/secret-manager')
  const gax = createRequire(client).resolve('google-gax')
  const loaded = loadSync('google/cloud/secretmanager/v1/service.proto', {
    includeDirs: [client, gax].map((main) => join(upTo('build', main), 'protos')),
    ...{ longs: String, enums: String, defaults: true },
  })
  const packages = loadPackageDefinition(loaded) as unknown as {
    google: { cloud: { secretmanager: { v1: Record<string, ServiceClientConstructor> } } }
  }
  const service = packages.google.cloud.secretmanager.v1['SecretManagerService']
  if (service === undefined) throw new Error('the proto files have no such service')
  return service
}

const upTo = (folder: string, path: string): string =>
  path.endsWith(`/${folder}`) ? path : upTo(folder, dirname(path))

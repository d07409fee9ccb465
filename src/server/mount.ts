import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Fault } from '#domain/fault.ts'
import type { Result } from '#domain/result.ts'
import { BODY_BYTES_MAX } from '#domain/limits.ts'
import { commitEntry } from '#core/commit.ts'
import type { Core } from '#core/core.ts'
import { storeFailed } from '#core/store-failed.ts'
import { refuse, type Origin, type Session } from '#core/session.ts'
import type { Dialect, Headers, Reply, Route, Wire, Words } from '#dialects/dialect.ts'
import { DatabaseDown } from '#ports/database.ts'
import { StoreFault } from '#ports/remote-store.ts'
import { BadBody } from './body.ts'
import type { Door } from './door.ts'
import { logFailure } from './log.ts'
import { methodsOf } from './methods.ts'
import { addressOf } from './network.ts'
import { openapi } from './openapi.ts'
import { reader } from './read-request.ts'

declare module 'fastify' {
  interface FastifyRequest {
    session: Session | null
  }
}

const NO_WORDS: Words = {}

function send(reply: FastifyReply, { status, headers, body }: Reply): FastifyReply {
  void reply.code(status)
  if (headers !== undefined) void reply.headers(headers)
  return body === undefined ? reply.send() : reply.send(body)
}

const AUTHORIZATION = 'authorization'

/** The headers; one that Node takes only the first of, `Authorization`, as a list if it came twice. */
export function headersOf({ headers, raw }: FastifyRequest): Headers {
  const { rawHeaders } = raw
  const shown: string[] = []
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const name = rawHeaders[n] ?? ''
    if (name.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION) {
      shown.push(rawHeaders[n + 1] ?? '')
    }
  }
  return shown.length > 1 ? { ...headers, authorization: shown } : headers
}

const originOf = (dialect: Dialect, request: FastifyRequest): Origin => ({
  dialect: dialect.name,
  address: addressOf(request),
})

/**
 * Mounts a dialect as one encapsulated plugin: who asks is found before the body is looked at, a
 * request is read by the schemas of its route, and every refusal is on the record and in the
 * dialect's own voice.
 */
export async function mount(
  app: FastifyInstance,
  core: Core,
  door: Door,
  dialect: Dialect,
  basePath: string,
): Promise<void> {
  for (const prefix of dialect.prefixes) {
    await app.register(
      (scope, _options, done) => {
        const allowed = methodsOf(dialect.routes, basePath)
        const unrouted = async (request: FastifyRequest, reply: FastifyReply) => {
          const tooMany = await anyone(door, dialect, request)
          if (tooMany !== null) return send(reply, dialect.refuse(tooMany, NO_WORDS))
          const methods = allowed(request.url)
          const fault: Fault =
            methods.length === 0 ? { kind: 'no_route' } : { kind: 'no_method', allow: methods }
          await refuse(core, originOf(dialect, request), null, fault)
          return send(reply, dialect.refuse(fault, NO_WORDS))
        }
        scope.addHook('onRequest', async (request, reply) =>
          request.is404 ? unrouted(request, reply) : undefined,
        )
        scope.setNotFoundHandler(unrouted)
        scope.setErrorHandler((error, request, reply) =>
          // A QUERY without a content type is refused before it comes to be without a route.
          codeOf(error) === 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE'
            ? unrouted(request, reply)
            : fail(core, dialect, error, request, reply),
        )
        for (const one of dialect.routes) {
          if (one.path.startsWith(`${prefix}/`)) addRoute(scope, core, door, dialect, prefix, one)
        }
        if (dialect.openapiPath.startsWith(`${prefix}/`)) {
          const document = Buffer.from(JSON.stringify(openapi(dialect, basePath)))
          scope.get(dialect.openapiPath.slice(prefix.length), async (request, reply) => {
            const tooMany = await anyone(door, dialect, request)
            if (tooMany !== null) return send(reply, dialect.refuse(tooMany, NO_WORDS))
            const said = { action: 'api.describe', target: null, fault: null } as const
            await commitEntry(core, originOf(dialect, request), null, said)
            return reply.type('application/json; charset=utf-8').send(document)
          })
        }
        done()
      },
      { prefix: basePath + prefix },
    )
  }
}

const anyone = (door: Door, dialect: Dialect, request: FastifyRequest): Promise<Fault | null> =>
  door.admitAnyone(originOf(dialect, request), dialect.credential(headersOf(request)))

/** The last parameter is not empty where the path that ends before it is a route of its own. */
function urlOf({ routes }: Dialect, { path }: Route): string {
  const at = path.lastIndexOf('/') + 1
  const before = path.slice(0, at)
  return path[at] === ':' && routes.some((route) => route.path === before) ? `${path}([^]+)` : path
}

function addRoute(
  scope: FastifyInstance,
  core: Core,
  door: Door,
  dialect: Dialect,
  prefix: string,
  route: Route,
): void {
  const { status, schema } = route.success
  const read = reader(route)
  scope.route({
    method: route.method,
    url: urlOf(dialect, route).slice(prefix.length),
    ...(schema === null ? {} : { schema: { response: { [status]: schema } } }),
    config: { words: route.words },
    onRequest: async (request, reply) => {
      if (route.asked.by === 'anyone') {
        const tooMany = await anyone(door, dialect, request)
        return tooMany === null ? undefined : send(reply, dialect.refuse(tooMany, route.words))
      }
      const origin = originOf(dialect, request)
      const found = await door.admit(origin, dialect.credential(headersOf(request)))
      if (!found.ok) return send(reply, dialect.refuse(found.error, route.words))
      request.session = found.value
      return undefined
    },
    handler: async (request, reply) => {
      const { session } = request
      const wire = read(request)
      // What no verb decided is put on the record here.
      const outcome = wire.ok
        ? await run(core, dialect, route, request, wire.value)
        : await refuse(core, originOf(dialect, request), session, wire.error, route.action)
      return send(reply, outcome.ok ? outcome.value : dialect.refuse(outcome.error, route.words))
    },
  })
}

function run(
  core: Core,
  dialect: Dialect,
  { asked }: Route,
  request: FastifyRequest,
  wire: Wire<unknown, unknown, unknown>,
): Promise<Result<Reply, Fault>> {
  if (asked.by === 'anyone') {
    return asked.run(core, originOf(dialect, request), wire, headersOf(request))
  }
  if (request.session === null) throw new Error('a request came to its handler without a caller')
  return asked.run(core, request.session, wire)
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

const faultOf = (error: unknown): Fault => {
  if (error instanceof DatabaseDown) return { kind: 'unavailable', retryAfterS: 2 }
  if (error instanceof StoreFault) return storeFailed(error)
  if (error instanceof BadBody) {
    return error.reason === 'too_large'
      ? { kind: 'too_large', limit: BODY_BYTES_MAX }
      : { kind: 'malformed', why: 'the body is not as long as it says' }
  }
  if (codeOf(error) === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return { kind: 'malformed', why: 'the content type of the body is not application/json' }
  }
  return { kind: 'broken' }
}

/** What went wrong beside the verbs. If not even that can be put on the record, that is the answer. */
async function fail(
  core: Core,
  dialect: Dialect,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { words = NO_WORDS } = request.routeOptions.config as { words?: Words }
  const fault = faultOf(error)
  // Closed at once, the connection would be reset under who is still sending, and the answer lost.
  if (fault.kind === 'too_large') reply.removeHeader('connection')
  if (fault.kind === 'broken' || fault.kind === 'unavailable') logFailure(fault.kind, error)
  try {
    const origin = originOf(dialect, request)
    const refused = await refuse(core, origin, request.session, fault)
    return await send(reply, dialect.refuse(refused.error, words))
  } catch (second) {
    logFailure('unrecorded', second)
    return send(reply, dialect.refuse({ kind: 'unavailable', retryAfterS: 2 }, words))
  }
}

import { readFileSync } from 'node:fs'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { BODY_BYTES_MAX } from '#domain/limits.ts'
import type { Core } from '#core/core.ts'
import { refuse } from '#core/session.ts'
import type { Dialect, Reply } from '#dialects/dialect.ts'
import { strongroom } from '#dialects/strongroom/index.ts'
import { urlAt } from './address.ts'
import type { Config } from './config.ts'
import { readBody, skipEmptyBody } from './body.ts'
import { logFailure } from './log.ts'
import { Door, UNLIMITED } from './door.ts'
import type { Metrics } from './metrics.ts'
import { headersOf, mount } from './mount.ts'
import { addressOf } from './network.ts'
import { dialects } from './registry.ts'
import { keepHouse } from './housekeeping.ts'
import { serveMetrics } from './serve-metrics.ts'
import { Turns } from './turns.ts'

/** Nothing that a vault says may be kept, or be taken for something else, by anything on its way. */
const ALWAYS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

/** Longer than any name, percent-encoded; Node bounds the whole head of a request at 16 KiB. */
const PARAM_CHARACTERS_MAX = 8_192

const now = () => performance.now()

/** The HTTP server with every dialect mounted, not yet listening. */
export async function serverOf(
  core: Core,
  config: Pick<Config, 'basePath' | 'tls'> & Partial<Pick<Config, 'trustedProxies'>>,
  door = new Door(core, UNLIMITED, now),
  metrics: Metrics | null = null,
) {
  const { tls, trustedProxies = [] } = config
  const secure = tls && { cert: readFileSync(tls.cert), key: readFileSync(tls.key) }
  const count = (request: FastifyRequest, reply: FastifyReply): void =>
    metrics?.request(dialectOf(request, config.basePath)?.name ?? 'server', reply.statusCode)
  const app: FastifyInstance = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    exposeHeadRoutes: false,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    forceCloseConnections: 'idle',
    requestTimeout: 60_000,
    connectionTimeout: 120_000,
    routerOptions: { maxParamLength: PARAM_CHARACTERS_MAX },
    frameworkErrors: (_error, request, reply) => {
      // What is not even a path goes past the hooks.
      void notFound(core, door, config.basePath, request, reply).then(() => count(request, reply))
    },
    ...(secure === null ? {} : { https: secure }),
  })
  app.decorateRequest('session', null)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', readBody)
  const turns = new Turns()
  app.addHook('onRequest', (request, reply, done) => {
    turns.take(request.raw.socket, reply.raw, done)
  })
  app.addHook('onRequest', (request, reply, done) => {
    skipEmptyBody(request.headers)
    void reply.headers(ALWAYS)
    done()
  })
  if (metrics !== null) {
    app.addHook('onResponse', (request, reply, done) => {
      count(request, reply)
      done()
    })
  }
  for (const dialect of dialects) await mount(app, core, door, dialect, config.basePath)
  app.get(`${config.basePath}/health`, (_request, reply) => reply.send({ status: 'ok' }))
  // After the dialects: they answer in their own scopes. A body that goes nowhere is not read.
  app.addHook('onRequest', async (request, reply) =>
    request.is404 ? notFound(core, door, config.basePath, request, reply) : undefined,
  )
  app.setNotFoundHandler((request, reply) => notFound(core, door, config.basePath, request, reply))
  return app
}

/** The dialect whose path this is, or would be. */
const dialectOf = ({ url }: FastifyRequest, basePath: string): Dialect | undefined =>
  dialects.find(({ prefixes }) => prefixes.some((one) => url.startsWith(`${basePath}${one}/`)))

/** A path that no dialect has, or that is not even a path; in the voice of whose it would be. */
async function notFound(
  core: Core,
  door: Door,
  basePath: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const dialect = dialectOf(request, basePath)
  const voice = dialect ?? strongroom
  const origin = { dialect: dialect?.name ?? 'server', address: addressOf(request) }
  let answer: Reply
  try {
    const tooMany = await door.admitAnyone(origin, voice.credential(headersOf(request)))
    const fault = tooMany ?? ({ kind: 'no_route' } as const)
    if (tooMany === null) await refuse(core, origin, null, fault)
    answer = voice.refuse(fault, {})
  } catch (error) {
    logFailure('unrecorded', error)
    answer = voice.refuse({ kind: 'unavailable', retryAfterS: 2 }, {})
  }
  return reply
    .code(answer.status)
    .headers({ ...ALWAYS, ...answer.headers })
    .send(answer.body)
}

export interface Listening {
  readonly url: string
  /** Where metrics are; `null` for nowhere. */
  readonly metricsUrl: string | null
  close(): Promise<void>
}

/** Listens, and seals the log every second, until closed; what was answered is sealed by then. */
export async function listen(
  core: Core,
  config: Config,
  metrics: Metrics | null,
): Promise<Listening> {
  const door = new Door(core, config.limits, now)
  const app = await serverOf(core, config, door, metrics)
  const told =
    metrics === null || config.metrics === null
      ? null
      : await serveMetrics(metrics, config.metrics, config.tls)
  await app.listen({ host: config.host, port: config.port })
  const stopHousekeeping = keepHouse(core, door)
  return {
    url: `${urlAt(app.server, config, config.tls)}${config.basePath}`,
    metricsUrl: told?.url ?? null,
    async close() {
      await app.close()
      await told?.close()
      await stopHousekeeping()
      await core.database.close()
    },
  }
}

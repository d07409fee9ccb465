import type { TSchema } from 'typebox'
import type { Dialect, Route } from '#dialects/dialect.ts'

type Json = Record<string, unknown>

const content = (schema: TSchema): Json => ({ 'application/json': { schema } })

const parameters = (place: 'path' | 'query', schema: TSchema | null): Json[] => {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Record<string, Json>
    required?: readonly string[]
  }
  return Object.entries(properties).map(([name, of]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: of,
  }))
}

const NO_METHOD = 405
const TOO_MANY = 429
const LATER = 503

const nameOf = (status: string): string => `Refused${status}`

/** What a client reads before it asks again. */
const RETRY_AFTER: Json = {
  headers: {
    'Retry-After': { description: 'Seconds', required: true, schema: { type: 'string' } },
  },
}

/** Each refusal of a dialect, which its operations point at. */
function refused({ refusals }: Dialect): Json {
  const description = 'Refused: the body says why, and never repeats what was sent'
  const told = Object.entries(refusals).map(([status, schema]) => {
    const headers = [TOO_MANY, LATER].includes(Number(status)) ? RETRY_AFTER : {}
    return [nameOf(status), { description, ...headers, content: content(schema) }]
  })
  return Object.fromEntries(told) as Json
}

/** Every refusal may come from every operation, but that its method is none of its path's. */
function pointers({ refusals }: Dialect): Json {
  const statuses = Object.keys(refusals).filter((status) => Number(status) !== NO_METHOD)
  const pointer = (status: string) => ({ $ref: `#/components/responses/${nameOf(status)}` })
  return Object.fromEntries(statuses.map((status) => [status, pointer(status)]))
}

function operation(route: Route, dialect: Dialect, security: readonly Json[]): Json {
  const { schemas, success } = route
  const body =
    schemas.body === null ? {} : { requestBody: { required: true, content: content(schemas.body) } }
  const told = success.schema === null ? {} : { content: content(success.schema) }
  return {
    operationId: route.operationId,
    summary: route.summary,
    tags: [route.tag],
    ...(route.deprecated ? { deprecated: true } : {}),
    parameters: [...parameters('path', schemas.params), ...parameters('query', schemas.query)],
    ...body,
    responses: { ...pointers(dialect), [success.status]: { description: 'Done', ...told } },
    security: route.asked.by === 'anyone' ? [] : security,
  }
}

/** The OpenAPI 3.1 document of a dialect, from the same schemas that validate and serialise. */
export function openapi(dialect: Dialect, basePath: string): Json {
  const paths: Record<string, Json> = {}
  const security = Object.keys(dialect.security).map((name) => ({ [name]: [] }))
  for (const route of dialect.routes) {
    const path = route.path.replace(/:([A-Za-z_]+)/g, '{$1}')
    const told = operation(route, dialect, security)
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: told }
  }
  return {
    openapi: '3.1.0',
    info: { title: dialect.title, version: dialect.version },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    paths,
    components: { securitySchemes: dialect.security, responses: refused(dialect) },
  }
}

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

function operation(route: Route, security: readonly Json[]): Json {
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
    responses: {
      [success.status]: { description: 'Done', ...told },
      default: { description: 'Refused: the body says why, and never repeats what was sent' },
    },
    security: route.asked.by === 'anyone' ? [] : security,
  }
}

/** The OpenAPI 3.1 document of a dialect, from the same schemas that validate and serialise. */
export function openapi(dialect: Dialect, basePath: string): Json {
  const paths: Record<string, Json> = {}
  const security = Object.keys(dialect.security).map((name) => ({ [name]: [] }))
  for (const route of dialect.routes) {
    const path = route.path.replace(/:([A-Za-z_]+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, security) }
  }
  return {
    openapi: '3.1.0',
    info: { title: dialect.title, version: dialect.version },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    paths,
    components: { securitySchemes: dialect.security },
  }
}

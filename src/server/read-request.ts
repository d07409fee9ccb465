import type { FastifyRequest } from 'fastify'
import type { Fault, Problem } from '#domain/fault.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Route, Wire } from '#dialects/dialect.ts'
import { readJson } from '#dialects/json.ts'
import { checkOf, coerceQuery, type Check } from '#dialects/validate.ts'

type Read = (request: FastifyRequest) => Result<Wire<unknown, unknown, unknown>, Fault>

const nothing: Check = () => []

/** Reads a request by the schemas of its route, compiled once. */
export function reader({ schemas, exactNumbers }: Route): Read {
  const { params, query, body } = schemas
  const checkParams = params === null ? nothing : checkOf('params', params)
  const checkQuery = query === null ? nothing : checkOf('query', query)
  const checkBody = body === null ? nothing : checkOf('body', body)
  return (request) => {
    const asked = query === null ? {} : coerceQuery(query, request.query as Record<string, unknown>)
    const sent = body === null ? ok(undefined) : readBody(request, exactNumbers)
    if (!sent.ok) return sent
    const problems = [
      ...checkParams(request.params),
      ...checkQuery(asked),
      ...(body !== null && sent.value === undefined ? [NO_BODY] : checkBody(sent.value)),
    ]
    if (problems.length > 0) return err({ kind: 'invalid', problems })
    return ok({ params: request.params, query: asked, body: sent.value })
  }
}

const NO_BODY: Problem = { at: ['body'], rule: 'missing' }

/** JSON by any spelling of its media type; a body without a type is taken for JSON too. */
const JSON_TYPE = /^\s*(?:$|application\/(?:[a-z0-9!#$&^_.+-]+\+)?json\s*(?:;|$))/i

/** `undefined` for an empty body, whatever type it says it has: clients say one on every call. */
function readBody(request: FastifyRequest, exact: boolean): Result<unknown, Fault> {
  const { body } = request
  if (!(body instanceof Uint8Array) || body.length === 0) return ok(undefined)
  if ((request.headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
    return err({ kind: 'unsupported_encoding' })
  }
  if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) {
    return err({ kind: 'malformed', why: 'the content type of the body is not application/json' })
  }
  return readJson(body, exact)
}

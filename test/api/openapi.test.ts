import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Compile } from 'typebox/compile'
import type { TSchema } from 'typebox'
import type { Dialect, Route } from '#dialects/dialect.ts'
import { dialects } from '#server/registry.ts'
import { callOf, sendCall } from '#test/support/calls.ts'
import { settle } from '#test/support/estate.ts'
import { onEachEngine } from '#test/support/house.ts'

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly deprecated?: boolean
  readonly parameters: readonly {
    readonly name: string
    readonly in: string
    readonly required: boolean
    readonly schema: TSchema
  }[]
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: TSchema }>>
  }
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly content?: Readonly<Record<string, { readonly schema: TSchema }>>
        readonly $ref?: string
      }
    >
  >
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
}

interface Refused {
  readonly headers?: Readonly<Record<string, { readonly schema: TSchema }>>
  readonly content: Readonly<Record<string, { readonly schema: TSchema }>>
}

interface Document {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, unknown>>
    readonly responses: Readonly<Record<string, Refused>>
  }
}

const JSON_TYPE = 'application/json'

/** Of the head of a request, by Node (`--max-http-header-size`); what is larger is a 431. */
const HEAD_BYTES_MAX = 16_384
/** Of one UTF-16 unit, percent-encoded. */
const ENCODED_BYTES_MAX = 9

/** JSON Schema 2020-12 by its keywords; what is not here says nothing to a reader of it. */
const KEYWORDS = new Set([
  ...['type', 'properties', 'required', 'items', 'enum', 'const', 'title', 'format', 'default'],
  ...[
    'minLength',
    'maxLength',
    'minimum',
    'maximum',
    'pattern',
    'additionalProperties',
    'writeOnly',
  ],
  ...['minItems', 'maxItems', 'description', 'anyOf'],
])
const TYPES = new Set(['string', 'integer', 'number', 'boolean', 'object', 'array', 'null'])

/** Fails on what is no schema of OpenAPI 3.1. */
function checkSchema(schema: unknown, at: string): void {
  assert.ok(typeof schema === 'object' && schema !== null && !Array.isArray(schema), at)
  for (const [keyword, value] of Object.entries(schema)) {
    assert.ok(KEYWORDS.has(keyword), `${at}: ${keyword} is no keyword`)
    if (keyword === 'type') {
      for (const type of [value].flat() as string[]) assert.ok(TYPES.has(type), `${at}: ${type}`)
    }
    if (keyword === 'properties') {
      for (const [name, one] of Object.entries(value as object)) checkSchema(one, `${at}.${name}`)
    }
    if (keyword === 'items') checkSchema(value, `${at}[]`)
    if (keyword === 'required') {
      const { properties = {} } = schema as { properties?: object }
      for (const name of value as string[])
        assert.ok(name in properties, `${at}: ${name} is required`)
    }
    if (keyword === 'pattern') assert.ok(new RegExp(String(value), 'u'))
  }
}

/** Each operation points at every refusal but one: that its path does not take its method. */
function checkRefusals({ paths, components }: Document, { refusals }: Dialect): void {
  const names = Object.keys(refusals).map((status) => `Refused${status}`)
  assert.deepEqual(Object.keys(components.responses), names)
  for (const [name, { headers = {}, content }] of Object.entries(components.responses)) {
    checkSchema(content[JSON_TYPE]?.schema, name)
    for (const [header, { schema }] of Object.entries(headers)) checkSchema(schema, header)
  }
  const pointers = names
    .filter((name) => name !== 'Refused405')
    .map((name) => `#/components/responses/${name}`)
  for (const { operationId, responses } of Object.values(paths).flatMap((of) =>
    Object.values(of),
  )) {
    const found = Object.values(responses).flatMap(({ $ref }) => $ref ?? [])
    assert.deepEqual(found, pointers, operationId)
  }
}

const pathOf = ({ path }: Route): string => path.replace(/:([A-Za-z_]+)/g, '{$1}')

function checkOperation(operation: Operation | undefined, route: Route): void {
  const at = route.operationId
  assert.ok(operation !== undefined, `${at} is missing`)
  assert.equal(operation.operationId, at)
  assert.equal(operation.deprecated ?? false, route.deprecated)
  assert.ok(operation.summary.length > 0 && operation.tags.length > 0, at)
  const inPath = operation.parameters.filter((one) => one.in === 'path')
  assert.deepEqual(
    inPath.map(({ name }) => name).sort(),
    [...route.path.matchAll(/:([A-Za-z_]+)/g)].map(([, name]) => name).sort(),
    at,
  )
  for (const one of inPath) assert.equal(one.required, true)
  for (const one of operation.parameters) checkSchema(one.schema, `${at} ${one.name}`)
  const queries = operation.parameters.filter((one) => one.in === 'query')
  const longest = queries.map(({ schema }) =>
    'maxLength' in schema ? Number(schema.maxLength) : 0,
  )
  const bytes = longest.reduce((sum, length) => sum + length * ENCODED_BYTES_MAX, 0)
  assert.ok(bytes < HEAD_BYTES_MAX / 2, `${at}: a query that may be sent does not fit a head`)
  const { schema } = operation.requestBody?.content[JSON_TYPE] ?? {}
  assert.equal(schema === undefined, route.schemas.body === null, at)
  if (schema !== undefined) checkSchema(schema, `${at} body`)
  const told = operation.responses[String(route.success.status)]
  assert.ok(told !== undefined, at)
  if (route.success.schema !== null) checkSchema(told.content?.[JSON_TYPE]?.schema, `${at} answer`)
}

onEachEngine((house) => {
  const documentOf = async (path: string): Promise<Document> => {
    const answer = (await house().operator.as(null).get(path)).expect(200)
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8')
    return JSON.parse(answer.text) as Document
  }

  for (const dialect of dialects) {
    test(`${dialect.name}: its document is OpenAPI 3.1 with every route, and no other`, async () => {
      const document = await documentOf(dialect.openapiPath)
      assert.equal(document.openapi, '3.1.0')
      assert.deepEqual(document.info, { title: dialect.title, version: dialect.version })
      assert.deepEqual(document.servers, [{ url: '/' }])
      const told = Object.entries(document.paths).flatMap(([path, operations]) =>
        Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
      )
      const there = dialect.routes.map((route) => `${route.method} ${pathOf(route)}`)
      assert.deepEqual(told.sort(), there.sort())
      checkRefusals(document, dialect)
      for (const route of dialect.routes) {
        checkOperation(document.paths[pathOf(route)]?.[route.method.toLowerCase()], route)
      }
    })

    test(`${dialect.name}: every operation has an id of its own, and needs a token unless it is open to all`, async () => {
      const { paths, components } = await documentOf(dialect.openapiPath)
      const operations = Object.values(paths).flatMap((path) => Object.values(path))
      const ids = operations.map(({ operationId }) => operationId)
      assert.equal(new Set(ids).size, ids.length)
      const schemes = Object.keys(components.securitySchemes)
      const open = dialect.routes.filter(({ asked }) => asked.by === 'anyone')
      const free = new Set(open.map(({ operationId }) => operationId))
      for (const { operationId, security } of operations) {
        assert.deepEqual(
          security.map((one) => Object.keys(one)),
          free.has(operationId) ? [] : schemes.map((name) => [name]),
        )
      }
    })
  }

  for (const dialect of dialects) {
    // Bug class 22.
    test(`${dialect.name}: every answer is of the shape that its document promises`, async () => {
      const { paths } = await documentOf(dialect.openapiPath)
      for (const route of dialect.routes) {
        const estate = await settle(await house().tenant())
        const operatorsOnly = /^(?:createAccount|listAccounts|closeAudit|rewrapKeys|rotateRootKey)$/
        const api = operatorsOnly.test(route.operationId) ? house().operator : estate.admin
        const answer = await sendCall(api, route, callOf(route, estate))
        const told = paths[pathOf(route)]?.[route.method.toLowerCase()]?.responses
        const promised = told?.[String(answer.status)]?.content?.[JSON_TYPE]?.schema
        if (promised === undefined) assert.equal(answer.expect(204).text, '')
        else assert.ok(Compile(promised).Check(answer.json), `${route.operationId}: ${answer.text}`)
      }
    })
  }
})

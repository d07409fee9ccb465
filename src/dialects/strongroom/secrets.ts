import type { Fault } from '#domain/fault.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import { createSecret } from '#core/create-secret.ts'
import { deleteSecret } from '#core/delete-secret.ts'
import { getSecret } from '#core/get-secret.ts'
import { entryId, searchSecrets, type FoundSecret } from '#core/list-groups.ts'
import { listSecrets } from '#core/list-secrets.ts'
import type { SecretRef } from '#core/locate.ts'
import { readSecret } from '#core/read-secret.ts'
import { updateSecret } from '#core/update-secret.ts'
import { route, type Route } from '#dialects/dialect.ts'
import { isJson, metadataText } from '#dialects/json.ts'
import { groupCalled } from './groups.ts'
import { pageAsked } from './people.ts'
import { isoTime } from '#dialects/schema.ts'
import * as schemas from './schemas.ts'
import * as shapes from './shapes.ts'

const tag = 'Secrets'
const success = { status: 200, schema: schemas.Secret }

export const byId = (id: string): SecretRef => ({ by: 'id', id })

const named = (group: string, name: string): SecretRef => ({
  by: 'name-in',
  name,
  group: groupCalled(group),
})

/** A value as sent, with what the core is told of it. */
export function decodeValue(
  text: string,
  encoding?: 'utf8' | 'base64',
): Result<{ value: SecretValue; json: () => boolean }, Fault> {
  const value = shapes.readValue(text, encoding)
  if (value !== null) return ok({ value, json: () => encoding !== 'base64' && isJson(text) })
  const problem = { at: ['body', 'value'], rule: 'type', expected: 'canonical base64' } as const
  return err({ kind: 'invalid', problems: [problem] })
}

const found = (item: FoundSecret) => ({
  ...shapes.secret(item.name, item.via.id, item.secret),
  place: entryId(item),
})

const search = route({
  method: 'GET',
  path: '/strongroom/v1/secrets',
  operationId: 'searchSecrets',
  summary: 'List every secret you may see, in any group; `search` is part of a name',
  ...{ tag, query: schemas.searchQuery },
  success: { status: 200, schema: schemas.pageOf(schemas.Secret) },
  verb: searchSecrets,
  decode: ({ query }) => ok({ text: query.search ?? '', ...pageAsked(query) }),
  encode: ({ items, more }) => shapes.page(items.map(found), more, ({ place }) => place),
})

const list = route({
  method: 'GET',
  path: '/strongroom/v1/groups/:group/secrets',
  operationId: 'listSecrets',
  summary: 'List the secrets of a group, and those it links to, as they were made',
  ...{ tag, params: schemas.params('group'), query: schemas.pageQuery },
  success: { status: 200, schema: schemas.pageOf(schemas.Secret) },
  verb: listSecrets,
  decode: ({ params, query }) => {
    const { after, limit } = pageAsked(query)
    const from =
      after === '' ? ({ kind: 'start' } as const) : ({ kind: 'after', id: after } as const)
    const group = groupCalled(params.group)
    return ok({ group, sort: 'id' as const, descending: false, limit, from })
  },
  encode: ({ items, more, group }) => {
    const shown = items.map(({ name, secret }) => shapes.secret(name, group, secret))
    return shapes.page(shown, more, ({ id }) => id)
  },
})

const create = route({
  method: 'POST',
  path: '/strongroom/v1/groups/:group/secrets',
  operationId: 'createSecret',
  summary: 'Make a secret in a group',
  ...{ tag, success, params: schemas.params('group'), body: schemas.CreateSecret },
  exactNumbers: true,
  verb: createSecret,
  decode: ({ params, body }) => {
    const value = decodeValue(body.value, body.encoding)
    if (!value.ok) return value
    return ok({
      ...value.value,
      group: groupCalled(params.group),
      name: body.name,
      description: body.description ?? null,
      type: body.type ?? null,
      metadata: metadataText(body.metadata ?? null),
      file: body.file ?? false,
    })
  },
  encode: (secret) => shapes.secret(secret.name, secret.group, secret),
})

const get = route({
  method: 'GET',
  path: '/strongroom/v1/secrets/:id',
  operationId: 'getSecret',
  summary: 'Get what is known of a secret, without its value',
  ...{ tag, success, params: schemas.params('id') },
  verb: getSecret,
  decode: ({ params }) => ok(byId(params.id)),
  encode: ({ name, via, secret }) => shapes.secret(name, via, secret),
})

const getByName = route({
  method: 'GET',
  path: '/strongroom/v1/groups/:group/secrets/:name',
  operationId: 'getSecretByName',
  summary: 'Get what is known of a secret by its name in a group',
  ...{ tag, success, params: schemas.params('group', 'name') },
  verb: getSecret,
  decode: ({ params }) => ok(named(params.group, params.name)),
  encode: ({ name, via, secret }) => shapes.secret(name, via, secret),
})

const read = route({
  method: 'GET',
  path: '/strongroom/v1/secrets/:id/value',
  operationId: 'readSecret',
  summary: 'Read a value: the current one, or that of a version',
  ...{ tag, params: schemas.params('id'), query: schemas.valueQuery },
  success: { status: 200, schema: schemas.Opened },
  verb: readSecret,
  decode: ({ params, query }) => ok({ ref: byId(params.id), version: query.version ?? null }),
  encode: shapes.opened,
})

const readByName = route({
  method: 'GET',
  path: '/strongroom/v1/groups/:group/secrets/:name/value',
  operationId: 'readSecretByName',
  summary: 'Read a value by its name in a group',
  ...{ tag, params: schemas.params('group', 'name'), query: schemas.valueQuery },
  success: { status: 200, schema: schemas.Opened },
  verb: readSecret,
  decode: ({ params, query }) =>
    ok({ ref: named(params.group, params.name), version: query.version ?? null }),
  encode: shapes.opened,
})

const update = route({
  method: 'PATCH',
  path: '/strongroom/v1/secrets/:id',
  operationId: 'updateSecret',
  summary: 'Change a secret; a new value becomes a new version, the current one',
  ...{ tag, success, params: schemas.params('id'), body: schemas.UpdateSecret },
  exactNumbers: true,
  verb: updateSecret,
  decode: ({ params, body }) => {
    const { name, value: text, encoding, description, type, metadata } = body
    const value = text === undefined ? null : decodeValue(text, encoding)
    if (value?.ok === false) return value
    const patch = {
      ...(value === null ? {} : value.value),
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(type === undefined ? {} : { type }),
      ...(metadata === undefined ? {} : { metadata: metadataText(metadata) }),
    }
    return ok({ ref: byId(params.id), patch, expect: body.expect_version ?? null })
  },
  encode: ({ name, via, secret }) => shapes.secret(name, via, secret),
})

const remove = route({
  method: 'DELETE',
  path: '/strongroom/v1/secrets/:id',
  operationId: 'deleteSecret',
  summary: 'Delete a secret and its links; until `wipe_at` it can be brought back',
  ...{ tag, params: schemas.params('id') },
  success: { status: 200, schema: schemas.Removed },
  verb: deleteSecret,
  decode: ({ params }) => ok(byId(params.id)),
  encode: ({ id, wipeAt }) => ({ id, wipe_at: wipeAt === null ? null : isoTime(wipeAt) }),
})

export const secretRoutes: readonly Route[] = [
  search,
  list,
  create,
  get,
  getByName,
  read,
  readByName,
  update,
  remove,
]

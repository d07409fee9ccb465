import { ok } from '#domain/result.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { createSecret } from '#core/create-secret.ts'
import { deleteSecret } from '#core/delete-secret.ts'
import { createLink, deleteLink } from '#core/links.ts'
import { listSecrets } from '#core/list-secrets.ts'
import type { SecretRef } from '#core/locate.ts'
import { updateSecret } from '#core/update-secret.ts'
import type { Shown } from '#ports/database.ts'
import { BATCH_SECRETS_MAX } from '#domain/limits.ts'
import { route, type Route } from '#dialects/dialect.ts'
import { isoTime } from '#dialects/schema.ts'
import { environmentOf, words } from './environments.ts'
import * as schemas from './schemas.ts'
import { descriptionOf, patchOf, success } from './secrets.ts'

const tag = 'Environment secrets'
const SECRETS = '/api/v1/environmentshub/:env_id/secrets'

/** A secret as its environment shows it; a link by the id of the secret, as unlinking takes it. */
const shown = ({ name, secret, link }: Shown) => ({
  id: secret.id,
  name,
  source: link === null ? ('environment' as const) : ('global-linked' as const),
  description: secret.description,
  createdAt: isoTime(link?.createdAt ?? secret.createdAt),
  updatedAt: isoTime(secret.updatedAt),
})

const inEnvironment = (environment: string, id: string): SecretRef => ({
  by: 'id-in',
  id,
  group: environmentOf(environment),
})

const one = { status: 200, schema: schemas.dataOf(schemas.EnvironmentSecret) }
const removed = { status: 200, schema: schemas.dataOf(schemas.Removed) }

const list = route({
  method: 'GET',
  path: SECRETS,
  operationId: 'list_environment_secrets',
  summary: 'List the secrets of an environment, its own and linked ones, never their values',
  ...{ tag, words, params: schemas.params('env_id') },
  success: { status: 200, schema: schemas.listOf(schemas.EnvironmentSecret) },
  verb: listSecrets,
  decode: ({ params }) =>
    ok({
      group: environmentOf(params.env_id),
      ...{ sort: 'name' as const, descending: false, from: { kind: 'start' as const } },
      limit: BATCH_SECRETS_MAX,
    }),
  encode: ({ items }) => success(items.map(shown)),
})

const create = route({
  method: 'POST',
  path: SECRETS,
  operationId: 'create_environment_secret',
  summary: 'Create a secret that is in this environment alone',
  ...{ tag, words, params: schemas.params('env_id'), success: one },
  body: schemas.DirectSecretCreateRequest,
  verb: createSecret,
  decode: ({ params, body: { name, value, description } }) =>
    ok({
      group: environmentOf(params.env_id),
      ...{ name, description: descriptionOf(description), value: SecretValue.fromText(value) },
    }),
  encode: (secret) => success(shown({ name: secret.name, secret, link: null })),
})

const update = route({
  method: 'PATCH',
  path: `${SECRETS}/:secret_id`,
  operationId: 'update_environment_secret',
  summary: 'Change a secret of the environment’s own',
  ...{ tag, words, params: schemas.params('env_id', 'secret_id'), success: one },
  body: schemas.SecretUpdateRequest,
  verb: updateSecret,
  decode: ({ params, body }) =>
    ok({ ref: inEnvironment(params.env_id, params.secret_id), patch: patchOf(body) }),
  encode: ({ name, secret }) => success(shown({ name, secret, link: null })),
})

const remove = route({
  method: 'DELETE',
  path: `${SECRETS}/:secret_id`,
  operationId: 'delete_environment_secret',
  summary: 'Delete a secret of the environment’s own; a linked one is unlinked',
  ...{ tag, words, params: schemas.params('env_id', 'secret_id'), success: removed },
  verb: deleteSecret,
  decode: ({ params }) => ok(inEnvironment(params.env_id, params.secret_id)),
  encode: ({ id }) => success({ id }),
})

const linkParams = schemas.params('env_id', 'secret_id')

const link = route({
  method: 'POST',
  path: `${SECRETS}/link/:secret_id`,
  operationId: 'link_secret',
  summary: 'Make a secret of your own or of a team visible in an environment',
  ...{ tag, words, params: linkParams },
  success: { status: 200, schema: schemas.dataOf(schemas.SecretLink) },
  verb: createLink,
  decode: ({ params }) =>
    ok({
      group: environmentOf(params.env_id),
      name: null,
      ref: { by: 'id' as const, id: params.secret_id },
    }),
  encode: ({ name, secret, link: made }) =>
    success({
      id: made?.id ?? secret.id,
      secretId: secret.id,
      secretName: name,
      environmentId: made?.group ?? secret.group,
      createdAt: isoTime(made?.createdAt ?? secret.createdAt),
    }),
})

const unlink = route({
  method: 'DELETE',
  path: `${SECRETS}/link/:secret_id`,
  operationId: 'unlink_secret',
  summary: 'Take a link away by the id of its secret; the secret stays',
  ...{ tag, words, params: linkParams, success: removed },
  verb: deleteLink,
  decode: ({ params }) => ok({ group: environmentOf(params.env_id), id: params.secret_id }),
  encode: ({ id }) => success({ id }),
})

export const environmentSecretRoutes: readonly Route[] = [
  list,
  create,
  update,
  remove,
  link,
  unlink,
]

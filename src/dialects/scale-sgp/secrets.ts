import { ok } from '#domain/result.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { createSecret } from '#core/create-secret.ts'
import { deleteSecret } from '#core/delete-secret.ts'
import { getSecret, type ShownSecret } from '#core/get-secret.ts'
import { listSecrets } from '#core/list-secrets.ts'
import type { SecretRef } from '#core/locate.ts'
import { updateSecret, type SecretPatch } from '#core/update-secret.ts'
import Type from 'typebox'
import type { SecretSort } from '#ports/database.ts'
import { route, type Route } from '#dialects/dialect.ts'
import { isoTime } from '#dialects/schema.ts'
import { decodePage, encodePage } from './paging.ts'
import {
  pageOf,
  pageQuery,
  secretParams,
  SgpCloudSecret,
  SgpCloudSecretCreateRequest,
  SgpCloudSecretUpdateRequest,
} from './schemas.ts'

const group = { by: 'kind', kind: 'account' } as const
const tag = 'SGP Cloud Secrets'
const words = { thing: 'secret', name: 'key' }

const one = (id: string): SecretRef => ({ by: 'id-in', id, group })

/** `account_id` and `object` are the same in every item: those orders are the order of creation. */
const sorts: Readonly<Record<string, SecretSort>> = {
  created_at: 'id',
  id: 'id',
  key: 'name',
  cloud_secret_path: 'name',
  updated_at: 'updated_at',
  account_id: 'id',
  object: 'id',
}

const encode = ({ name, secret }: Pick<ShownSecret, 'name' | 'secret'>) => ({
  id: secret.id,
  object: 'sgp_cloud_secret',
  key: name,
  description: secret.description,
  cloud_secret_path: secret.path ?? `accounts/${secret.account}/${name}`,
  updated_by: secret.updatedBy?.id ?? null,
  updated_at: secret.updatedBy === null ? null : isoTime(secret.updatedAt),
  account_id: secret.account,
  created_at: isoTime(secret.createdAt),
  created_by: { id: secret.createdBy.id, type: secret.createdBy.kind, object: 'identity' },
})

const success = { status: 200, schema: SgpCloudSecret }

const create = route({
  method: 'POST',
  path: '/v5/sgp/secrets',
  operationId: 'POST-V5-/sgp/secrets',
  summary: 'Create a secret of the account',
  ...{ tag, words, deprecated: true, success },
  body: SgpCloudSecretCreateRequest,
  verb: createSecret,
  decode: ({ body: { key: name, value, description = null } }) =>
    ok({ group, name, description, value: SecretValue.fromText(value) }),
  encode: (secret) => encode({ name: secret.name, secret }),
})

const query = Type.Object(pageQuery)

const list = route({
  method: 'GET',
  path: '/v5/sgp/secrets',
  operationId: 'GET-V5-/sgp/secrets',
  summary: 'List what is known of the secrets, never their values',
  ...{ tag, words, deprecated: true, query },
  success: { status: 200, schema: pageOf(SgpCloudSecret) },
  verb: listSecrets,
  decode: ({ query: asked }) => decodePage(group, asked, sorts),
  encode: (found) => encodePage(found, found.limit, encode),
})

const get = route({
  method: 'GET',
  path: '/v5/sgp/secrets/:secret_id',
  operationId: 'GET-V5-/sgp/secrets/{secret_id}',
  summary: 'Get what is known of one secret, never its value',
  ...{ tag, words, deprecated: true, success, params: secretParams },
  verb: getSecret,
  decode: ({ params }) => ok(one(params.secret_id)),
  encode,
})

const update = route({
  method: 'PATCH',
  path: '/v5/sgp/secrets/:secret_id',
  operationId: 'PATCH-V5-/sgp/secrets/{secret_id}',
  summary: 'Change the description or the value of a secret',
  ...{ tag, words, deprecated: true, success, params: secretParams },
  body: SgpCloudSecretUpdateRequest,
  verb: updateSecret,
  decode: ({ params, body: { value = null, description } }) => {
    const patch: SecretPatch = {
      ...(value === null ? {} : { value: SecretValue.fromText(value) }),
      ...(description === undefined ? {} : { description }),
    }
    return ok({ ref: one(params.secret_id), patch })
  },
  encode,
})

const remove = route({
  method: 'DELETE',
  path: '/v5/sgp/secrets/:secret_id',
  operationId: 'DELETE-V5-/sgp/secrets/{secret_id}',
  summary: 'Delete a secret',
  ...{ tag, words, deprecated: true, params: secretParams },
  success: { status: 204, schema: null },
  verb: deleteSecret,
  decode: ({ params }) => ok(one(params.secret_id)),
  encode: () => undefined,
})

export const secretRoutes: readonly Route[] = [create, list, get, update, remove]

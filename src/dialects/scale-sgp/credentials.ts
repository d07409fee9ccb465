import Type from 'typebox'
import { ok } from '#domain/result.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { createSecret } from '#core/create-secret.ts'
import { deleteSecret } from '#core/delete-secret.ts'
import { getSecret, type ShownSecret } from '#core/get-secret.ts'
import { listSecrets } from '#core/list-secrets.ts'
import type { SecretRef } from '#core/locate.ts'
import { readSecret, type OpenedSecret } from '#core/read-secret.ts'
import { updateSecret, type SecretPatch } from '#core/update-secret.ts'
import type { SecretSort } from '#ports/database.ts'
import { route, type Route } from '#dialects/dialect.ts'
import { isJson, metadataText } from '#dialects/json.ts'
import { isoTime, Nullable } from '#dialects/schema.ts'
import { decodePage, encodePage } from './paging.ts'
import {
  CreateCredentialRequest,
  Credential,
  CredentialDeleteResponse,
  credentialNameParams,
  credentialParams,
  CredentialSecret,
  pageOf,
  pageQuery,
  UpdateCredentialRequest,
} from './schemas.ts'

const group = { by: 'kind', kind: 'credentials' } as const
const tag = 'Credentials'
const words = { thing: 'credential', value: 'payload', metadata: 'credential_metadata' }

const byId = (id: string): SecretRef => ({ by: 'id-in', id, group })
const byName = (name: string): SecretRef => ({ by: 'name-in', name, group })

/** `object` is the same in every item: that order is the order of creation. */
const sorts: Readonly<Record<string, SecretSort>> = {
  created_at: 'id',
  id: 'id',
  name: 'name',
  updated_at: 'updated_at',
  object: 'id',
}

const encode = ({ name, secret }: Pick<ShownSecret, 'name' | 'secret'>) => ({
  id: secret.id,
  object: 'credential',
  created_by_user_id: secret.createdBy.id,
  created_by_identity_type: secret.createdBy.kind,
  type: secret.type ?? 'key',
  name,
  description: secret.description,
  credential_metadata: secret.metadata === null ? null : (JSON.parse(secret.metadata) as unknown),
  created_at: isoTime(secret.createdAt),
  updated_at: isoTime(secret.updatedAt),
})

const success = { status: 200, schema: Credential }

/** A payload with the one thing that the core is told of it. */
const opaque = (payload: string) => ({
  value: SecretValue.fromText(payload),
  json: () => isJson(payload),
})

const create = route({
  method: 'POST',
  path: '/v5/credentials',
  operationId: 'POST-V5-/v5/credentials',
  summary: 'Create a credential',
  ...{ tag, words, success },
  body: CreateCredentialRequest,
  exactNumbers: true,
  verb: createSecret,
  decode: ({ body }) =>
    ok({
      group,
      name: body.name,
      type: body.type,
      ...opaque(body.payload),
      description: body.description ?? null,
      metadata: metadataText(body.credential_metadata ?? null),
    }),
  encode: (secret) => encode({ name: secret.name, secret }),
})

const query = Type.Object({ name: Type.Optional(Nullable(Type.String())), ...pageQuery })

const list = route({
  method: 'GET',
  path: '/v5/credentials',
  operationId: 'GET-V5-/v5/credentials',
  summary: 'List credentials, without their payloads',
  ...{ tag, words, query },
  success: { status: 200, schema: pageOf(Credential) },
  verb: listSecrets,
  decode: ({ query: asked }) => decodePage(group, asked, sorts),
  encode: (found) => encodePage(found, found.limit, encode),
})

const get = route({
  method: 'GET',
  path: '/v5/credentials/:credential_id',
  operationId: 'GET-V5-/v5/credentials/{credential_id}',
  summary: 'Get what is known of a credential by its id',
  ...{ tag, words, success, params: credentialParams },
  verb: getSecret,
  decode: ({ params }) => ok(byId(params.credential_id)),
  encode,
})

const getByName = route({
  method: 'GET',
  path: '/v5/credentials/name/:credential_name',
  operationId: 'GET-V5-/v5/credentials/name/{credential_name}',
  summary: 'Get what is known of a credential by its name',
  ...{ tag, words, success, params: credentialNameParams },
  verb: getSecret,
  decode: ({ params }) => ok(byName(params.credential_name)),
  encode,
})

const update = route({
  method: 'PATCH',
  path: '/v5/credentials/:credential_id',
  operationId: 'PATCH-V5-/v5/credentials/{credential_id}',
  summary: 'Change a credential',
  ...{ tag, words, success, params: credentialParams },
  body: UpdateCredentialRequest,
  exactNumbers: true,
  verb: updateSecret,
  decode: ({ params, body }) => {
    const { name = null, type = null, payload = null, description } = body
    const metadata = body.credential_metadata
    const patch: SecretPatch = {
      ...(name === null ? {} : { name }),
      ...(type === null ? {} : { type }),
      ...(payload === null ? {} : opaque(payload)),
      ...(description === undefined ? {} : { description }),
      ...(metadata === undefined ? {} : { metadata: metadataText(metadata) }),
    }
    return ok({ ref: byId(params.credential_id), patch })
  },
  encode,
})

const remove = route({
  method: 'DELETE',
  path: '/v5/credentials/:credential_id',
  operationId: 'DELETE-V5-/v5/credentials/{credential_id}',
  summary: 'Delete a credential',
  ...{ tag, words, params: credentialParams },
  success: { status: 200, schema: CredentialDeleteResponse },
  verb: deleteSecret,
  decode: ({ params }) => ok(byId(params.credential_id)),
  encode: ({ id }) => ({ id, deleted: true, object: 'credential' }),
})

const opened = ({ value }: OpenedSecret) => ({
  result: Buffer.from(value.reveal()).toString('utf8'),
  object: 'credential_secret',
})

const decrypt = route({
  method: 'POST',
  path: '/v5/credentials/:credential_id/secret',
  operationId: 'POST-V5-/v5/credentials/{credential_id}/secret',
  summary: 'Read the payload of a credential by its id',
  ...{ tag, words, params: credentialParams },
  success: { status: 200, schema: CredentialSecret },
  verb: readSecret,
  decode: ({ params }) => ok({ ref: byId(params.credential_id), version: null }),
  encode: opened,
})

const decryptByName = route({
  method: 'POST',
  path: '/v5/credentials/name/:credential_name/secret',
  operationId: 'POST-V5-/v5/credentials/name/{credential_name}/secret',
  summary: 'Read the payload of a credential by its name',
  ...{ tag, words, params: credentialNameParams },
  success: { status: 200, schema: CredentialSecret },
  verb: readSecret,
  decode: ({ params }) => ok({ ref: byName(params.credential_name), version: null }),
  encode: opened,
})

export const credentialRoutes: readonly Route[] = [
  create,
  list,
  get,
  getByName,
  update,
  remove,
  decrypt,
  decryptByName,
]

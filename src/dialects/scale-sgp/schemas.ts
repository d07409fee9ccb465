import Type from 'typebox'
import { nameRules } from '#domain/names.ts'
import { DateTime, Nullable, NullableObject } from '#dialects/schema.ts'

/** The wire shapes of Scale's two families, as the vendor's OpenAPI document names them. */

export const Identity = Type.Object(
  {
    id: Type.String(),
    type: Type.Enum(['user', 'service_account']),
    object: Type.Literal('identity'),
  },
  { title: 'Identity' },
)

export const SgpCloudSecret = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal('sgp_cloud_secret'),
    key: Type.String(),
    description: Nullable(Type.String()),
    cloud_secret_path: Type.String(),
    updated_by: Nullable(Type.String()),
    updated_at: Nullable(Type.String()),
    account_id: Type.String(),
    created_at: DateTime(),
    created_by: Identity,
  },
  { title: 'SgpCloudSecret' },
)

export const SgpCloudSecretCreateRequest = Type.Object(
  {
    key: Type.String({
      minLength: 1,
      maxLength: nameRules.account.max,
      pattern: nameRules.account.pattern,
    }),
    value: Type.String({ minLength: 1 }),
    description: Type.Optional(Nullable(Type.String())),
  },
  { title: 'SgpCloudSecretCreateRequest' },
)

export const SgpCloudSecretUpdateRequest = Type.Object(
  {
    description: Type.Optional(Nullable(Type.String())),
    value: Type.Optional(Nullable(Type.String({ minLength: 1 }))),
  },
  { title: 'SgpCloudSecretUpdateRequest' },
)

export const Credential = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal('credential'),
    created_by_user_id: Nullable(Type.String()),
    created_by_identity_type: Nullable(Type.String()),
    type: Type.String(),
    name: Type.String(),
    description: Nullable(Type.String()),
    credential_metadata: NullableObject(),
    created_at: DateTime(),
    updated_at: DateTime(),
  },
  { title: 'Credential' },
)

export const CreateCredentialRequest = Type.Object(
  {
    type: Type.String({ minLength: 1 }),
    name: Type.String({ minLength: 1 }),
    description: Type.Optional(Nullable(Type.String())),
    payload: Type.String({ minLength: 1, format: 'password', writeOnly: true }),
    credential_metadata: Type.Optional(NullableObject()),
  },
  { title: 'CreateCredentialRequest' },
)

export const UpdateCredentialRequest = Type.Object(
  {
    name: Type.Optional(Nullable(Type.String({ minLength: 1 }))),
    description: Type.Optional(Nullable(Type.String())),
    type: Type.Optional(Nullable(Type.String({ minLength: 1 }))),
    payload: Type.Optional(Nullable(Type.String({ minLength: 1 }))),
    credential_metadata: Type.Optional(NullableObject()),
  },
  { title: 'UpdateCredentialRequest' },
)

export const CredentialSecret = Type.Object(
  { result: Type.String(), object: Type.Literal('credential_secret') },
  { title: 'CredentialSecret' },
)

export const CredentialDeleteResponse = Type.Object(
  { id: Type.String(), deleted: Type.Boolean(), object: Type.Literal('credential') },
  { title: 'CredentialDeleteResponse' },
)

export const pageOf = <T extends Type.TSchema>(item: T) =>
  Type.Object({
    items: Type.Array(item),
    has_more: Type.Boolean(),
    total: Type.Integer(),
    limit: Type.Integer(),
    object: Type.Literal('list'),
  })

export const pageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 100 })),
  starting_after: Type.Optional(Nullable(Type.String())),
  ending_before: Type.Optional(Nullable(Type.String())),
  sort_by: Type.Optional(Nullable(Type.String())),
  sort_order: Type.Optional(Type.Enum(['asc', 'desc'])),
}

export const secretParams = Type.Object({ secret_id: Type.String() })
export const credentialParams = Type.Object({ credential_id: Type.String() })
export const credentialNameParams = Type.Object({ credential_name: Type.String() })

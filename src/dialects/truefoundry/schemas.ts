import Type, { type TSchema } from 'typebox'
import { DateTime, Nullable, NullableObject } from '#dialects/schema.ts'

/** The wire shapes that the families share, as the vendor's OpenAPI document names them. */

export const Subject = Type.Object(
  {
    subjectId: Type.String(),
    subjectType: Type.String(),
    subjectSlug: Nullable(Type.String()),
    subjectDisplayName: Nullable(Type.String()),
  },
  { title: 'Subject' },
)

export const Pagination = Type.Object(
  { total: Type.Integer(), offset: Type.Integer(), limit: Type.Integer() },
  { title: 'Pagination' },
)

/** `{data}` around one thing. */
export const dataOf = <S extends TSchema>(data: S) => Type.Object({ data })

export const pageOf = <S extends TSchema>(item: S) =>
  Type.Object({ data: Type.Array(item), pagination: Pagination })

export const LIMIT_DEFAULT = 100
const LIMIT_MAX = 1_000

/** Members of a query for a page; `null` is what was not given. */
export const pageQuery = {
  limit: Type.Optional(
    Nullable(Type.Integer({ minimum: 1, maximum: LIMIT_MAX, default: LIMIT_DEFAULT })),
  ),
  offset: Type.Optional(Nullable(Type.Integer({ minimum: 0, default: 0 }))),
}

export const idParams = Type.Object({ id: Type.String() })

/** The answer to what leaves nothing to say. */
export const Empty = Type.Object({})

/** Any JSON object. */
export const AnyObject = () =>
  Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true })

/** One text or several: clients repeat the key, people put commas. */
export const Texts = () =>
  Type.Unsafe<string | readonly string[]>({
    type: ['string', 'array'],
    items: { type: 'string' },
  })

export const forceQuery = Type.Object({ forceDelete: Type.Optional(Nullable(Type.Boolean())) })

export const SecretVersion = Type.Object(
  {
    id: Type.String(),
    fqn: Type.String(),
    value: Nullable(Type.String()),
    version: Type.Integer(),
    secretId: Type.String(),
    createdAt: DateTime(),
    updatedAt: DateTime(),
  },
  { title: 'SecretVersion' },
)

export const Secret = Type.Object(
  {
    id: Type.String(),
    fqn: Type.String(),
    name: Type.String(),
    secretGroupId: Type.String(),
    value: Nullable(Type.String()),
    createdBySubject: Subject,
    createdAt: DateTime(),
    updatedAt: DateTime(),
    secretVersions: Type.Array(SecretVersion),
    activeDeploymentsCount: Type.Integer(),
    createdBy: Nullable(Type.String()),
  },
  { title: 'Secret' },
)

export const SecretGroup = Type.Object(
  {
    id: Nullable(Type.String()),
    fqn: Type.String(),
    name: Type.String(),
    tenantName: Type.String(),
    createdBySubject: Subject,
    associatedSecrets: Type.Array(Secret),
    integrationId: Type.String(),
    manifest: NullableObject(),
    accountId: Type.String(),
    createdAt: DateTime(),
    updatedAt: DateTime(),
    createdBy: Nullable(Type.String()),
  },
  { title: 'SecretGroup' },
)

export const SecretInput = Type.Object(
  { key: Type.String(), value: Type.String() },
  { title: 'SecretInput' },
)

export const UpdateSecretInput = Type.Object(
  { key: Type.String(), value: Type.Optional(Nullable(Type.String())) },
  { title: 'UpdateSecretInput' },
)

export const CreateSecretGroupRequest = Type.Object(
  {
    name: Type.String(),
    integrationId: Type.String(),
    secrets: Type.Array(SecretInput),
  },
  { title: 'CreateSecretGroupRequest' },
)

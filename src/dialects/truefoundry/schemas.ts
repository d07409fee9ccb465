import Type, { type TSchema } from 'typebox'
import { DateTime, Nullable, NullableObject } from '#dialects/schema.ts'
import { StoreManifest } from './store-manifests.ts'

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

export const typeParams = Type.Object({ type: Type.String() })
export const fqnQuery = Type.Object({ fqn: Type.String() })
export const GroupId = Type.Object({ secretGroupId: Type.String() })

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
    /** Not told of the secrets in a group. */
    secretVersions: Nullable(Type.Array(SecretVersion)),
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

export const Collaborator = Type.Object(
  { subject: Type.String(), role_id: Type.String() },
  { title: 'Collaborator' },
)

export const SecretGroupManifest = Type.Object(
  {
    type: Type.Enum(['secret-group']),
    name: Type.String(),
    integration_fqn: Type.String(),
    collaborators: Type.Optional(Nullable(Type.Array(Collaborator))),
    ownedBy: Type.Optional(Nullable(Type.Object({ account: Type.String() }))),
  },
  { title: 'SecretGroupManifest' },
)

export const PutSecretGroupRequest = Type.Object(
  { manifest: SecretGroupManifest, dryRun: Type.Optional(Nullable(Type.Boolean())) },
  { title: 'PutSecretGroupRequest' },
)

export const UpdateSecretGroupRequest = Type.Object(
  { secrets: Type.Array(UpdateSecretInput) },
  { title: 'UpdateSecretGroupRequest' },
)

export const groupsQuery = Type.Object({
  ...pageQuery,
  fqn: Type.Optional(Nullable(Type.String())),
  search: Type.Optional(Nullable(Type.String({ maxLength: 500 }))),
  attributes: Type.Optional(Texts()),
})

const FQNS_MAX = 1_000

export const ListSecretsRequest = Type.Object(
  {
    ...pageQuery,
    secretFqns: Type.Optional(Nullable(Type.Array(Type.String(), { maxItems: FQNS_MAX }))),
    secretGroupId: Type.Optional(Nullable(Type.String())),
    withValue: Type.Optional(Nullable(Type.Boolean())),
  },
  { title: 'ListSecretsRequest' },
)

export const CreateSecretGroupRequest = Type.Object(
  {
    name: Type.String(),
    integrationId: Type.String(),
    secrets: Type.Array(SecretInput),
  },
  { title: 'CreateSecretGroupRequest' },
)

const stamps = {
  createdBySubject: Subject,
  createdAt: DateTime(),
  updatedAt: DateTime(),
  createdBy: Type.String(),
}

const integration = {
  id: Type.String(),
  name: Type.String(),
  fqn: Type.String(),
  type: Type.String(),
  providerAccountFqn: Type.String(),
  tenantName: Type.String(),
  manifest: AnyObject(),
  ...stamps,
}

export const ProviderAccount = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    fqn: Type.String(),
    provider: Type.String(),
    manifest: AnyObject(),
    integrations: Type.Array(Type.Object(integration)),
    accountId: Type.String(),
    ...stamps,
  },
  { title: 'ProviderAccount' },
)

export const ProviderIntegration = Type.Object(
  { ...integration, metadata: AnyObject(), providerAccount: ProviderAccount },
  { title: 'ProviderIntegration' },
)

export const ProviderAccountManifest = Type.Object(
  {
    type: Type.String(),
    name: Type.String(),
    integrations: Type.Optional(Nullable(Type.Array(StoreManifest, { maxItems: 100 }))),
  },
  { title: 'ProviderAccountManifest' },
)

/** Any manifest: what its type asks for is looked at once that is known. */
const AnyManifest = () =>
  Type.Unsafe<Record<string, unknown> & { readonly type: string }>({
    type: 'object',
    properties: { type: { type: 'string' } },
    required: ['type'],
    additionalProperties: true,
  })

export const ApplyRequest = Type.Object(
  {
    manifest: AnyManifest(),
    dryRun: Type.Optional(Nullable(Type.Boolean())),
    force: Type.Optional(Nullable(Type.Boolean())),
  },
  { title: 'ApplyRequest' },
)

export const ApplyResponse = Type.Object(
  {
    existingManifest: Type.Optional(AnyObject()),
    action: Type.String(),
    data: AnyObject(),
  },
  { title: 'ApplyResponse' },
)

/** As much of a manifest as says what to delete. */
export const NamedManifest = Type.Object({ type: Type.String(), name: Type.String() })

export const DeleteRequest = Type.Object({ manifest: AnyManifest() }, { title: 'DeleteRequest' })

export const DependencyTreeRequest = Type.Object({ manifests: Type.Array(AnyManifest()) })

export const DependencyTree = Type.Object({
  data: Type.Array(
    Type.Object({
      resourceType: Type.String(),
      resourceName: Type.String(),
      dependencies: Type.Array(AnyObject()),
    }),
  ),
})

import Type, { type TSchema } from 'typebox'
import { DateTime, Nullable } from '#dialects/schema.ts'

/** The wire shapes of Prime Intellect, as the vendor's OpenAPI document and its client name them. */

const Status = () => Type.Literal('success')

/** The envelope of one thing. */
export const dataOf = <T extends TSchema>(data: T) => Type.Object({ data, status: Status() })

/** The envelope of all things of a kind. */
export const listOf = <T extends TSchema>(item: T) =>
  Type.Object({ data: Type.Array(item), status: Status() })

/** The envelope of a page of things. */
export const pageOf = <T extends TSchema>(item: T) =>
  Type.Object({
    total_count: Type.Integer(),
    offset: Type.Integer(),
    limit: Type.Integer(),
    data: Type.Array(item),
    status: Status(),
  })

const LIMIT_MAX = 1_000

export const pageQuery = {
  offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 0, maximum: LIMIT_MAX, default: 100 })),
}

const OptionalText = () => Type.Optional(Nullable(Type.String()))

/** The team that a request about secrets is for. */
export const teamQuery = { teamId: OptionalText() }

export const params = <const N extends readonly string[]>(...names: N) =>
  Type.Object(
    Object.fromEntries(names.map((name) => [name, Type.String()])) as Record<
      N[number],
      Type.TString
    >,
  )

const NAME_PATTERN = '^[A-Z][A-Z0-9_]*$'
const Name = () => Type.String({ minLength: 1, maxLength: 255, pattern: NAME_PATTERN })
const Description = () => Nullable(Type.String({ maxLength: 500 }))

/** Write-only: no answer holds one. */
const Value = () => Type.String({ minLength: 1, writeOnly: true })

export const Removed = Type.Object({ id: Type.String() })

// -- secrets ------------------------------------------------------------------------------------

export const SecretResponse = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    description: Nullable(Type.String()),
    isFile: Type.Boolean(),
    userId: Nullable(Type.String()),
    teamId: Nullable(Type.String()),
    createdAt: DateTime(),
    updatedAt: DateTime(),
  },
  { title: 'SecretResponse' },
)

export const SecretCreateRequest = Type.Object(
  {
    name: Name(),
    description: Type.Optional(Description()),
    value: Value(),
    teamId: OptionalText(),
    isFile: Type.Optional(Type.Boolean()),
  },
  { title: 'SecretCreateRequest' },
)

export const SecretUpdateRequest = Type.Object(
  {
    name: Type.Optional(Nullable(Name())),
    value: Type.Optional(Nullable(Value())),
    description: Type.Optional(Description()),
  },
  { title: 'SecretUpdateRequest' },
)

// -- environments -------------------------------------------------------------------------------

const Visibility = () => Type.Enum(['PUBLIC', 'PRIVATE'])
const Owner = Type.Object({ name: Type.String(), type: Type.Enum(['user', 'team']) })

const environment = {
  id: Type.String(),
  name: Type.String(),
  owner: Owner,
  description: Nullable(Type.String()),
  visibility: Visibility(),
}

export const ResolveRequest = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    visibility: Type.Optional(Nullable(Type.String({ enum: ['PUBLIC', 'PRIVATE'] }))),
    owner_slug: OptionalText(),
    team_slug: OptionalText(),
    team_id: OptionalText(),
  },
  { title: 'ResolveRequest' },
)

export const ResolvedEnvironment = Type.Object({ ...environment, created: Type.Boolean() })

export const EnvironmentFound = Type.Object({
  ...environment,
  created_at: DateTime(),
  updated_at: DateTime(),
})

/** What is published of environments elsewhere; a vault has no versions, stars and tags of them. */
export const EnvironmentListed = Type.Object({
  ...EnvironmentFound.properties,
  latest_version: Nullable(Type.String()),
  stars: Type.Integer(),
  tags: Type.Array(Type.String()),
})

export const EnvironmentStatus = Type.Object({
  name: Type.String(),
  description: Nullable(Type.String()),
  visibility: Visibility(),
  latest_version: Nullable(Type.String()),
})

export const hubQuery = Type.Object({
  ...pageQuery,
  owner: OptionalText(),
  visibility: Type.Optional(Visibility()),
  search: OptionalText(),
  mine_only: Type.Optional(Type.Boolean()),
  starred_only: Type.Optional(Type.Boolean()),
  include_teams: Type.Optional(Type.Boolean()),
  tags: Type.Optional(Type.Unknown()),
  sort_by: Type.Optional(Type.Enum(['created_at', 'updated_at', 'name', 'stars'])),
  sort_order: Type.Optional(Type.Enum(['asc', 'desc'])),
})

// -- what is in an environment ------------------------------------------------------------------

export const EnvironmentSecret = Type.Object({
  id: Type.String(),
  name: Type.String(),
  source: Type.Enum(['environment', 'global-linked']),
  description: Nullable(Type.String()),
  createdAt: DateTime(),
  updatedAt: DateTime(),
})

export const DirectSecretCreateRequest = Type.Object({
  name: Name(),
  value: Value(),
  description: Type.Optional(Description()),
})

export const SecretLink = Type.Object({
  id: Type.String(),
  secretId: Type.String(),
  secretName: Type.String(),
  environmentId: Type.String(),
  createdAt: DateTime(),
})

export const EnvironmentVariable = Type.Object({
  id: Type.String(),
  name: Type.String(),
  value: Type.String(),
  description: Nullable(Type.String()),
  createdAt: DateTime(),
  updatedAt: DateTime(),
})

export const VariableCreateRequest = Type.Object({
  name: Name(),
  value: Type.String(),
  description: Type.Optional(Description()),
})

export const VariableUpdateRequest = Type.Object({
  name: Type.Optional(Nullable(Name())),
  value: Type.Optional(Nullable(Type.String())),
  description: Type.Optional(Description()),
})

// -- people -------------------------------------------------------------------------------------

const Permission = Type.Object({ read: Type.Boolean(), write: Type.Boolean() })

export const User = Type.Object(
  {
    id: Type.String(),
    role: Type.Enum(['ADMIN', 'MANAGER', 'USER']),
    createdAt: DateTime(),
    name: Type.String(),
    slug: Nullable(Type.String()),
    email: Type.String(),
    image: Nullable(Type.String()),
    emailVerified: Nullable(Type.Boolean()),
    hasBetaAccess: Type.Boolean(),
    isBanned: Type.Boolean(),
    skipPrepay: Type.Boolean(),
    blacklist: Type.Array(Type.String()),
    scope: Nullable(Type.Object({ secrets: Permission, environments: Permission })),
  },
  { title: 'User' },
)

export const TeamOfUser = Type.Object({
  teamId: Type.String(),
  name: Type.String(),
  slug: Nullable(Type.String()),
  role: Type.Enum(['ADMIN', 'MEMBER']),
  createdAt: DateTime(),
})

export const TeamMember = Type.Object({
  userId: Type.String(),
  userName: Nullable(Type.String()),
  userEmail: Nullable(Type.String()),
  role: Type.Enum(['ADMIN', 'MEMBER']),
  joinedAt: DateTime(),
})

export const SlugRequest = Type.Object({ slug: Type.String() })

// -- logins -------------------------------------------------------------------------------------

export const ChallengeRequest = Type.Object({ encryptionPublicKey: Type.String() })

/** No envelope: the client reads it from the top. */
export const Challenge = Type.Object({
  challenge: Type.String(),
  status_auth_token: Type.String(),
})

export const challengeQuery = Type.Object({ challenge: Type.String() })

export const ChallengeStatus = Type.Object({ result: Nullable(Type.String()) })

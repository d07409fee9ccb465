import Type from 'typebox'
import { DateTime, Nullable, NullableObject } from '#dialects/schema.ts'
import { AnyObject, pageQuery, Subject } from './schemas.ts'

/** The shapes of people, of teams and of what they show, as the vendor's OpenAPI document has them. */

const text = () => Type.Optional(Nullable(Type.String()))
const flag = () => Type.Optional(Nullable(Type.Boolean()))

const TokenForm = Type.Union([Type.Literal('jwt'), Type.Literal('opaque')])
const form = () =>
  Type.Optional(Type.Unsafe<'jwt' | 'opaque' | null>({ enum: ['jwt', 'opaque', null] }))

export const Jwt = Type.Object(
  {
    id: Type.String(),
    subjectType: Type.String(),
    subjectId: Type.String(),
    metadata: AnyObject(),
    expiry: DateTime(),
    tokenType: TokenForm,
    createdAt: DateTime(),
    updatedAt: DateTime(),
  },
  { title: 'JWT' },
)

const RoleWithResource = Type.Object({
  roleId: Type.String(),
  resourceType: Type.String(),
  resourceId: Type.String(),
  roleName: Type.String(),
})

export const VirtualAccount = Type.Object(
  {
    id: Type.String(),
    type: Type.String(),
    tenantName: Type.String(),
    manifest: AnyObject(),
    jwtId: Nullable(Type.String()),
    createdBySubject: Subject,
    createdAt: DateTime(),
    updatedAt: DateTime(),
    lastAccessedAt: Nullable(Type.String()),
    isExpired: Type.Boolean(),
    jwts: Type.Array(Jwt),
    accountId: Type.String(),
    metadata: AnyObject(),
    roleIds: Type.Array(Type.String()),
    rolesWithResource: Type.Array(RoleWithResource),
    createdBy: Type.String(),
    nextScheduledRotation: Nullable(Type.String()),
  },
  { title: 'VirtualAccount' },
)

export const Token = Type.Object({ token: Type.String() })
export const GotToken = Type.Object({
  data: VirtualAccount,
  token: Type.String(),
  created: Type.Boolean(),
})

export const CreateToken = Type.Object(
  {
    name: Type.String(),
    expirationDate: text(),
    accountName: text(),
    teamName: text(),
    tokenType: form(),
  },
  { title: 'CreatePersonalAccessTokenRequest' },
)

export const CreateTokenFor = Type.Object(
  { name: Type.String(), userEmail: Type.String(), expirationDate: text(), teamName: text() },
  { title: 'CreatePersonalAccessTokenForUserRequest' },
)

export const Email = Type.Object({ email: Type.String(), tenantName: text() })

const SEARCH_MAX = 500
const search = () => Type.Optional(Nullable(Type.String({ maxLength: SEARCH_MAX })))

export const tokensQuery = Type.Object({ ...pageQuery, nameSearchQuery: search() })
export const teamNameQuery = Type.Object({ teamName: text() })
export const nameParams = Type.Object({ name: Type.String() })

const Permission = Type.Object({
  resource_fqn: Type.String(),
  resource_type: Type.String(),
  role_id: Type.String(),
})

export const VirtualAccountManifest = Type.Object(
  {
    type: Type.Enum(['virtual-account']),
    name: Type.String(),
    permissions: Type.Optional(Nullable(Type.Array(Permission, { minItems: 1 }))),
    expiration_date: text(),
    auto_rotate: Type.Optional(NullableObject()),
    notification_target: Type.Optional(NullableObject()),
    secret_store_config: Type.Optional(
      Nullable(Type.Object({ type: Type.String(), secret_group: text(), key: text() })),
    ),
    ownedBy: Type.Optional(Nullable(Type.Object({ account: text(), team: Type.String() }))),
    tags: Type.Optional(NullableObject()),
    identity_provider_mapping: Type.Optional(Nullable(Type.Array(AnyObject()))),
    token_type: form(),
  },
  { title: 'VirtualAccountManifest' },
)

export const PutVirtualAccount = Type.Object({
  manifest: VirtualAccountManifest,
  dryRun: flag(),
})
export const PutVirtualAccountResponse = Type.Object({
  data: VirtualAccount,
  token: Type.Optional(Type.String()),
})
export const Exists = Type.Object({ exists: Type.Boolean() })
export const existsQuery = Type.Object({ name: Type.String() })

export const virtualAccountsQuery = Type.Object({
  ...tokensQuery.properties,
  ownedByTeams: Type.Optional(
    Type.Unsafe<string | readonly string[]>({
      type: ['string', 'array'],
      items: { type: 'string' },
    }),
  ),
  isExpired: flag(),
  filter: text(),
})

/** A hundred years in minutes. */
const GRACE_MAX = 52_596_000
const grace = () => Type.Optional(Nullable(Type.Number({ minimum: 0, maximum: GRACE_MAX })))
export const Regenerate = Type.Object({
  gracePeriodInMinutes: grace(),
  gracePeriodInDays: grace(),
})
export const syncQuery = Type.Object({ force: flag() })
export const Synced = Type.Object({
  syncTokenInSecretStoreInfo: Type.Object({ updatedAt: DateTime(), jwtId: Type.String() }),
})
export const jwtParams = Type.Object({ id: Type.String(), jwtId: Type.String() })

export const TeamManifest = Type.Object(
  {
    type: Type.Enum(['team']),
    name: Type.String(),
    members: Type.Array(Type.String()),
    managers: Type.Optional(Nullable(Type.Array(Type.String()))),
    displayName: text(),
    description: text(),
    ownedBy: Type.Optional(Nullable(Type.Object({ account: Type.String() }))),
    tags: Type.Optional(NullableObject()),
    identity_provider_mapping: Type.Optional(Nullable(Type.Array(AnyObject()))),
  },
  { title: 'TeamManifest' },
)
export const PutTeam = Type.Object({ manifest: TeamManifest, dryRun: flag() })

const Texts = () => Type.Array(Type.String())

export const Team = Type.Object(
  {
    id: Type.String(),
    description: Type.String(),
    tenantName: Type.String(),
    accountId: Type.String(),
    createdBySubject: Subject,
    createdAt: DateTime(),
    updatedAt: DateTime(),
    manifest: AnyObject(),
    isEditable: Type.Boolean(),
    members: Texts(),
    metadata: AnyObject(),
    roles: Texts(),
    topMembers: Texts(),
    topManagers: Texts(),
    totalMemberCount: Type.Integer(),
    totalManagerCount: Type.Integer(),
  },
  { title: 'Team' },
)

export const teamsQuery = Type.Object({
  ...pageQuery,
  role: Type.Optional(Type.Unsafe<'manager' | null>({ enum: ['manager', null] })),
  attributes: virtualAccountsQuery.properties.ownedByTeams,
  includeMembership: flag(),
})
export const peopleQuery = Type.Object({ ...pageQuery, filter: text() })
export const SubjectRow = Type.Object({
  subjectId: Type.String(),
  subjectSlug: Type.String(),
  subjectType: Type.String(),
})

export const Permissions = Type.Object({
  data: Type.Array(
    Type.Object({
      resourceType: Type.String(),
      resourceId: Type.String(),
      resourceName: Type.String(),
      resourceFqn: Type.String(),
      roleId: Type.String(),
      roleName: Type.String(),
      subjectId: Type.String(),
      subjectType: Type.String(),
    }),
  ),
})
export const Resources = Type.Object({
  data: Type.Array(
    Type.Object({
      resourceType: Type.String(),
      resourceId: Type.String(),
      resourceName: Type.String(),
      roleId: Type.String(),
    }),
  ),
})
export const UserTeams = Type.Object({
  data: Type.Array(Type.Object({ teamName: Type.String(), roles: Texts() })),
})

const Named = Type.Object({ id: Type.String(), name: Type.String() })

export const User = Type.Object(
  {
    id: Type.String(),
    email: Type.String(),
    tenantName: Type.String(),
    metadata: AnyObject(),
    active: Type.Boolean(),
    isEditable: Type.Boolean(),
    createdAt: DateTime(),
    updatedAt: DateTime(),
    roles: Texts(),
    rolesWithResource: Type.Array(RoleWithResource),
    accounts: Type.Array(Type.Object({ accountId: Type.String(), name: Type.String() })),
    lastAccessedAt: Nullable(Type.String()),
  },
  { title: 'User' },
)

export const usersQuery = Type.Object({
  ...pageQuery,
  query: search(),
  showInvalidUsers: flag(),
})
export const deleteUserQuery = Type.Object({ tenantName: text(), forceDelete: flag() })
export const RegisterUser = Type.Object({
  email: Type.String(),
  sendInviteEmail: flag(),
  skipIfUserExists: flag(),
  dryRun: flag(),
  acceptInviteClientURL: text(),
})
export const InviteUser = Type.Object({
  acceptInviteClientUrl: Type.String(),
  email: Type.String(),
})
export const Invited = Type.Object({ link: Type.String() })
export const UserRoles = Type.Object({
  email: Type.String(),
  roles: Type.Array(Type.String(), { minItems: 1 }),
  resourceType: text(),
})

export const Session = Type.Object(
  {
    id: Type.String(),
    userName: Type.String(),
    subjectSlug: Type.String(),
    subjectType: Type.String(),
    subjectPatName: Nullable(Type.String()),
    email: Nullable(Type.String()),
    tenantName: Type.String(),
    roles: Texts(),
    teams: Type.Array(Named),
    accounts: Type.Array(Named),
    metadata: AnyObject(),
    createdAt: DateTime(),
    effectiveUserId: Type.String(),
  },
  { title: 'Session' },
)

export const Role = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    displayName: Type.String(),
    tenantName: Type.String(),
    accountId: Type.String(),
    resourceType: Type.String(),
    manifest: AnyObject(),
    createdBySubject: AnyObject(),
    isEditable: Type.Boolean(),
    isDefault: Type.Boolean(),
    isReserved: Type.Boolean(),
  },
  { title: 'Role' },
)

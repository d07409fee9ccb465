import type { TSchema } from 'typebox'
import type { Route } from '#dialects/dialect.ts'
import { manifests } from './calls/truefoundry.ts'
import type { Body } from './calls/call.ts'
import type { Estate } from './estate.ts'

/** What bodies and queries name, and what a name of another account's things brings. */
export interface Reference {
  readonly status: number
  readonly of: (theirs: Estate) => readonly string[]
  /** The body with it; without this it replaces the member of its name in the usual body. */
  readonly put?: (value: string, mine: Estate) => Body
}

/** By what is named: `operation place` for one route, `place` for all; a place is `manifest.name`. */
type References = Readonly<Record<string, Reference>>

const NOT_FOUND = 404
const FORBIDDEN = 403
const CONFLICT = 409
const NO_DEPENDENCY = 424
const INVALID = 422
const OK = 200

type Putting = NonNullable<Reference['put']>

const missing = (of: Reference['of'], put?: Reference['put']): Reference => ({
  ...{ status: NOT_FOUND, of },
  ...(put === undefined ? {} : { put }),
})

/** Who is to own a thing is the tenant of the token or nobody, whether another one is there or not. */
const notOwner = (put: Putting): Reference => ({
  ...{ status: CONFLICT, of: ({ name, id }: Estate) => [name, id], put },
})

/** A list without what is not there. */
const nothing = (of: Reference['of']): Reference => ({ status: OK, of })

/** Prime Intellect says the same of a team that is not there and of one that is not the caller's. */
const team = { status: FORBIDDEN, of: ({ team: id }: Estate) => [id] }

const inManifest =
  (manifest: (mine: Estate) => Body, member: (value: string, mine: Estate) => Body) =>
  (value: string, mine: Estate): Body => ({
    manifest: { ...manifest(mine), ...member(value, mine) },
  })

const put = {
  store: inManifest(manifests.group, (value) => ({ integration_fqn: value })),
  collaborator: inManifest(manifests.group, (value) => ({
    collaborators: [{ subject: value, role_id: 'secret-group-viewer' }],
  })),
  owner: inManifest(manifests.group, (value) => ({ ownedBy: { account: value } })),
  owningAccount: inManifest(manifests.virtualAccount, (value, { teamName: team }) => ({
    ownedBy: { account: value, team },
  })),
  teamOwner: inManifest(manifests.team, (value) => ({ ownedBy: { account: value } })),
  roleInTenant: inManifest(manifests.virtualAccount, (value) => ({
    permissions: [{ resource_fqn: value, resource_type: 'tenant', role_id: 'tenant-member' }],
  })),
  members: inManifest(manifests.team, (value) => ({ members: [value] })),
  managers: inManifest(manifests.team, (value) => ({ managers: [value] })),
  permission: inManifest(manifests.virtualAccount, (value) => ({
    permissions: [
      {
        ...{ resource_fqn: value, resource_type: 'secret-group' },
        role_id: 'secret-group-viewer',
      },
    ],
  })),
  shownIn: inManifest(manifests.virtualAccount, (value) => ({
    secret_store_config: { type: 'tfy-secrets', secret_group: value, key: 'token' },
  })),
  owningTeam: inManifest(manifests.virtualAccount, (value) => ({ ownedBy: { team: value } })),
  boundUser: inManifest(manifests.binding, (value) => ({
    subjects: [{ type: 'user', name: value }],
  })),
  boundTeam: inManifest(manifests.binding, (value) => ({
    subjects: [{ type: 'team', name: value }],
  })),
  bound: inManifest(manifests.binding, (value) => ({
    permissions: [
      { resourceType: 'secret-group', resourceFqn: value, role: 'secret-group-viewer' },
    ],
  })),
} satisfies Readonly<Record<string, Putting>>

/** `user:` and the rest, as manifests of groups name people. */
const collaborators: Reference['of'] = ({ userEmail, teamName, virtualName }) => [
  ...[`user:${userEmail}`, `team:${teamName}`, `virtualaccount:${virtualName}`],
]

const deleted = (type: string): Putting =>
  inManifest(
    () => ({ type }),
    (name) => ({ name }),
  )

const bodies: References = {
  group: missing(({ group, groupName }) => [group, groupName]),
  member: missing(({ user, userEmail }) => [user, userEmail]),
  secret: missing(({ secret, linked }) => [secret, linked]),
  service_account: missing(({ service }) => [service]),
  store: missing(({ store, storeName }) => [store, storeName]),
  team: missing(({ team: id }) => [id]),
  with: missing(({ userEmail }) => [userEmail]),

  teamId: team,
  team_id: team,
  'resolve_environment team_slug': {
    status: FORBIDDEN,
    of: ({ slug, teamName }) => [slug, teamName],
  },
  'resolve_environment owner_slug': {
    ...{ status: FORBIDDEN, of: ({ slug, teamName }) => [slug, teamName] },
  },

  integrationId: { status: NO_DEPENDENCY, of: ({ id }) => [id] },
  secretGroupId: missing(({ group, linkedInEnvironment }) => [group, linkedInEnvironment]),
  secretFqns: {
    ...nothing(({ groupFqn, inGroupName }) => [`${groupFqn}:${inGroupName}`]),
    put: (value) => ({ secretFqns: [value] }),
  },
  'PersonalAccessToken.revokeAll email': missing(({ userEmail }) => [userEmail]),
  userEmail: missing(({ userEmail }) => [userEmail]),
  'User.patchRoles email': missing(({ userEmail }) => [userEmail]),
  'User.activate email': missing(({ userEmail }) => [userEmail]),
  'User.deactivate email': missing(({ userEmail }) => [userEmail]),

  'manifest.integration_fqn': missing(({ storeFqn }) => [storeFqn], put.store),
  'manifest.collaborators.subject': missing(collaborators, put.collaborator),
  'SecretGroup.put manifest.ownedBy.account': notOwner(put.owner),
  'VirtualAccount.put manifest.ownedBy.account': notOwner(put.owningAccount),
  'Team.put manifest.ownedBy.account': notOwner(put.teamOwner),
  'manifest.members': missing(
    ({ userEmail, virtualName }) => [userEmail, virtualName],
    put.members,
  ),
  'manifest.managers': missing(({ userEmail }) => [userEmail], put.managers),
  'manifest.permissions.resource_fqn': missing(({ groupFqn }) => [groupFqn], put.permission),
  'manifest.secret_store_config.secret_group': missing(({ groupName }) => [groupName], put.shownIn),
  'manifest.ownedBy.team': missing(({ teamName }) => [teamName], put.owningTeam),
}

/** What the manifests name that any type of is taken: no schema of a route says that. */
const applied: References = {
  'Apply.put store': missing(({ storeFqn }) => [storeFqn], put.store),
  'Apply.put collaborator': missing(collaborators, put.collaborator),
  'Apply.put member': missing(({ userEmail }) => [userEmail], put.members),
  'Apply.put permission': missing(({ groupFqn }) => [groupFqn], put.permission),
  'Apply.put role in a tenant': missing(({ name }) => [name], put.roleInTenant),
  'Apply.put group of a token': missing(({ groupName }) => [groupName], put.shownIn),
  'Apply.put bound user': missing(({ userEmail }) => [userEmail], put.boundUser),
  'Apply.put bound team': missing(({ teamName }) => [teamName], put.boundTeam),
  'Apply.put bound group': missing(({ groupFqn }) => [groupFqn], put.bound),
  'Apply.delete group': missing(({ groupName }) => [groupName], deleted('secret-group')),
  'Apply.delete team': missing(({ teamName }) => [teamName], deleted('team')),
  'Apply.delete account': missing(({ virtualName }) => [virtualName], deleted('virtual-account')),
  'Apply.delete binding': missing(({ bindingName }) => [bindingName], deleted('role-binding')),
}

const queries: References = {
  after: nothing(({ secret }) => [secret]),
  // Where a list goes on is a place of this one list; elsewhere it is any place in the order of ids.
  'listSecrets after': { status: INVALID, of: ({ secret }) => [secret] },
  ending_before: { status: INVALID, of: ({ secret }) => [secret] },
  'planImport group': missing(({ group, groupName }) => [group, groupName]),
  name: nothing(({ credentialName, virtualName }) => [credentialName, virtualName]),
  search: nothing(({ mark }) => [mark]),
  service_account: missing(({ service }) => [service]),
  starting_after: { status: INVALID, of: ({ credential }) => [credential] },
  target: nothing(({ secret }) => [secret]),

  teamId: team,
  'whoami_api_v1_user_whoami_get teamId': nothing(({ team: id }) => [id]),
  owner: nothing(({ slug }) => [slug]),

  'SecretGroup.get fqn': nothing(({ groupFqn }) => [groupFqn]),
  'Fqn.get fqn': missing(({ groupFqn }) => [groupFqn]),
  fqn: nothing(({ storeFqn }) => [storeFqn]),
  id: nothing(({ id }) => [id]),
  nameSearchQuery: nothing(({ personalTokenName, virtualName }) => [
    personalTokenName,
    virtualName,
  ]),
  ownedByTeams: nothing(({ teamName }) => [teamName]),
  filter: nothing(({ virtualName, userEmail }) => [virtualName, userEmail]),
  query: nothing(({ userEmail }) => [userEmail]),
  resourceId: nothing(({ secret, user }) => [secret, user]),
  resourceName: nothing(({ groupName, userEmail }) => [groupName, userEmail]),
  resourceFqn: nothing(({ groupFqn }) => [groupFqn]),
  subjectSlug: nothing(({ userEmail }) => [userEmail]),
}

/** Members that name nothing that is there already, or that are taken and not looked at. */
const plain = {
  body: new Set([
    ...['activate', 'credential_metadata', 'description', 'email', 'encoding', 'expect_version'],
    ...['expires_at', 'file', 'isFile', 'key', 'metadata', 'name', 'open', 'owner', 'payload'],
    ...['role', 'scopes', 'slug', 'state', 'type', 'value', 'visibility', 'encryptionPublicKey'],
    ...['accountName', 'teamName', 'tenantName', 'acceptInviteClientURL', 'acceptInviteClientUrl'],
    ...['expirationDate', 'tokenType', 'roles', 'resourceType', 'sendInviteEmail', 'force'],
    ...['skipIfUserExists', 'dryRun', 'gracePeriodInMinutes', 'gracePeriodInDays', 'withValue'],
    ...['limit', 'offset', 'secrets.key', 'secrets.value', 'manifests.type', 'manifest.type'],
    ...['manifest.name', 'manifest.collaborators.role_id', 'manifest.expiration_date'],
    ...['manifest.permissions.resource_type', 'manifest.permissions.role_id'],
    ...['manifest.auto_rotate', 'manifest.notification_target', 'manifest.token_type'],
    ...['manifest.secret_store_config.type', 'manifest.secret_store_config.key'],
    ...['manifest.tags', 'manifest.identity_provider_mapping', 'manifest.displayName'],
    'manifest.description',
    // What stands in a store is its vendor's word, and no account's.
    'path',
    ...['kind', 'credential', 'plan', 'config.region', 'config.url', 'config.project'],
    ...['config.mount', 'config.namespace', 'config.kms_key', 'config.prefix'],
  ]),
  query: new Set([
    ...[
      'from',
      'before',
      'limit',
      'offset',
      'sort_by',
      'sort_order',
      'version',
      'attributes',
      'type',
    ],
    ...['visibility', 'mine_only', 'starred_only', 'include_teams', 'tags', 'isExpired', 'role'],
    ...['includeMembership', 'showInvalidUsers', 'forceDelete', 'force', 'teamName', 'tenantName'],
    ...['metric', 'action', 'resourceType', 'clusterId', 'workspaceId', 'start', 'end', 'hostName'],
    'prefix',
    // Of a login that waits: nobody's until it is approved.
    'challenge',
  ]),
}

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
}

/** Every place in a schema that holds a text or another plain value, as `manifest.name`. */
function placesOf({ properties, items }: Shape, at: readonly string[] = []): readonly string[] {
  if (items !== undefined) return placesOf(items, at)
  if (properties === undefined) return [at.join('.')]
  return Object.entries(properties).flatMap(([name, shape]) => placesOf(shape, [...at, name]))
}

export interface Named extends Reference {
  readonly place: string
}

/** What the body or the query of a route names. Throws for a place that nobody has judged. */
export function referencesIn(part: 'body' | 'query', route: Route): readonly Named[] {
  const schema: TSchema | null = route.schemas[part]
  if (schema === null) return []
  const table = part === 'body' ? bodies : queries
  const found = placesOf(schema as Shape).flatMap((place): readonly Named[] => {
    const reference = table[`${route.operationId} ${place}`] ?? table[place]
    if (reference !== undefined) return [{ ...reference, place }]
    if (plain[part].has(place)) return []
    throw new Error(`nobody says whether ${place} of ${route.operationId} names something`)
  })
  const more = Object.entries(part === 'body' ? applied : {})
  return [
    ...found,
    ...more
      .filter(([name]) => name.startsWith(`${route.operationId} `))
      .map(([place, reference]) => ({ ...reference, place })),
  ]
}

import Type, { type TSchema } from 'typebox'
import { DateTime, Nullable, NullableObject } from '#dialects/schema.ts'
import { GROUP_ROLES } from '#domain/group.ts'
import { STORE_CONFIG_CHARACTERS_MAX, STORE_PATH_CHARACTERS_MAX } from '#domain/limits.ts'
import { REMOTE_STORE_KINDS, STORE_PREFIX } from '#domain/store.ts'
import { SCOPES } from '#domain/subject.ts'

/** The shapes of our own API. Members are snake_case; moments are RFC 3339 in UTC. */

const Id = () => Type.String()
const Role = () => Type.Enum(['admin', 'member'])
const Scopes = () => Type.Array(Type.Enum([...SCOPES]))

export const pageOf = (item: TSchema) =>
  Type.Object({ data: Type.Array(item), next: Nullable(Type.String()) })

export const pageQuery = Type.Object({
  after: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 })),
})

export const tokensQuery = Type.Object({
  service_account: Type.Optional(Type.String()),
  ...pageQuery.properties,
})

export const Named = Type.Object({ name: Type.String() })
export const Made = Type.Object({ id: Id() })
export const MadeWithToken = Type.Object({ id: Id(), token: Type.String() })

export const Account = Type.Object({ id: Id(), name: Type.String(), created_at: DateTime() })

export const Self = Type.Object({
  id: Id(),
  kind: Type.String(),
  name: Type.String(),
  email: Nullable(Type.String()),
  role: Role(),
  account: Account,
  teams: Type.Array(Type.String()),
  operator: Type.Boolean(),
  token: Type.Object({
    id: Id(),
    scopes: Nullable(Scopes()),
    expires_at: Nullable(Type.String()),
  }),
})

export const CreateUser = Type.Object({
  email: Type.String(),
  role: Role(),
  name: Type.Optional(Type.String()),
})
export const CreateServiceAccount = Type.Object({ name: Type.String(), role: Role() })
export const UpdateSubject = Type.Object({
  role: Type.Optional(Role()),
  state: Type.Optional(Type.Enum(['active', 'suspended'])),
  name: Type.Optional(Type.String()),
})
export const Subject = Type.Object({
  id: Id(),
  kind: Type.String(),
  name: Type.String(),
  email: Nullable(Type.String()),
  role: Role(),
  state: Type.String(),
  created_at: DateTime(),
})

export const Team = Type.Object({ id: Id(), name: Type.String(), created_at: DateTime() })
export const AddMember = Type.Object({ member: Type.String() })
export const Member = Type.Object({ ...Subject.properties, added_at: DateTime() })

export const CreateToken = Type.Object({
  name: Type.String(),
  scopes: Type.Optional(Nullable(Scopes())),
  expires_at: Type.Optional(Type.String()),
  service_account: Type.Optional(Type.String()),
})
export const Token = Type.Object({
  id: Id(),
  name: Type.String(),
  scopes: Nullable(Scopes()),
  created_at: DateTime(),
  expires_at: Nullable(Type.String()),
  revoked_at: Nullable(Type.String()),
})

export const CreateGroup = Type.Object({
  name: Type.String(),
  owner: Type.Optional(Type.Enum(['account', 'me'])),
  team: Type.Optional(Type.String()),
  open: Type.Optional(Type.Boolean()),
  /** A store by its name or id; the account's default without one. */
  store: Type.Optional(Type.String()),
})
export const Group = Type.Object({
  id: Id(),
  name: Type.String(),
  kind: Type.String(),
  owner: Type.Object({ kind: Type.String(), id: Id() }),
  open: Type.Boolean(),
  store: Type.String(),
  created_at: DateTime(),
})
export const SizedGroup = Type.Object({ ...Group.properties, size: Type.Integer() })

const GroupRole = () => Type.Enum([...GROUP_ROLES])
export const Collaborator = Type.Object({
  kind: Type.String(),
  id: Id(),
  name: Type.String(),
  role: GroupRole(),
})
export const Collaborators = Type.Object({ data: Type.Array(Collaborator) })
export const ShareGroup = Type.Object({ with: Type.String(), role: GroupRole() })

const Encoding = () => Type.Enum(['utf8', 'base64'])
const Value = { value: Type.String(), encoding: Type.Optional(Encoding()) }

export const CreateSecret = Type.Object({
  name: Type.String(),
  ...Value,
  description: Type.Optional(Nullable(Type.String())),
  type: Type.Optional(Nullable(Type.String())),
  metadata: Type.Optional(NullableObject()),
  file: Type.Optional(Type.Boolean()),
})
export const UpdateSecret = Type.Object({
  name: Type.Optional(Type.String()),
  value: Type.Optional(Type.String()),
  encoding: Type.Optional(Encoding()),
  description: Type.Optional(Nullable(Type.String())),
  type: Type.Optional(Nullable(Type.String())),
  metadata: Type.Optional(NullableObject()),
  /** Refused unless this is the current version. */
  expect_version: Type.Optional(Type.Integer({ minimum: 1 })),
})
export const CreateVersion = Type.Object({ ...Value, activate: Type.Optional(Type.Boolean()) })

const Doer = Type.Object({ id: Id(), kind: Type.String() })

export const Secret = Type.Object({
  id: Id(),
  name: Type.String(),
  group: Id(),
  linked: Type.Boolean(),
  description: Nullable(Type.String()),
  type: Nullable(Type.String()),
  metadata: NullableObject(),
  file: Type.Boolean(),
  store: Type.String(),
  path: Nullable(Type.String()),
  version: Type.Integer(),
  latest_version: Type.Integer(),
  created_at: DateTime(),
  created_by: Doer,
  updated_at: DateTime(),
})
export const DeletedSecret = Type.Object({
  ...Secret.properties,
  deleted_at: DateTime(),
  wipe_at: DateTime(),
})
export const UndeleteSecret = Type.Object({
  group: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
})
export const Removed = Type.Object({ id: Id(), wipe_at: Nullable(Type.String()) })
export const Opened = Type.Object({
  id: Id(),
  name: Type.String(),
  version: Type.Integer(),
  file: Type.Boolean(),
  value: Type.String(),
  encoding: Encoding(),
})
export const OpenedGroup = Type.Object({ data: Type.Array(Opened) })

export const Version = Type.Object({
  version: Type.Integer(),
  state: Type.String(),
  current: Type.Boolean(),
  created_at: DateTime(),
  created_by: Doer,
  deleted_at: Nullable(Type.String()),
})
export const VersionPage = Type.Object({ data: Type.Array(Version), next: Nullable(Type.String()) })
export const versionsQuery = Type.Object({
  before: Type.Optional(Type.Integer({ minimum: 1 })),
  limit: pageQuery.properties.limit,
})
export const valueQuery = Type.Object({ version: Type.Optional(Type.Integer({ minimum: 1 })) })
export const searchQuery = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 500 })),
  ...pageQuery.properties,
})

export const CreateLink = Type.Object({
  secret: Type.String(),
  name: Type.Optional(Type.String()),
})

const Setting = () =>
  Type.Optional(Type.String({ minLength: 1, maxLength: STORE_CONFIG_CHARACTERS_MAX }))
export const StoreConfig = Type.Object(
  {
    ...{ region: Setting(), url: Setting(), project: Setting(), mount: Setting() },
    ...{ namespace: Setting(), kms_key: Setting() },
    prefix: Type.Optional(Type.String({ pattern: STORE_PREFIX })),
  },
  { additionalProperties: false },
)
export const CreateStore = Type.Object({
  name: Type.String(),
  kind: Type.Enum([...REMOTE_STORE_KINDS]),
  config: StoreConfig,
  /** Of the kind's own shape; left out or `null`, what the surroundings of the server give. */
  credential: Type.Optional(NullableObject()),
})
export const ChangeStore = Type.Object({
  config: StoreConfig,
  /** Left out, the one that is kept goes on to be used. */
  credential: Type.Optional(NullableObject()),
})
export const Store = Type.Object({
  id: Id(),
  name: Type.String(),
  kind: Type.String(),
  config: StoreConfig,
  has_credential: Type.Boolean(),
  created_at: DateTime(),
  updated_at: DateTime(),
})
export const Stores = Type.Object({
  data: Type.Array(Type.Object({ ...Store.properties, default: Type.Boolean() })),
})
export const CheckedStore = Type.Object({
  ...Store.properties,
  calls: Type.Array(
    Type.Object({
      operation: Type.String(),
      calls: Type.Integer(),
      failures: Type.Integer(),
    }),
  ),
})
const AtPath = Type.Object({ secret: Id(), path: Type.String() })
export const StorePlan = Type.Object({
  plan: Type.String(),
  ours: Type.Integer(),
  missing: Type.Array(AtPath),
  orphans: Type.Array(AtPath),
  foreign: Type.Array(Type.String()),
})
export const StoreDrift = Type.Object({
  /** How many secrets are where the record says. */
  ours: Type.Integer(),
  missing: Type.Array(AtPath),
  orphans: Type.Array(AtPath),
  versions: Type.Array(
    Type.Object({
      ...AtPath.properties,
      /** On the record, and not to be read in the store. */
      lost: Type.Array(Type.Integer()),
      /** In the store by these names of its own, and on no record. */
      unknown: Type.Array(Type.String()),
    }),
  ),
})
export const SyncStore = Type.Object({ plan: Type.String() })
export const importQuery = Type.Object({
  /** The group, as everywhere. */
  group: Type.String(),
  /** What the names in the store begin with. Percent-encoded it has to fit the head of a request. */
  prefix: Type.Optional(Type.String({ maxLength: 800 })),
})
export const ImportPlan = Type.Object({
  data: Type.Array(
    Type.Object({
      path: Type.String(),
      name: Type.Union([Type.String(), Type.Null()]),
      change: Type.Enum(['new', 'taken', 'clash', 'unnamed']),
    }),
  ),
  /** Whether there is more than a plan holds. */
  more: Type.Boolean(),
})
export const ImportSecret = Type.Object({
  group: Type.String(),
  path: Type.String({ minLength: 1, maxLength: STORE_PATH_CHARACTERS_MAX }),
  name: Type.String(),
})
/** A store by its name or id; `embedded` is one. */
export const InStore = Type.Object({ store: Type.String() })

export const Entry = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  additionalProperties: true,
})
export const entriesQuery = Type.Object({
  target: Type.Optional(Type.String()),
  before: Type.Optional(Type.Integer({ minimum: 1 })),
  limit: pageQuery.properties.limit,
})
export const Checkpoint = Type.Object({
  size: Type.Integer(),
  note: Type.String(),
  made_at: DateTime(),
})
export const growthQuery = Type.Object({ from: Type.Integer({ minimum: 1 }) })
export const entryProofQuery = Type.Partial(growthQuery)
/** Hashes are base64 of 32 bytes; `note` is the signed checkpoint of the tree of `size` entries. */
const proof = { size: Type.Integer(), note: Type.String(), hashes: Type.Array(Type.String()) }
export const GrowthProof = Type.Object(proof)
export const EntryProof = Type.Object({
  ...{ seq: Type.Integer(), record: Type.String(), ...proof },
  /** That the tree begins with the one of `from` entries, where that was asked. */
  growth: Type.Optional(Type.Array(Type.String())),
})
export const Rewrapped = Type.Object({ fingerprint: Type.String(), keys: Type.Integer() })

export const params = <const N extends readonly string[]>(...names: N) =>
  Type.Object(
    Object.fromEntries(names.map((name) => [name, Type.String()])) as Record<
      N[number],
      Type.TString
    >,
  )
export const versionParams = Type.Object({
  id: Type.String(),
  n: Type.String({ pattern: '^[1-9][0-9]{0,14}$' }),
})

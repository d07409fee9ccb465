import type { GroupRole } from '#domain/group.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { RemoteStoreKind } from '#domain/store.ts'
import type { Role, Scope } from '#domain/subject.ts'

/** The shapes of our own API as they come over the wire; moments are RFC 3339 in UTC. */

export interface Page<T> {
  readonly data: readonly T[]
  /** Where to ask on from; `null` on the last page. */
  readonly next: string | null
}

export interface Made {
  readonly id: string
}

/** Something new together with its token, which is shown this once. */
export interface MadeWithToken extends Made {
  readonly token: SecretValue
}

export interface Account {
  readonly id: string
  readonly name: string
  readonly created_at: string
}

/** Who the token speaks for. */
export interface Self {
  readonly id: string
  readonly kind: string
  readonly name: string
  readonly email: string | null
  readonly role: Role
  readonly account: Account
  readonly teams: readonly string[]
  readonly operator: boolean
  readonly token: {
    readonly id: string
    readonly scopes: readonly Scope[] | null
    readonly expires_at: string | null
  }
}

export interface Subject {
  readonly id: string
  readonly kind: string
  readonly name: string
  readonly email: string | null
  readonly role: Role
  readonly state: string
  readonly created_at: string
}

export interface UpdateSubject {
  readonly role?: Role
  readonly state?: 'active' | 'suspended'
  readonly name?: string
}

export interface Team {
  readonly id: string
  readonly name: string
  readonly created_at: string
}

export interface Member extends Subject {
  readonly added_at: string
}

export interface CreateToken {
  readonly name: string
  readonly scopes?: readonly Scope[]
  readonly expires_at?: string
  readonly service_account?: string
}

export interface Token {
  readonly id: string
  readonly name: string
  readonly scopes: readonly Scope[] | null
  readonly created_at: string
  readonly expires_at: string | null
  readonly revoked_at: string | null
}

export interface CreateGroup {
  readonly name: string
  readonly owner?: 'account' | 'me'
  /** The id of the team that is to own it. */
  readonly team?: string
  /** Whether all that belong to the owner may use it; else only admins and collaborators. */
  readonly open?: boolean
  /** A store by its name or id; the account's default without one. */
  readonly store?: string
}

export interface Group {
  readonly id: string
  readonly name: string
  readonly kind: string
  readonly owner: { readonly kind: string; readonly id: string }
  readonly open: boolean
  readonly store: string
  readonly created_at: string
}

/** Somebody a group is shared with. */
export interface Collaborator {
  readonly kind: string
  readonly id: string
  readonly name: string
  readonly role: GroupRole
}

export interface SizedGroup extends Group {
  readonly size: number
}

export interface CreateSecret {
  readonly name: string
  readonly value: SecretValue
  readonly description?: string | null
  readonly type?: string | null
  readonly file?: boolean
}

export interface UpdateSecret {
  readonly value?: SecretValue
  readonly description?: string | null
  readonly type?: string
}

export interface Doer {
  readonly id: string
  readonly kind: string
}

/** A secret as a group shows it; never its value. */
export interface Secret {
  readonly id: string
  readonly name: string
  readonly group: string
  readonly linked: boolean
  readonly description: string | null
  readonly type: string | null
  readonly metadata: Readonly<Record<string, unknown>> | null
  readonly file: boolean
  /** `embedded`, or the id of a store. */
  readonly store: string
  /** Where it is in that store; `null` in the embedded one. */
  readonly path: string | null
  readonly version: number
  readonly latest_version: number
  readonly created_at: string
  readonly created_by: Doer
  readonly updated_at: string
}

/** A secret that was deleted and can be brought back until `wipe_at`. */
export interface DeletedSecret extends Secret {
  readonly deleted_at: string
  readonly wipe_at: string
}

/** What was deleted; `wipe_at` is `null` where nothing can be brought back. */
export interface Removed extends Made {
  readonly wipe_at: string | null
}

/** A secret with one of its values. */
export interface OpenedSecret {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly file: boolean
  readonly value: SecretValue
}

export interface Version {
  readonly version: number
  readonly state: string
  readonly current: boolean
  readonly created_at: string
  readonly created_by: Doer
  readonly deleted_at: string | null
}

/** What a running job is given, addressed as `owner/name`. */
export interface Environment {
  readonly id: string
  readonly name: string
  /** The slug of its owner. */
  readonly owner: string
  readonly owner_kind: string
  readonly visibility: string
  readonly description: string | null
  readonly created_at: string
  readonly updated_at: string
}

/** A plain value of an environment, no secret. */
export interface Variable {
  readonly id: string
  readonly name: string
  readonly value: string
  readonly description: string | null
  readonly created_at: string
  readonly updated_at: string
}

/** Where a store is and how it is spoken to; nothing secret. */
export interface StoreConfig {
  readonly region?: string
  readonly url?: string
  readonly project?: string
  readonly mount?: string
  readonly namespace?: string
  readonly kms_key?: string
  readonly prefix?: string
}

export interface CreateStore {
  readonly name: string
  readonly kind: RemoteStoreKind
  readonly config: StoreConfig
  /** An object of JSON as text; `null` for what the surroundings of the server give. */
  readonly credential: SecretValue | null
}

export interface ChangeStore {
  readonly config: StoreConfig
  /** Left out, the one that is kept goes on to be used. */
  readonly credential?: SecretValue | null
}

/** A store beside the embedded one; never its credential. */
export interface Store {
  readonly id: string
  readonly name: string
  readonly kind: RemoteStoreKind
  readonly config: StoreConfig
  readonly has_credential: boolean
  readonly created_at: string
  readonly updated_at: string
}

export interface ListedStore extends Store {
  /** Whether groups are made in it where nothing else is said. */
  readonly default: boolean
}

export interface CheckedStore extends Store {
  /** What the server asked of it since it opened it. */
  readonly calls: readonly {
    readonly operation: string
    readonly calls: number
    readonly failures: number
  }[]
}

interface AtPath {
  readonly secret: string
  readonly path: string
}

/** What a store and the record say that does not agree. */
export interface StorePlan {
  /** What `sync` must be given. */
  readonly plan: string
  readonly ours: number
  /** On the record, and not there. */
  readonly missing: readonly AtPath[]
  /** There with our mark, and on no record: what `sync` takes away. */
  readonly orphans: readonly AtPath[]
  /** There, and somebody else's: never touched. */
  readonly foreign: readonly string[]
}

/** What a store and the record do not agree in, version by version. */
export interface StoreDrift {
  /** How many secrets are where the record says. */
  readonly ours: number
  readonly missing: readonly AtPath[]
  readonly orphans: readonly AtPath[]
  readonly versions: readonly (AtPath & {
    /** On the record, and not to be read in the store. */
    readonly lost: readonly number[]
    /** In the store by these names of its own, and on no record. */
    readonly unknown: readonly string[]
  })[]
}

/** What a store holds that no Strongroom put there, and what it comes to in a group. */
export interface ImportPlan {
  readonly data: readonly {
    readonly path: string
    /** `null` where the group could have no name of it. */
    readonly name: string | null
    readonly change: 'new' | 'taken' | 'clash' | 'unnamed'
  }[]
  /** Whether there is more than a plan holds. */
  readonly more: boolean
}

export interface ImportSecret {
  readonly group: string
  readonly path: string
  readonly name: string
}

/** One line of the record; members that say nothing are absent. */
export interface Entry {
  readonly seq: number
  /** Unix time in milliseconds. */
  readonly at: number
  readonly account?: string
  readonly subject?: string
  readonly kind?: string
  readonly token?: string
  readonly api: string
  readonly from: string
  readonly action: string
  readonly target?: string
  readonly id?: string
  readonly name?: string
  readonly version?: number
  readonly outcome: string
  readonly reason?: string
  /** How many requests the line stands for; one, where it is missing. */
  readonly count?: number
}

export interface Checkpoint {
  readonly size: number
  readonly note: string
  readonly made_at: string
}

/** What shows that something is so in the log that the checkpoint `note` closes. */
export interface Proof {
  readonly size: number
  readonly note: string
  /** 32 bytes each, base64. */
  readonly hashes: readonly string[]
}

export interface EntryProof extends Proof {
  readonly seq: number
  /** The entry as it was written. */
  readonly record: string
  /** That the log only grew since the size that was asked about. */
  readonly growth?: readonly string[]
}

export interface Rewrapped {
  readonly fingerprint: string
  readonly keys: number
}

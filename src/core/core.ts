import type { Id, StoreId } from '#domain/ids.ts'
import type { Database, Installation } from '#ports/database.ts'
import type { Kms } from '#ports/kms.ts'
import type { RowSeal } from '#ports/row-seal.ts'
import type { CredentialSealing } from '#ports/sealing.ts'
import type { Tokens } from '#ports/tokens.ts'
import type { World } from '#ports/world.ts'
import type { Callers } from './callers.ts'
import type { Groups } from './groups.ts'
import type { People } from './people.ts'
import type { Secrets } from './secrets.ts'
import type { GivenStore } from './set-up-store.ts'
import type { Stores } from './stores.ts'
import type { LogTree } from './log-tree.ts'
import type { Sealer } from './sealer.ts'
import type { WarmKeyring } from './keyring.ts'

/** What the verbs work with; put together once, by the server. */
export interface Core {
  readonly world: World
  readonly newId: <Kind extends string>() => Id<Kind>
  readonly installation: Installation
  readonly database: Database
  readonly kms: Kms
  readonly keyring: WarmKeyring
  readonly rowSeal: RowSeal
  readonly stores: Stores
  /** Seals the credentials of a store. */
  readonly credentials: (store: StoreId) => CredentialSealing
  /** What each new account is given as its default store; `null` for the embedded one. */
  readonly accountStore: GivenStore | null
  readonly tokens: Tokens
  readonly callers: Callers
  readonly groups: Groups
  readonly people: People
  readonly secrets: Secrets
  readonly sealer: Sealer
  readonly logTree: LogTree
  /** How long what was deleted can be brought back; 0 for not at all. */
  readonly retentionMs: number
}

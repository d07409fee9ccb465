import type { Fault, Problem } from '#domain/fault.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { RemoteStoreKind, Store, StoreConfig } from '#domain/store.ts'
import type { Installation, Write } from '#ports/database.ts'
import type { Mark } from '#ports/remote-store.ts'
import type { Core } from './core.ts'
import { markOf } from './mark.ts'
import { credentialPlace, destinationOf } from './store-credential.ts'
import { titleProblem } from './titles.ts'

/** What is said of a store that is set up. */
export interface GivenStore {
  readonly name: string
  readonly kind: RemoteStoreKind
  readonly config: StoreConfig
  /** JSON text; `null` for what the surroundings of the server give; left out for the one that is kept. */
  readonly credential?: SecretValue | null
}

/** The word after a colon in full names, and in commands: no colon, no space. */
const NAME = '^[A-Za-z0-9][A-Za-z0-9._-]*$'

export function storeNameProblem(name: string, at: Problem['at']): Problem | null {
  if (name === 'embedded') return { at, rule: 'reserved' }
  if (!new RegExp(NAME, 'u').test(name)) return { at, rule: 'pattern', pattern: NAME }
  return titleProblem(name, at)
}

/** Whether the credential that is kept would go somewhere else than it was given for. */
export const leadsElsewhere = (
  store: Store,
  { config, credential }: Pick<GivenStore, 'config' | 'credential'>,
): boolean =>
  credential === undefined && store.credential !== null && isElsewhere(store, { config })

const isElsewhere = (store: Store, { config }: Pick<GivenStore, 'config'>): boolean =>
  destinationOf(config) !== destinationOf(store.config)

/** What sets a store up otherwise; elsewhere only while no secret is in it. */
export const storeChange = (store: Store, row: Store): Write =>
  isElsewhere(store, row) ? { write: 'relocated-store', row } : { write: 'changed-store', row }

/**
 * Whether a store is to be elsewhere while secrets are in it: what our record points at would not be
 * there, and what is there would be forgotten.
 */
export async function leavesBehind(
  { database }: Pick<Core, 'database'>,
  store: Store,
  given: Pick<GivenStore, 'config'>,
): Promise<Fault | null> {
  if (!isElsewhere(store, given)) return null
  if (!(await database.reads.storeHolds(store.id))) return null
  const why =
    'secrets are in it, or go from it: move them to another store first, or set the other place up as a store of its own'
  return { kind: 'in_use', thing: 'store', why }
}

/** What making the row of a store takes. */
export type StoreMaker = Pick<Core, 'world' | 'newId' | 'credentials'> & {
  readonly installation: Pick<Installation, 'id'>
}

/** The row of a new store. */
export async function newStore(
  core: StoreMaker,
  account: Store['account'],
  given: GivenStore,
  id = core.newId<'store'>(),
): Promise<Store> {
  const { name, kind, config, credential = null } = given
  const at = core.world.now()
  const of = { id, account, name, kind, config, createdAt: at, updatedAt: at, revision: 1 }
  return { ...of, credential: await sealed(core, of, credential) }
}

/** The row of a store that is set up otherwise. */
export async function storeWith(
  core: Core,
  store: Store,
  { config, credential }: Pick<GivenStore, 'config' | 'credential'>,
): Promise<Store> {
  return {
    ...{
      ...store,
      config: { ...config, ...lentStill(store, credential) },
      updatedAt: core.world.now(),
      revision: store.revision + 1,
    },
    credential:
      credential === undefined
        ? store.credential
        : await sealed(core, { ...store, config }, credential),
  }
}

/** A credential that stays is as lent as before. */
const lentStill = (
  { config }: Pick<Store, 'config'>,
  credential: GivenStore['credential'],
): Pick<StoreConfig, 'lent'> =>
  credential === undefined && config.lent === true ? { lent: true } : {}

async function sealed(
  core: Pick<StoreMaker, 'installation' | 'credentials'>,
  store: Pick<Store, 'id' | 'account' | 'kind' | 'config'>,
  credential: SecretValue | null,
): Promise<Store['credential']> {
  if (credential === null) return null
  const place = credentialPlace(core.installation.id, store)
  return core.credentials(store.id).seal(place, credential)
}

/** Throws the `StoreFault` of what does not work. */
export async function tryOut(core: Core, store: Store): Promise<void> {
  const opened = await core.stores.open(store)
  try {
    await opened.check(probeMark(core, store))
  } finally {
    await opened.close()
  }
}

/** A probe bears the mark of a secret that is none. */
export const probeMark = (core: Core, { account }: Pick<Store, 'account'>): Mark =>
  markOf(core, account, core.newId<'secret'>())

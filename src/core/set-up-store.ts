import type { Problem } from '#domain/fault.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { RemoteStoreKind, Store, StoreConfig } from '#domain/store.ts'
import type { Installation } from '#ports/database.ts'
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
  credential === undefined &&
  store.credential !== null &&
  destinationOf(config) !== destinationOf(store.config)

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
    ...{ ...store, config, updatedAt: core.world.now(), revision: store.revision + 1 },
    credential:
      credential === undefined
        ? store.credential
        : await sealed(core, { ...store, config }, credential),
  }
}

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

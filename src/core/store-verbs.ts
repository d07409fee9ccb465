import type { Action } from '#domain/action.ts'
import type { Fault, Problem } from '#domain/fault.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { RemoteStoreKind, Store, StoreConfig, StoreRef } from '#domain/store.ts'
import type { Caller } from '#domain/subject.ts'
import type { StoreCalls } from '#ports/secret-store.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { findIntegration } from './integrations.ts'
import type { Refused, Verb } from './perform.ts'
import { credentialPlace } from './store-credential.ts'
import { titleProblem } from './titles.ts'

/** How the record names a store. */
export const storeTarget = ({ id, name }: Pick<Store, 'id' | 'name'>) =>
  ({ kind: 'store', id, name }) as const

const missing: Fault = { kind: 'not_found', thing: 'store' }

/** A store of the caller's account that was set up, by its name or id, for who may do this to it. */
export async function findStore<A extends Action>(
  core: Core,
  caller: Caller,
  action: A,
  word: string,
) {
  const account = await core.people.account(caller)
  const found = await findIntegration(core, account, { by: 'word', word })
  const setUp = found?.setUp ?? null
  const target = setUp === null ? null : storeTarget(setUp)
  const grant = authorize(caller, action, { kind: 'account' }, target)
  if (!grant.ok) return err({ fault: grant.error, target } satisfies Refused)
  if (found !== null && setUp === null) {
    const why = 'the embedded store is part of this server'
    return err({ fault: { kind: 'in_use', thing: 'store', why } } satisfies Refused)
  }
  if (setUp === null) return err({ fault: missing } satisfies Refused)
  return ok({ store: setUp, grant: grant.value, target: storeTarget(setUp) })
}

/** The word after a colon in full names, and in commands: no colon, no space. */
const NAME = '^[A-Za-z0-9][A-Za-z0-9._-]*$'

function nameProblem(name: string): Problem | null {
  const at = ['body', 'name']
  if (name === 'embedded') return { at, rule: 'reserved' }
  if (!new RegExp(NAME, 'u').test(name)) return { at, rule: 'pattern', pattern: NAME }
  return titleProblem(name, at)
}

async function sealed(
  core: Core,
  store: Pick<Store, 'id' | 'account'>,
  credential: SecretValue | null,
): Promise<Store['credential']> {
  if (credential === null) return null
  const place = credentialPlace(core.installation.id, store)
  return core.credentials(store.id).seal(place, credential.reveal())
}

export interface AddStore {
  readonly name: string
  readonly kind: RemoteStoreKind
  readonly config: StoreConfig
  /** JSON text; `null` for what the surroundings of the server give. */
  readonly credential: SecretValue | null
}

/** Sets up a store, after a probe was really written, read and removed there. */
export const addStore: Verb<AddStore, Store, 'store.create'> = {
  action: 'store.create',
  async decide(core, caller, { name, kind, config, credential }) {
    const { account } = caller
    const id = core.newId<'store'>()
    const grant = authorize(caller, 'store.create', { kind: 'account' }, storeTarget({ id, name }))
    if (!grant.ok) return { fault: grant.error }
    const problem = nameProblem(name)
    if (problem !== null) return { fault: { kind: 'invalid', problems: [problem] } }
    if ((await core.database.reads.storeNamed(account, name)) !== null) {
      return { fault: { kind: 'name_taken', thing: 'store' } }
    }
    const at = core.world.now()
    const of = { id, account, name, kind, config, createdAt: at, updatedAt: at, revision: 1 }
    const store = { ...of, credential: await sealed(core, of, credential) }
    await tryOut(core, store)
    return { grant: grant.value, writes: [{ write: 'store', row: store }], answer: () => store }
  },
}

/** Throws the `StoreFault` of what does not work. */
async function tryOut(core: Core, store: Store): Promise<void> {
  const opened = await core.stores.open(store)
  try {
    await opened.check(probeMark(core, store))
  } finally {
    await opened.close()
  }
}

/** A probe bears the mark of a secret that is none. */
const probeMark = (core: Core, { account }: Pick<Store, 'account'>) => ({
  ...{ installation: core.installation.id, account },
  secret: core.newId<'secret'>(),
})

export interface CheckedStore {
  readonly store: Store
  /** What this server asked of it since it was opened. */
  readonly calls: readonly StoreCalls[]
}

/** Really writes, reads and removes a probe. */
export const checkStore: Verb<{ readonly word: string }, CheckedStore, 'store.check'> = {
  action: 'store.check',
  async decide(core, caller, { word }) {
    const found = await findStore(core, caller, 'store.check', word)
    if (!found.ok) return found.error
    const { store, grant } = found.value
    const opened = await core.stores.outside(store.account, store.id)
    await opened.check(probeMark(core, store))
    return { grant, writes: [], answer: () => ({ store, calls: opened.calls() }) }
  },
}

export interface ChangeStore {
  readonly word: string
  readonly config: StoreConfig
  /** Left out, the one that is kept goes on to be used: only with a config that leads to the same place. */
  readonly credential?: SecretValue | null
}

/** Where a credential would be sent: what must not change under one that is not shown. */
const destination = ({ url, region, project, mount, namespace }: StoreConfig): string =>
  JSON.stringify([url, region, project, mount, namespace])

/** Sets a store up otherwise, after a probe. */
export const changeStore: Verb<ChangeStore, Store, 'store.update'> = {
  action: 'store.update',
  async decide(core, caller, { word, config, credential }) {
    const found = await findStore(core, caller, 'store.update', word)
    if (!found.ok) return found.error
    const { store, grant, target } = found.value
    const elsewhere = destination(config) !== destination(store.config)
    if (credential === undefined && store.credential !== null && elsewhere) {
      const problems: Problem[] = [{ at: ['body', 'credential'], rule: 'missing' }]
      return { fault: { kind: 'invalid', problems }, target }
    }
    const next: Store = {
      ...{ ...store, config, updatedAt: core.world.now(), revision: store.revision + 1 },
      credential:
        credential === undefined ? store.credential : await sealed(core, store, credential),
    }
    await tryOut(core, next)
    return { grant, writes: [{ write: 'changed-store', row: next }], answer: () => next }
  },
}

/** Forgets a store in which nothing is; what is there and not ours stays as it is. */
export const removeStore: Verb<{ readonly word: string }, { readonly id: string }, 'store.remove'> =
  {
    action: 'store.remove',
    async decide(core, caller, { word }) {
      const found = await findStore(core, caller, 'store.remove', word)
      if (!found.ok) return found.error
      const { store, grant, target } = found.value
      const { id, revision } = store
      const { reads } = core.database
      if ((await reads.storeUsed(id)) || (await reads.defaultStore(store.account)) === id) {
        const why = 'groups or secrets are in it, or it is the default: move those first'
        return { fault: { kind: 'in_use', thing: 'store', why }, target }
      }
      const at = core.world.now()
      const writes = [{ write: 'removed-store', id, revision, at }] as const
      return { grant, writes, answer: () => ({ id }) }
    },
  }

export interface StoreList {
  readonly stores: readonly Store[]
  readonly fallback: StoreRef
}

/** The stores that were set up, for everybody of the account: config, never a credential. */
export const listStores: Verb<null, StoreList, 'store.list'> = {
  action: 'store.list',
  async decide(core, caller) {
    const grant = authorize(caller, 'store.list', { kind: 'self' }, null)
    if (!grant.ok) return { fault: grant.error }
    const { reads } = core.database
    const [stores, fallback] = await Promise.all([
      reads.stores(caller.account),
      reads.defaultStore(caller.account),
    ])
    return { grant: grant.value, writes: [], answer: () => ({ stores, fallback }) }
  },
}

/** Makes a store the one that groups of the account are made in where nothing else is said. */
export const setDefaultStore: Verb<
  { readonly word: string },
  { readonly store: StoreRef },
  'store.default'
> = {
  action: 'store.default',
  async decide(core, caller, { word }) {
    const account = await core.people.account(caller)
    const found = await findIntegration(core, account, { by: 'word', word })
    const target = found?.setUp == null ? null : storeTarget(found.setUp)
    const grant = authorize(caller, 'store.default', { kind: 'account' }, target)
    if (!grant.ok) return { fault: grant.error, target }
    if (found === null) return { fault: missing }
    const { store } = found
    const writes = [{ write: 'default-store', account: account.id, store }] as const
    return { grant: grant.value, writes, answer: () => ({ store }) }
  },
}

/** The store that a new group is kept in: the one that is named, or the account's default. */
export async function storeFor(
  core: Core,
  caller: Caller,
  word: string | null,
): Promise<Result<StoreRef, Fault>> {
  if (word === null) return ok(await core.database.reads.defaultStore(caller.account))
  const found = await findIntegration(core, await core.people.account(caller), { by: 'word', word })
  return found === null ? err(missing) : ok(found.store)
}

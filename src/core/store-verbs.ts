import type { Action } from '#domain/action.ts'
import type { Fault, Problem } from '#domain/fault.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Store, StoreConfig, StoreRef } from '#domain/store.ts'
import type { Caller } from '#domain/subject.ts'
import type { StoreCalls } from '#ports/secret-store.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { findIntegration } from './integrations.ts'
import type { Refused, Verb } from './perform.ts'
import {
  leadsElsewhere,
  leavesBehind,
  newStore,
  probeMark,
  storeChange,
  storeNameProblem,
  storeWith,
  tryOut,
  type GivenStore,
} from './set-up-store.ts'

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

/** Sets up a store, after a probe was really written, read and removed there. */
export const addStore: Verb<GivenStore, Store, 'store.create'> = {
  action: 'store.create',
  async decide(core, caller, given) {
    const id = core.newId<'store'>()
    const { name } = given
    const grant = authorize(caller, 'store.create', { kind: 'account' }, storeTarget({ id, name }))
    if (!grant.ok) return { fault: grant.error }
    const problem = storeNameProblem(name, ['body', 'name'])
    if (problem !== null) return { fault: { kind: 'invalid', problems: [problem] } }
    if ((await core.database.reads.storeNamed(caller.account, name)) !== null) {
      return { fault: { kind: 'name_taken', thing: 'store' } }
    }
    const store = await newStore(core, caller.account, given, id)
    await tryOut(core, store)
    return { grant: grant.value, writes: [{ write: 'store', row: store }], answer: () => store }
  },
}

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

/** Sets a store up otherwise, after a probe. */
export const changeStore: Verb<ChangeStore, Store, 'store.update'> = {
  action: 'store.update',
  async decide(core, caller, { word, config, credential }) {
    const found = await findStore(core, caller, 'store.update', word)
    if (!found.ok) return found.error
    const { store, grant, target } = found.value
    const given = { config, ...(credential === undefined ? {} : { credential }) }
    if (leadsElsewhere(store, given)) {
      const problems: Problem[] = [{ at: ['body', 'credential'], rule: 'missing' }]
      return { fault: { kind: 'invalid', problems }, target }
    }
    const left = await leavesBehind(core, store, given)
    if (left !== null) return { fault: left, target }
    const next = await storeWith(core, store, given)
    await tryOut(core, next)
    return { grant, writes: [storeChange(store, next)], answer: () => next }
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
        const why =
          'groups or secrets are in it or just went from it, or it is the default: move those first'
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

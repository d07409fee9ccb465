import type { Target } from '#domain/audit.ts'
import type { Fault, Problem } from '#domain/fault.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Caller } from '#domain/subject.ts'
import type { Write } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { integrationsOf, providerOf, type IntegrationList, type Provider } from './integrations.ts'
import type { Verb } from './perform.ts'
import {
  leadsElsewhere,
  leavesBehind,
  newStore,
  storeChange,
  storeNameProblem,
  storeWith,
  tryOut,
  type GivenStore,
} from './set-up-store.ts'
import { storeTarget } from './store-verbs.ts'

export interface PutStores {
  readonly stores: readonly GivenStore[]
  readonly dryRun: boolean
}

/** The stores before, and what was put. */
export interface PutStoresDone extends IntegrationList {
  readonly before: IntegrationList['integrations']
}

interface Step {
  readonly target: Target
  readonly write: Write
}

/**
 * Sets up stores, or sets them up otherwise, each by its name and after a probe; those that are not
 * named stay as they are.
 */
export const putStores: Verb<PutStores, PutStoresDone, 'store.update'> = {
  action: 'store.update',
  async decide(core, caller, { stores, dryRun }) {
    const grant = authorize(caller, 'store.update', { kind: 'account' }, null)
    if (!grant.ok) return { fault: grant.error }
    const account = await core.people.account(caller)
    const before = await integrationsOf(core, account)
    const steps: Step[] = []
    for (const [n, given] of stores.entries()) {
      const step = await stepOf(core, caller, given, n, dryRun)
      if (!step.ok) return { fault: step.error }
      steps.push(step.value)
    }
    return {
      grant: grant.value,
      also: dryRun ? [] : steps.map(({ target }) => target),
      writes: dryRun ? [] : steps.map(({ write }) => write),
      answer: async () => ({ account, before, integrations: await integrationsOf(core, account) }),
    }
  },
}

async function stepOf(
  core: Core,
  { account }: Caller,
  given: GivenStore,
  n: number,
  dryRun: boolean,
): Promise<Result<Step, Fault>> {
  const at = ['body', 'manifest', 'integrations', n]
  const problem = storeNameProblem(given.name, [...at, 'name'])
  if (problem !== null) return err({ kind: 'invalid', problems: [problem] })
  const known = await core.database.reads.storeNamed(account, given.name)
  if (known === null) {
    const row = await newStore(core, account, given)
    if (!dryRun) await tryOut(core, row)
    return ok({ target: storeTarget(row), write: { write: 'store', row } })
  }
  if (known.kind !== given.kind) {
    const why = 'a store of another kind has this name: choose another name'
    return err({ kind: 'in_use', thing: 'store', why })
  }
  if (leadsElsewhere(known, given)) {
    const problems: Problem[] = [{ at: [...at, 'auth_data'], rule: 'missing' }]
    return err({ kind: 'invalid', problems })
  }
  const left = await leavesBehind(core, known, given)
  if (left !== null) return err(left)
  const row = await storeWith(core, known, given)
  if (!dryRun) await tryOut(core, row)
  return ok({ target: storeTarget(row), write: storeChange(known, row) })
}

/** Forgets every store of a provider, in none of which anything is. */
export const removeStores: Verb<{ readonly provider: Provider }, null, 'store.remove'> = {
  action: 'store.remove',
  async decide(core, caller, { provider }) {
    const grant = authorize(caller, 'store.remove', { kind: 'account' }, null)
    if (!grant.ok) return { fault: grant.error }
    const { reads } = core.database
    const all = await integrationsOf(core, await core.people.account(caller))
    const stores = all.flatMap((one) =>
      one.setUp !== null && providerOf(one) === provider ? [one.setUp] : [],
    )
    if (stores.length === 0) return { fault: { kind: 'not_found', thing: 'store' } }
    const fallback = await reads.defaultStore(caller.account)
    for (const { id } of stores) {
      if (id === fallback || (await reads.storeUsed(id))) {
        const why = 'groups or secrets are in one of its stores: move those first'
        return { fault: { kind: 'in_use', thing: 'store', why } }
      }
    }
    const at = core.world.now()
    return {
      grant: grant.value,
      also: stores.map(storeTarget),
      writes: stores.map(
        ({ id, revision }) => ({ write: 'removed-store', id, revision, at }) as const,
      ),
      answer: () => null,
    }
  },
}

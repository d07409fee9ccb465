import { driftOf, removals, type Drift } from './drift.ts'
import { findStore } from './store-verbs.ts'
import type { Verb } from './perform.ts'
import { wholeDriftOf, type WholeDrift } from './version-drift.ts'

/** What is in a store, what of it is ours, and what differs from our record. Changes nothing. */
export const planSync: Verb<{ readonly word: string }, Drift, 'store.drift'> = {
  action: 'store.drift',
  async decide(core, caller, { word }) {
    const found = await findStore(core, caller, 'store.drift', word)
    if (!found.ok) return found.error
    const { store, grant } = found.value
    const drift = await driftOf(core, store)
    return { grant, writes: [], answer: () => drift }
  },
}

/** What a store and our record do not agree in, version by version. Changes nothing. */
export const storeDrift: Verb<{ readonly word: string }, WholeDrift, 'store.drift'> = {
  action: 'store.drift',
  async decide(core, caller, { word }) {
    const found = await findStore(core, caller, 'store.drift', word)
    if (!found.ok) return found.error
    const { store, grant } = found.value
    const drift = await wholeDriftOf(core, store)
    return { grant, writes: [], answer: () => drift }
  },
}

export interface SyncStore {
  readonly word: string
  /** The plan that was looked at: with any other nothing is done. */
  readonly plan: string
}

/** Has what is ours and on no record taken out of a store, as a plan said it. */
export const syncStore: Verb<SyncStore, Drift, 'store.drift'> = {
  action: 'store.drift',
  async decide(core, caller, { word, plan }) {
    const found = await findStore(core, caller, 'store.drift', word)
    if (!found.ok) return found.error
    const { store, grant, target } = found.value
    const drift = await driftOf(core, store)
    if (drift.plan !== plan) {
      const why = 'what is in it is not what the plan says any more: plan again'
      return { fault: { kind: 'in_use', thing: 'store', why }, target }
    }
    return { grant, writes: removals(core, store, drift), answer: () => drift }
  },
}

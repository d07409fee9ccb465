import { authorize } from './authorize.ts'
import type { Verb } from './perform.ts'

/** Gives back what was asked: for questions that hold their own answer. */
export const echo = <T>(): Verb<T, T, 'api.describe'> => ({
  action: 'api.describe',
  decide(_core, caller, input) {
    const grant = authorize(caller, 'api.describe', { kind: 'self' }, null)
    return Promise.resolve(
      grant.ok ? { grant: grant.value, writes: [], answer: () => input } : { fault: grant.error },
    )
  },
})

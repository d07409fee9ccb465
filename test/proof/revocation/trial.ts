import type { Answer, Api, Json } from '#test/support/api.ts'

/** One request that somebody may make as long as they have what is taken away. */
export interface Use {
  readonly method: string
  readonly path: string
  readonly body?: Json | undefined
}

/** When a request was begun: before the taking was sent, before its answer was here, or after that. */
export type Phase = 'before' | 'taking' | 'after'

export interface Observation {
  readonly use: Use
  readonly begun: Phase
  readonly answered: Phase
  readonly status: number
  readonly text: string
}

/** What somebody has, and how it is taken from them. */
export interface Armed {
  readonly token: string
  readonly uses: readonly Use[]
  take(): Promise<Answer>
  /** How those are refused who lack it. */
  readonly refusals: readonly number[]
  /** Gives it back, where the same is taken again. */
  restore?(): Promise<unknown>
}

/** How often each client asks again once the taking was answered. */
const ASKED_AFTER = 2
const SUCCESS = 200
const REFUSED = 300

/** What was observed, and what it is, if anything, that cannot be. */
export interface Outcome {
  readonly observed: readonly Observation[]
  readonly broken: readonly string[]
}

interface Clock {
  phase: Phase
}

const isSuccess = (status: number): boolean => status >= SUCCESS && status < REFUSED

export const succeeded = ({ status }: Observation): boolean => isSuccess(status)

export const told = ({ use, begun, status, text }: Observation): string =>
  `${use.method} ${use.path}, begun ${begun}: ${status} ${text.slice(0, 120)}`

/** Asks on and on, until it has asked often enough after the taking was answered. */
async function askOn(api: Api, use: Use, clock: Clock, seen: (one: Observation) => void) {
  const { method, path, body } = use
  for (let after = 0; after < ASKED_AFTER;) {
    const begun = clock.phase
    if (begun === 'after') after += 1
    const { status, text } = await api.send(method, path, body === undefined ? {} : { body })
    seen({ use, begun, answered: clock.phase, status, text })
  }
}

/**
 * While clients ask on with what they have, it is taken away. Each client has asked with success before
 * that, so that whatever the server keeps warm is.
 */
export async function trial(armed: Armed, clients: readonly Api[], turn: number): Promise<Outcome> {
  const clock: Clock = { phase: 'before' }
  const observed: Observation[] = []
  const asking = clients.map((client, n) => {
    const use = armed.uses[(turn + n) % armed.uses.length]
    if (use === undefined) throw new Error('there is nothing to ask for')
    const first = Promise.withResolvers<undefined>()
    const done = askOn(client.as(armed.token), use, clock, (one) => {
      observed.push(one)
      first.resolve(undefined)
    })
    return { first: first.promise, done }
  })
  await Promise.all(asking.map(({ first }) => first))
  clock.phase = 'taking'
  const { status, text } = await armed.take()
  clock.phase = 'after'
  await Promise.all(asking.map(({ done }) => done))
  await armed.restore?.()
  const untaken = isSuccess(status) ? [] : [`not taken: ${status} ${text}`]
  return { observed, broken: [...untaken, ...odd(observed, armed)] }
}

/** What is refused before the taking was sent, or at any time for another reason. */
const odd = (observed: readonly Observation[], { refusals }: Armed): readonly string[] =>
  observed
    .filter((one) => !succeeded(one))
    .filter(({ answered, status }) => answered === 'before' || !refusals.includes(status))
    .map((one) => `odd: ${told(one)}`)

/** The requests that succeeded though they were begun when it was gone. */
export const late = (
  { observed }: Outcome,
  gone: ReadonlySet<Phase> = new Set(['after']),
): readonly Observation[] => observed.filter((one) => gone.has(one.begun) && succeeded(one))

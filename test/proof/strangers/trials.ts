import type { Action } from '#domain/action.ts'
import type { Route } from '#dialects/dialect.ts'
import type { Answer, Api } from '#test/support/api.ts'
import { callOf, dialectOf, needsToken } from '#test/support/calls.ts'
import type { Call } from '#test/support/calls/call.ts'
import type { Estate } from '#test/support/estate.ts'
import { foreignCases } from '#test/support/foreign.ts'
import {
  CHANGED,
  alwaysWrong,
  asAbsent,
  asNobody,
  inOwnName,
  isRefused,
  leaks,
  leaksValues,
  short,
  type Complaints,
} from './complaints.ts'
import type { Outsider } from './outsiders.ts'
import { KNOWN_INSIDE, sameCall, twinOf } from './twins.ts'
import type { Headers, Seen, Watch } from './watch.ts'

/** What is asked of a route, and whose things are meant. */
export interface Asking {
  readonly watch: Watch
  readonly route: Route
  readonly theirs: Estate
}

/** Who speaks for nobody is told what any unknown token is told, whatever it asks for. */
export async function tryNobody(
  { watch, route, theirs }: Asking,
  api: Api,
  known: Answer,
): Promise<Complaints> {
  const seen = await watch.see(api, route, callOf(route, theirs))
  const wrong = [...alwaysWrong(seen), ...leaks(seen, theirs)]
  const reason = api.token === null ? 'no_token' : 'bad_token'
  return needsToken(route) ? [...wrong, ...asNobody(seen, known, reason)] : wrong
}

/** Their things, but for the names that are given to what is made anew. */
const withOwnNames = (theirs: Estate, { mark, storeUrl, personalTokenName }: Estate): Estate => ({
  ...theirs,
  ...{ mark: `o${mark}`, storeUrl, personalTokenName },
})

/** An outsider asks for what is theirs, all of it, and then for what is not there. */
export async function tryOutsider(
  { watch, route, theirs }: Asking,
  { api, mine }: Outsider,
): Promise<Complaints> {
  const meant = withOwnNames(theirs, mine)
  const call = callOf(route, meant)
  const none = callOf(route, twinOf(meant))
  const seen = await watch.see(api, route, call)
  const wrong = [...alwaysWrong(seen), ...leaks(seen, theirs), ...inOwnName(seen, route, mine.id)]
  if (sameCall(call, none)) return wrong
  const absent = await watch.see(api, route, none)
  return [...wrong, ...asAbsent(seen, absent.answer, theirs)]
}

/** A login that waits is nobody's: whoever has its code may give it a token of their own. */
const NOBODYS = 'approveLogin'

/** An outsider asks for what is its own, but for one name. */
export async function tryPlaces(
  { watch, route, theirs }: Asking,
  { api, mine }: Outsider,
): Promise<Complaints> {
  if (route.operationId === NOBODYS) return []
  const see = (call: Call, headers?: Headers) => watch.see(api, route, call, headers)
  const wrong: string[] = []
  for (const one of foreignCases(dialectOf(route), route, mine, theirs)) {
    const seen = await see(one.foreign, one.headers?.[0])
    const absent = await see(one.absent, one.headers?.[1])
    const found = [
      ...alwaysWrong(seen),
      ...leaks(seen, theirs),
      ...inOwnName(seen, route, mine.id),
      ...asAbsent(seen, absent.answer, theirs),
    ]
    wrong.push(...found.map((complaint) => `${one.what}: ${complaint}`))
  }
  return wrong
}

/**
 * TrueFoundry tells who is of the tenant that a group or a team is there in which they have no role
 * (docs/decisions/0012); the other APIs tell nobody.
 */
export const TELLS: ReadonlySet<string> = new Set([
  ...['SecretGroup.getById', 'SecretGroup.putById', 'SecretGroup.put', 'SecretGroup.delete'],
  ...['Secret.getSecret', 'Secret.delete', 'Secret.list', 'Team.put', 'Apply.put', 'Apply.delete'],
])

/** What is done for anybody: it says what was sent and looks at nothing. */
export const ECHOES: ReadonlySet<string> = new Set(['Apply.dependencyTree'])

/** What a viewer of a group may do there. */
const LOOKING: ReadonlySet<Action> = new Set<Action>([
  ...(['group.get', 'group.list', 'secret.get', 'secret.list'] as const),
  ...(['variable.list', 'version.list'] as const),
])

/** What shows a secret to a viewer, its value left out. */
export const WITHOUT_VALUE: ReadonlySet<string> = new Set(['Secret.getSecret'])

const mayLook = ({ action, operationId }: Route): boolean =>
  LOOKING.has(action) || WITHOUT_VALUE.has(operationId)

export interface Insider {
  readonly api: Api
  /** Whether what is hidden from others is shared with it, to look at. */
  readonly views: boolean
}

/** Refusals in which somebody of the account may be told that a thing is there. */
const mayTell = (
  { answer, entries }: Seen,
  { operationId }: Route,
  { views }: Insider,
): boolean => {
  const reasons = entries.map(({ reason }) => reason)
  if (answer.status !== 403) return false
  return (
    (TELLS.has(operationId) && reasons.includes('hidden')) || (views && reasons.includes('denied'))
  )
}

/** Somebody of the account asks for what is hidden in it, and then for what is not there. */
export async function tryInsider(
  { watch, route, theirs }: Asking,
  insider: Insider,
): Promise<Complaints> {
  const { api, views } = insider
  const call = callOf(route, theirs)
  const none = callOf(route, twinOf(theirs, KNOWN_INSIDE))
  if (sameCall(call, none)) return []
  const seen = await watch.see(api, route, call)
  const wrong = [
    ...((await watch.isChanged()) ? [CHANGED] : []),
    ...alwaysWrong(seen),
    ...leaksValues(seen, theirs),
    ...inOwnName(seen, route, theirs.id),
  ]
  if (mayTell(seen, route, insider)) return wrong
  if (!isRefused(seen) && !ECHOES.has(route.operationId)) {
    return views && mayLook(route) ? wrong : [...wrong, `it is done: ${short(seen.answer)}`]
  }
  const absent = await watch.see(api, route, none)
  // What is not there can be made in its place.
  if (!isRefused(absent)) await watch.lookAway()
  return [...wrong, ...asAbsent(seen, absent.answer, theirs)]
}

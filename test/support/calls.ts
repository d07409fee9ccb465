import type { Dialect, Route } from '#dialects/dialect.ts'
import { dialects } from '#server/registry.ts'
import type { Answer, Api } from './api.ts'
import type { Call, Calls } from './calls/call.ts'
import { primeIntellectCalls } from './calls/prime-intellect.ts'
import { scaleSgpCalls } from './calls/scale-sgp.ts'
import { strongroomCalls } from './calls/strongroom.ts'
import { truefoundryCalls } from './calls/truefoundry.ts'
import type { Estate } from './estate.ts'

/** Every route of every API. */
export const routes: readonly Route[] = dialects.flatMap((dialect) => dialect.routes)

const calls: Readonly<Record<string, Calls>> = {
  'prime-intellect': primeIntellectCalls,
  'scale-sgp': scaleSgpCalls,
  strongroom: strongroomCalls,
  truefoundry: truefoundryCalls,
}

/** The API that a route is of. */
export function dialectOf(route: Route): Dialect {
  const found = dialects.find((dialect) => dialect.routes.includes(route))
  if (found === undefined) throw new Error(`${route.operationId} is of no API`)
  return found
}

function callsFor(route: Route): Calls {
  const { name } = dialectOf(route)
  const found = calls[name]
  if (found === undefined) throw new Error(`nobody knows how ${name} is called`)
  return found
}

/** The names of the parameters of a path, each with the segment before it. */
export function paramsOf({
  path,
}: Route): readonly { readonly key: string; readonly name: string }[] {
  const segments = path.split('/')
  return segments.flatMap((segment, n) =>
    segment.startsWith(':')
      ? [{ key: `${segments[n - 1] ?? ''}/${segment}`, name: segment.slice(1) }]
      : [],
  )
}

/** The value of one parameter of a route in this estate. Throws for a parameter nobody knows. */
export function paramIn(route: Route, key: string, name: string, estate: Estate): string {
  const { params, special = {} } = callsFor(route)
  const of = special[route.operationId]?.[name] ?? params[key]
  if (of === undefined) throw new Error(`nobody knows what stands for ${key}`)
  return of(estate)
}

/** A request that this estate's admin may make, and that is answered with success. */
export function callOf(route: Route, estate: Estate): Call {
  const { bodies, queries = {}, tokens = {} } = callsFor(route)
  const entries = paramsOf(route).map(
    ({ key, name }) => [name, paramIn(route, key, name, estate)] as const,
  )
  const body = bodies[route.operationId]
  if (body === undefined && route.schemas.body !== null) {
    throw new Error(`nobody knows a body for ${route.operationId}`)
  }
  return {
    params: Object.fromEntries(entries),
    query: queries[route.operationId]?.(estate) ?? {},
    body: body?.(estate) ?? null,
    token: tokens[route.operationId]?.(estate) ?? null,
  }
}

/** The path of a call, every parameter encoded as one segment. */
export const pathOf = ({ path }: Route, call: Call): string =>
  path.replace(/:([A-Za-z_]+)/g, (_all, name: string) =>
    encodeURIComponent(call.params[name] ?? ''),
  )

/** The target of a call: its path with its query. */
export function targetOf(route: Route, call: Call): string {
  const query = new URLSearchParams(call.query).toString()
  return query === '' ? pathOf(route, call) : `${pathOf(route, call)}?${query}`
}

/** Makes a call, with the token of `api` unless the call has one of its own. */
export function sendCall(
  api: Api,
  route: Route,
  call: Call,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const body = call.body === null ? {} : { body: call.body }
  const asker = call.token === null ? api : api.as(call.token)
  return asker.send(route.method, targetOf(route, call), { headers, ...body })
}

/** Whether a request for this route without a token is refused for that. */
export const needsToken = (route: Route): boolean =>
  route.asked.by === 'caller' || callsFor(route).tokens?.[route.operationId] !== undefined

/**
 * Statuses of a request that names what is not there, where 404 would not be it: Prime Intellect tells
 * nobody whether a team is there.
 */
const absent: Readonly<Record<string, number>> = {
  list_team_members_api_v1_teams__team_id__members_get: 403,
}

/** The status of a request for this route with a parameter that names nothing. */
export const absentStatus = ({ operationId }: Route): number => absent[operationId] ?? 404

/** Parameters for which any word will do, or that are no thing's name. */
const free = new Set(['fqn/:type', 'personal-access-tokens/:name'])

/** The parameters of a route that name a thing that has to be there. */
export const namingParamsOf = (route: Route) => paramsOf(route).filter(({ key }) => !free.has(key))

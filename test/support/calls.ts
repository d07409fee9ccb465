import type { Route } from '#dialects/dialect.ts'
import type { Estate } from './estate.ts'

/** A request for a route: what stands in its path, its query and its body. */
export interface Call {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>> | null
}

type Of<T> = (estate: Estate) => T

/** What stands for a parameter, by the segment before it and its name. */
const params: Readonly<Record<string, Of<string>>> = {
  'credentials/:credential_id': ({ credential }) => credential,
  'collaborators/:collaborator': ({ userEmail }) => userEmail,
  'deleted-secrets/:id': ({ deleted }) => deleted,
  'environments/:environment': ({ environment }) => environment,
  'login-challenges/:code': ({ login }) => login,
  'variables/:variable': ({ variableName }) => variableName,
  'groups/:group': ({ group }) => group,
  'links/:id': ({ linked }) => linked,
  'members/:member': ({ user }) => user,
  'name/:credential_name': ({ credentialName }) => credentialName,
  'secrets/:id': ({ secret }) => secret,
  'secrets/:name': ({ inGroupName }) => inGroupName,
  'secrets/:secret_id': ({ secret }) => secret,
  'service-accounts/:id': ({ service }) => service,
  'teams/:team': ({ team }) => team,
  'tokens/:id': ({ token }) => token,
  'users/:id': ({ user }) => user,
  'versions/:n': () => '1',
}

/** Where a route needs another one than the rest. */
const special: Readonly<Record<string, Readonly<Record<string, Of<string>>>>> = {
  deleteGroup: { group: ({ emptyGroup }) => emptyGroup },
  deleteTeam: { team: ({ emptyTeam }) => emptyTeam },
  undeleteVersion: { n: () => '2' },
}

/** Values begin with `value-`, as those of an estate do. */
const bodies: Readonly<Record<string, Of<Readonly<Record<string, unknown>>>>> = {
  'POST-V5-/sgp/secrets': ({ mark }) => ({ key: `new-${mark}`, value: `value-n-${mark}` }),
  'PATCH-V5-/sgp/secrets/{secret_id}': ({ mark }) => ({ value: `value-o-${mark}` }),
  'POST-V5-/v5/credentials': ({ mark }) => ({
    type: 'key',
    name: `new ${mark}`,
    payload: `value-n-${mark}`,
  }),
  'PATCH-V5-/v5/credentials/{credential_id}': ({ mark }) => ({ payload: `value-o-${mark}` }),
  addMember: ({ service }) => ({ member: service }),
  createEnvironment: ({ mark }) => ({ name: `n-${mark}` }),
  putVariable: () => ({ value: 'plain' }),
  setSlug: ({ mark }) => ({ slug: `o-${mark}` }),
  setTeamSlug: ({ mark }) => ({ slug: `ot-${mark}` }),
  shareGroup: ({ userEmail }) => ({ with: userEmail, role: 'viewer' }),
  undeleteSecret: () => ({}),
  createAccount: ({ mark }) => ({ name: `account ${mark}` }),
  createGroup: ({ mark, team }) => ({ name: `n-${mark}`, team }),
  createLink: ({ credential, mark }) => ({ secret: credential, name: `l.${mark}` }),
  createSecret: ({ mark }) => ({ name: `n.${mark}`, value: `value-n-${mark}` }),
  createServiceAccount: ({ mark }) => ({ name: `other ${mark}`, role: 'member' }),
  createTeam: ({ mark }) => ({ name: `other ${mark}` }),
  createToken: ({ mark, service }) => ({ name: `other ${mark}`, service_account: service }),
  createUser: ({ mark }) => ({ email: `other-${mark}@example.com`, role: 'member' }),
  createVersion: ({ mark }) => ({ value: `value-o-${mark}` }),
  updateSecret: ({ mark }) => ({ value: `value-o-${mark}` }),
  updateServiceAccount: ({ mark }) => ({ name: `other ${mark}` }),
  updateUser: ({ mark }) => ({ name: `other ${mark}` }),
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
  const of = special[route.operationId]?.[name] ?? params[key]
  if (of === undefined) throw new Error(`nobody knows what stands for ${key}`)
  return of(estate)
}

/** A request that this estate's admin may make, and that is answered with success. */
export function callOf(route: Route, estate: Estate): Call {
  const entries = paramsOf(route).map(
    ({ key, name }) => [name, paramIn(route, key, name, estate)] as const,
  )
  const body = bodies[route.operationId]
  if (body === undefined && route.schemas.body !== null) {
    throw new Error(`nobody knows a body for ${route.operationId}`)
  }
  return { params: Object.fromEntries(entries), query: {}, body: body?.(estate) ?? null }
}

/** The target of a call, every parameter encoded as one segment. */
export function targetOf({ path }: Route, call: Call): string {
  const filled = path.replace(/:([a-z_]+)/g, (_all, name: string) =>
    encodeURIComponent(call.params[name] ?? ''),
  )
  const query = new URLSearchParams(call.query).toString()
  return query === '' ? filled : `${filled}?${query}`
}

import Type from 'typebox'
import { ok } from '#domain/result.ts'
import { commitEntry } from '#core/commit.ts'
import { presence } from '#core/permissions.ts'
import { openRoute, route, type Route } from '#dialects/dialect.ts'
import { AnyObject } from './schemas.ts'
import * as schemas from './people-schemas.ts'
import * as people from './people-shapes.ts'

/** Who asks, and what clients ask before they are anybody. */

const tag = 'Session'

/** Older clients are not known to fail. */
const OLDEST = '0.0.1'

const MinCliVersion = Type.Object({
  minVersion: Type.String(),
  truefoundryCliMinVersion: Type.String(),
  useSFYServerAuthAPIs: Type.Boolean(),
})

const minCliVersion = openRoute({
  method: 'GET',
  path: '/api/svc/v1/min-cli-version',
  operationId: 'Session.getMinCliVersion',
  summary: 'The oldest command line that is served',
  tag,
  success: { status: 200, schema: MinCliVersion },
  action: 'api.describe',
  async answer(core, origin) {
    await commitEntry(core, origin, null, DESCRIBED)
    return ok(null)
  },
  encode: () => ({
    minVersion: OLDEST,
    truefoundryCliMinVersion: OLDEST,
    useSFYServerAuthAPIs: false,
  }),
})

const DESCRIBED = { action: 'api.describe', target: null, fault: null } as const

/** One name for every host: whose accounts are behind it is nobody's business without a token. */
const TENANT = 'strongroom'

const tenantId = openRoute({
  method: 'GET',
  path: '/api/svc/v1/tenant-id',
  operationId: 'Session.getTenantId',
  summary: 'The tenant of a host: always the same word; login is by token, not by device',
  tag,
  query: Type.Object({ hostName: Type.Optional(Type.String()) }),
  success: {
    status: 200,
    schema: Type.Object({ tenantName: Type.String(), auth_server_url: Type.String() }),
  },
  action: 'api.describe',
  async answer(core, origin) {
    await commitEntry(core, origin, null, DESCRIBED)
    return ok(null)
  },
  encode: () => ({ tenantName: TENANT, auth_server_url: '' }),
})

const session = route({
  method: 'GET',
  path: '/api/svc/v1/session',
  operationId: 'Session.get',
  summary: 'Who the token speaks for, as the command line asks it',
  tag,
  success: {
    status: 200,
    schema: Type.Object({
      user: Type.Object({
        tenantName: Type.String(),
        subject: Type.Object({
          subjectSlug: Type.String(),
          subjectType: Type.String(),
          subjectPatName: Type.Optional(Type.String()),
        }),
        email: Type.Optional(Type.String()),
        metadata: AnyObject(),
      }),
    }),
  },
  verb: presence,
  decode: () => ok(null),
  encode: (here) => {
    const { tenantName, subjectSlug, subjectType, metadata, ...said } = people.session(here)
    const pat = said.subjectPatName
    return {
      user: {
        subject: { subjectSlug, subjectType, ...(pat === null ? {} : { subjectPatName: pat }) },
        ...{ tenantName, metadata },
        ...(said.email === null ? {} : { email: said.email }),
      },
    }
  },
})

const info = route({
  method: 'GET',
  path: '/api/svc/v1/x/users/info',
  operationId: 'User.getInfo',
  summary: 'Who the token speaks for',
  tag,
  success: { status: 200, schema: schemas.Session },
  verb: presence,
  decode: () => ok(null),
  encode: people.session,
})

const roles = route({
  method: 'GET',
  path: '/api/svc/v1/roles',
  operationId: 'Role.get',
  summary: 'List the roles there are',
  tag,
  success: { status: 200, schema: Type.Object({ data: Type.Array(schemas.Role) }) },
  verb: presence,
  decode: () => ok(null),
  encode: people.roles,
})

export const sessionRoutes: readonly Route[] = [minCliVersion, tenantId, session, info, roles]

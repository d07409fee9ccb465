import { ok } from '#domain/result.ts'
import { userPermissions, userTeams } from '#core/permissions.ts'
import { deleteUser, getUser, listUsers, registerUser, updateUser } from '#core/users.ts'
import { ask, choosingRoute, route, type Route } from '#dialects/dialect.ts'
import * as schemas from './people-schemas.ts'
import * as people from './people-shapes.ts'
import { readTenantRole } from './roles.ts'
import { dataOf, Empty, idParams, pageOf } from './schemas.ts'
import * as shapes from './shapes.ts'

const tag = 'Users'
const words = { subject: 'user' }
const done = { status: 200, schema: Empty }

const list = choosingRoute({
  method: 'GET',
  path: '/api/svc/v1/users',
  operationId: 'User.get',
  summary: 'List the users of the tenant',
  ...{ tag, query: schemas.usersQuery },
  success: { status: 200, schema: pageOf(schemas.User) },
  action: listUsers.action,
  choose: ({ query }) => {
    const asked = shapes.pageAsked(query)
    const input = { text: query.query ?? '', suspended: query.showInvalidUsers ?? false }
    return ok(
      ask(listUsers, { ...asked, ...input }, ({ items, total }) =>
        shapes.page(items.map(people.user), total, asked),
      ),
    )
  },
})

const get = route({
  method: 'GET',
  path: '/api/svc/v1/users/:id',
  operationId: 'User.getById',
  summary: 'Get a user',
  ...{ tag, words, params: idParams },
  success: { status: 200, schema: dataOf(schemas.User) },
  verb: getUser,
  decode: ({ params }) => ok({ id: params.id }),
  encode: (view) => ({ data: people.user(view) }),
})

const remove = route({
  method: 'DELETE',
  path: '/api/svc/v1/users/:id',
  operationId: 'User.delete',
  summary: 'Delete a user; one who is in a team or has a role in a group only by forceDelete',
  ...{ tag, words: { ...words, badRequest: 'subject' } },
  ...{ params: idParams, query: schemas.deleteUserQuery, success: done },
  verb: deleteUser,
  decode: ({ params, query }) => ok({ id: params.id, force: query.forceDelete ?? false }),
  encode: () => ({}),
})

const register = route({
  method: 'POST',
  path: '/api/svc/v1/users/register',
  operationId: 'User.register',
  summary: 'Make a user; no mail is sent, an admin makes and hands on their first token',
  ...{ tag, words, body: schemas.RegisterUser, success: done },
  verb: registerUser,
  decode: ({ body: { email, skipIfUserExists, dryRun } }) =>
    ok({ email, skip: skipIfUserExists ?? false, dryRun: dryRun ?? false }),
  encode: () => ({}),
})

/** The page that was named, with whom it is for: a link that by itself opens nothing. */
const linkTo = (url: string, email: string): string =>
  `${url}${url.includes('?') ? '&' : '?'}email=${encodeURIComponent(email)}`

const invite = choosingRoute({
  method: 'POST',
  path: '/api/svc/v1/users/invite',
  operationId: 'User.invite',
  summary: 'Make a user, and get the link to hand on; it opens nothing without a token',
  ...{ tag, words, body: schemas.InviteUser },
  success: { status: 200, schema: schemas.Invited },
  action: registerUser.action,
  choose: ({ body: { email, acceptInviteClientUrl: url } }) =>
    ok(
      ask(registerUser, { email, skip: false, dryRun: false }, (made) => ({
        link: linkTo(url, shapes.slugOf(made)),
      })),
    ),
})

const roles = choosingRoute({
  method: 'PATCH',
  path: '/api/svc/v1/users/roles',
  operationId: 'User.patchRoles',
  summary: 'Give a user these roles in the tenant, and no others',
  ...{ tag, words, body: schemas.UserRoles, success: done },
  action: updateUser.action,
  choose: ({ body: { email, roles: ids } }) => {
    let role: 'admin' | 'member' = 'member'
    for (const [n, id] of ids.entries()) {
      const read = readTenantRole(id, ['body', 'roles', n])
      if (!read.ok) return read
      if (read.value === 'admin') role = 'admin'
    }
    return ok(ask(updateUser, { email, role }, () => ({})))
  },
})

const turn = (word: 'activate' | 'deactivate', state: 'active' | 'suspended'): Route =>
  route({
    method: 'PATCH',
    path: `/api/svc/v1/users/${word}`,
    operationId: `User.${word}`,
    summary: `${word === 'activate' ? 'Bring a user back' : 'Suspend a user'}; in force at once`,
    ...{ tag, words, body: schemas.Email, success: done },
    verb: updateUser,
    decode: ({ body }) => ok({ email: body.email, state }),
    encode: () => ({}),
  })

const resources = route({
  method: 'GET',
  path: '/api/svc/v1/x/users/:id/resources',
  operationId: 'User.getResources',
  summary: 'List what is shared with a user',
  ...{ tag, words, params: idParams },
  success: { status: 200, schema: schemas.Resources },
  verb: userPermissions,
  decode: ({ params }) => ok({ id: params.id }),
  encode: people.resources,
})

const permissions = route({
  method: 'GET',
  path: '/api/svc/v1/x/users/:id/permissions',
  operationId: 'User.getPermissions',
  summary: 'List the roles that a user and their teams were given',
  ...{ tag, words, params: idParams },
  success: { status: 200, schema: schemas.Permissions },
  verb: userPermissions,
  decode: ({ params }) => ok({ id: params.id }),
  encode: people.permissions,
})

const teams = route({
  method: 'GET',
  path: '/api/svc/v1/x/users/:id/teams',
  operationId: 'User.getTeams',
  summary: 'List the teams that a user is in',
  ...{ tag, words, params: idParams },
  success: { status: 200, schema: schemas.UserTeams },
  verb: userTeams,
  decode: ({ params }) => ok({ id: params.id }),
  encode: people.memberships,
})

export const userRoutes: readonly Route[] = [
  list,
  register,
  invite,
  roles,
  turn('activate', 'active'),
  turn('deactivate', 'suspended'),
  get,
  remove,
  resources,
  permissions,
  teams,
]

import { ok } from '#domain/result.ts'
import { deleteGroup } from '#core/delete-group.ts'
import { createGroup, getGroup, readGroup } from '#core/group-verbs.ts'
import { listGroups } from '#core/list-groups.ts'
import { createLink, deleteLink } from '#core/links.ts'
import type { GroupRef } from '#core/locate.ts'
import { route, type Route } from '#dialects/dialect.ts'
import { pageAsked } from './people.ts'
import * as schemas from './schemas.ts'
import * as shapes from './shapes.ts'

const tag = 'Groups'

export const groupCalled = (word: string): GroupRef => ({ by: 'word', word })

const groupParams = schemas.params('group')

export const groupRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/strongroom/v1/groups',
    operationId: 'createGroup',
    summary: 'Make a named group of the account, of yourself, or of a team',
    ...{ tag, body: schemas.CreateGroup },
    success: { status: 200, schema: schemas.Group },
    verb: createGroup,
    decode: ({ body: { name, owner = 'account', team, open = true, store = null } }) =>
      ok({
        ...{ name, open, store },
        owner:
          team === undefined
            ? { kind: owner === 'me' ? ('subject' as const) : ('account' as const) }
            : { kind: 'team' as const, id: team },
      }),
    encode: shapes.group,
  }),
  route({
    method: 'GET',
    path: '/strongroom/v1/groups',
    operationId: 'listGroups',
    summary: 'List every group you may use, whatever API made it',
    ...{ tag, query: schemas.pageQuery },
    success: { status: 200, schema: schemas.pageOf(schemas.Group) },
    verb: listGroups,
    decode: ({ query }) => ok(pageAsked(query)),
    encode: ({ items, more }) => shapes.page(items.map(shapes.group), more, ({ id }) => id),
  }),
  route({
    method: 'GET',
    path: '/strongroom/v1/groups/:group',
    operationId: 'getGroup',
    summary: 'Get a group by its name or id; `secrets`, `credentials` and `personal` are your own',
    ...{ tag, params: groupParams },
    success: { status: 200, schema: schemas.SizedGroup },
    verb: getGroup,
    decode: ({ params }) => ok(groupCalled(params.group)),
    encode: (group) => ({ ...shapes.group(group), size: group.size }),
  }),
  route({
    method: 'DELETE',
    path: '/strongroom/v1/groups/:group',
    operationId: 'deleteGroup',
    summary: 'Remove an empty named group',
    ...{ tag, params: groupParams },
    success: { status: 200, schema: schemas.Made },
    verb: deleteGroup,
    decode: ({ params }) => ok(groupCalled(params.group)),
    encode: ({ id }) => ({ id }),
  }),
  route({
    method: 'GET',
    path: '/strongroom/v1/groups/:group/values',
    operationId: 'readGroup',
    summary: 'Read the current value of every secret of a group',
    ...{ tag, params: groupParams },
    success: { status: 200, schema: schemas.OpenedGroup },
    verb: readGroup,
    decode: ({ params }) => ok(groupCalled(params.group)),
    encode: (secrets) => ({ data: secrets.map(shapes.opened) }),
  }),
  route({
    method: 'POST',
    path: '/strongroom/v1/groups/:group/links',
    operationId: 'createLink',
    summary: 'Make a secret of another group visible in this one',
    ...{ tag, params: groupParams, body: schemas.CreateLink, words: { thing: 'link' } },
    success: { status: 200, schema: schemas.Secret },
    verb: createLink,
    decode: ({ params, body: { secret: id, name = null } }) =>
      ok({ group: groupCalled(params.group), name, ref: { by: 'id' as const, id } }),
    encode: ({ name, secret, link }) => shapes.secret(name, link?.group ?? secret.group, secret),
  }),
  route({
    method: 'DELETE',
    path: '/strongroom/v1/groups/:group/links/:id',
    operationId: 'deleteLink',
    summary: 'Take a link away, by the id of its secret; the secret stays',
    ...{ tag, params: schemas.params('group', 'id') },
    success: { status: 200, schema: schemas.Made },
    verb: deleteLink,
    decode: ({ params }) => ok({ group: groupCalled(params.group), id: params.id }),
    encode: ({ id }) => ({ id }),
  }),
]

import { ok } from '#domain/result.ts'
import { deleteWholeGroup } from '#core/delete-group.ts'
import {
  getEnvironment,
  listEnvironments,
  resolveEnvironment,
  type Environment,
  type EnvironmentRef,
  type OwnerRef,
} from '#core/environments.ts'
import { ask, choosingRoute, route, type Route } from '#dialects/dialect.ts'
import { isoTime } from '#dialects/schema.ts'
import * as schemas from './schemas.ts'
import { LIMIT_DEFAULT, pageOf, success } from './secrets.ts'

const tag = 'Environments'
const HUB = '/api/v1/environmentshub'

export const words = { group: 'environment' }

/** An environment by its id. */
export const environmentOf = (word: string): EnvironmentRef => ({ by: 'environment-word', word })

const bySlug = (owner: string, name: string): EnvironmentRef => ({ by: 'environment', owner, name })

const said = ({ group, owner, description, visibility }: Environment) => ({
  id: group.id,
  name: group.name,
  owner: { name: owner, type: group.owner.kind === 'team' ? ('team' as const) : ('user' as const) },
  description,
  visibility,
})

const found = (one: Environment) => ({
  ...said(one),
  created_at: isoTime(one.group.createdAt),
  updated_at: isoTime(one.updatedAt),
})

const listed = (one: Environment) => ({
  ...found(one),
  latest_version: null,
  stars: 0,
  tags: [],
})

/** Whose it is to be: the first of these that is named, or else the caller's. */
function ownerOf(body: {
  readonly team_id?: string | null
  readonly team_slug?: string | null
  readonly owner_slug?: string | null
}): OwnerRef {
  const { team_id: team = null } = body
  if (team !== null) return { by: 'team', team }
  const slug = body.team_slug ?? body.owner_slug ?? null
  return slug === null ? { by: 'caller' } : { by: 'slug', slug }
}

const resolve = route({
  method: 'POST',
  path: `${HUB}/resolve`,
  operationId: 'resolve_environment',
  summary: 'Get an environment by its owner and name, or make it',
  ...{ tag, words, body: schemas.ResolveRequest },
  success: { status: 200, schema: schemas.dataOf(schemas.ResolvedEnvironment) },
  verb: resolveEnvironment,
  decode: ({ body }) => {
    const visibility = body.visibility === 'PUBLIC' ? ('PUBLIC' as const) : ('PRIVATE' as const)
    return ok({ owner: ownerOf(body), name: body.name, visibility, anew: false })
  },
  encode: (one) => success({ ...said(one), created: one.created }),
})

const byName = schemas.params('owner', 'name')

const latest = route({
  method: 'GET',
  path: `${HUB}/:owner/:name/@latest`,
  operationId: 'get_environment',
  summary: 'Get an environment by its owner and name',
  ...{ tag, words, params: byName },
  success: { status: 200, schema: schemas.dataOf(schemas.EnvironmentFound) },
  verb: getEnvironment,
  decode: ({ params: { owner, name } }) => ok(bySlug(owner, name)),
  encode: (one) => success(found(one)),
})

const status = route({
  method: 'GET',
  path: `${HUB}/:owner/:name/status`,
  operationId: 'get_environment_status',
  summary: 'Get what is told of the state of an environment',
  ...{ tag, words, params: byName },
  success: { status: 200, schema: schemas.dataOf(schemas.EnvironmentStatus) },
  verb: getEnvironment,
  decode: ({ params: { owner, name } }) => ok(bySlug(owner, name)),
  encode: ({ group: { name }, description, visibility }) =>
    success({ name, description, visibility, latest_version: null }),
})

const list = choosingRoute({
  method: 'GET',
  path: `${HUB}/`,
  operationId: 'list_environments',
  summary: 'List the environments you may use, your own and those of your teams',
  ...{ tag, words, query: schemas.hubQuery },
  success: { status: 200, schema: schemas.pageOf(schemas.EnvironmentListed) },
  action: listEnvironments.action,
  choose: ({ query }) => {
    const { offset = 0, limit = LIMIT_DEFAULT, sort_by: by = 'created_at' } = query
    const input = {
      ...{ offset, limit, owner: query.owner ?? null, visibility: query.visibility ?? null },
      ...{ text: query.search ?? '', after: '' },
      mine: query.mine_only === true,
      sort: by === 'stars' ? ('created_at' as const) : by,
      descending: query.sort_order !== 'asc',
    }
    // Nobody can give a star or a tag to anything here.
    const none = query.starred_only === true || query.tags !== undefined
    return ok(
      ask(listEnvironments, input, ({ items, total }) =>
        pageOf({
          items: none ? [] : items.map(listed),
          total: none ? 0 : total,
          ...{ offset, limit },
        }),
      ),
    )
  },
})

const removed = { status: 200, schema: schemas.dataOf(schemas.Removed) }

const remove = route({
  method: 'DELETE',
  path: `${HUB}/:env_id`,
  operationId: 'delete_environment',
  summary: 'Delete an environment with its secrets and variables; what it links to stays',
  ...{ tag, words, params: schemas.params('env_id'), success: removed },
  verb: deleteWholeGroup,
  decode: ({ params }) => ok(environmentOf(params.env_id)),
  encode: ({ id }) => success({ id }),
})

const removeByName = route({
  method: 'DELETE',
  path: `${HUB}/:owner/:name`,
  operationId: 'delete_environment_by_name',
  summary: 'Delete an environment by its owner and name',
  ...{ tag, words, params: byName, success: removed },
  verb: deleteWholeGroup,
  decode: ({ params: { owner, name } }) => ok(bySlug(owner, name)),
  encode: ({ id }) => success({ id }),
})

export const environmentRoutes: readonly Route[] = [
  resolve,
  latest,
  status,
  list,
  remove,
  removeByName,
]

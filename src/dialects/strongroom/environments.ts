import Type from 'typebox'
import type { Variable } from '#domain/group.ts'
import { ok } from '#domain/result.ts'
import { deleteWholeGroup } from '#core/delete-group.ts'
import {
  getEnvironment,
  listEnvironments,
  resolveEnvironment,
  VISIBILITIES,
  type Environment as Shown,
  type EnvironmentRef,
} from '#core/environments.ts'
import { readInjection, type Injected } from '#core/injection.ts'
import { setSlug } from '#core/slugs.ts'
import { deleteVariable, listVariables, putVariable } from '#core/variables.ts'
import { route, type Route } from '#dialects/dialect.ts'
import { DateTime, isoTime, Nullable } from '#dialects/schema.ts'
import { pageAsked } from './people.ts'
import * as schemas from './schemas.ts'
import * as shapes from './shapes.ts'

const tag = 'Environments'
const PATH = '/strongroom/v1/environments'
const params = schemas.params('environment')

const Environment = Type.Object({
  id: Type.String(),
  name: Type.String(),
  owner: Type.String(),
  owner_kind: Type.String(),
  visibility: Type.Enum([...VISIBILITIES]),
  description: Nullable(Type.String()),
  created_at: DateTime(),
  updated_at: DateTime(),
})

const CreateEnvironment = Type.Object({
  name: Type.String(),
  /** The slug of a user or a team; the caller's own by default. */
  owner: Type.Optional(Type.String()),
  visibility: Type.Optional(Type.Enum([...VISIBILITIES])),
})

const EnvironmentVariable = Type.Object({
  id: Type.String(),
  name: Type.String(),
  value: Type.String(),
  description: Nullable(Type.String()),
  created_at: DateTime(),
  updated_at: DateTime(),
})

const PutVariable = Type.Object({
  value: Type.String(),
  description: Type.Optional(Nullable(Type.String())),
})

const Injection = Type.Object({
  data: Type.Array(
    Type.Object({
      source: Type.Enum(['variable', 'linked', 'direct']),
      id: Type.String(),
      name: Type.String(),
      version: Type.Integer(),
      file: Type.Boolean(),
      value: Type.String(),
      encoding: Type.Enum(['utf8', 'base64']),
    }),
  ),
})

const called = (word: string): EnvironmentRef => ({ by: 'environment-word', word })

const environment = ({ group, owner, visibility, description, updatedAt }: Shown) => ({
  ...{ id: group.id, name: group.name, owner, owner_kind: group.owner.kind },
  ...{ visibility, description },
  created_at: isoTime(group.createdAt),
  updated_at: isoTime(updatedAt),
})

const variable = ({ id, name, value, description, createdAt, updatedAt }: Variable) => ({
  ...{ id, name, value, description },
  created_at: isoTime(createdAt),
  updated_at: isoTime(updatedAt),
})

/** A variable has one version of its value: the one it has. */
const injected = (one: Injected) =>
  one.source === 'variable'
    ? {
        ...{ source: one.source, id: one.variable.id, name: one.name, version: 1, file: false },
        ...{ value: one.variable.value, encoding: 'utf8' },
      }
    : { source: one.source, ...shapes.opened(one.secret) }

const environments: readonly Route[] = [
  route({
    method: 'POST',
    path: PATH,
    operationId: 'createEnvironment',
    summary: 'Make an environment of yourself or of a team: what a running job is given',
    ...{ tag, body: CreateEnvironment },
    success: { status: 200, schema: Environment },
    verb: resolveEnvironment,
    decode: ({ body: { name, owner, visibility = 'PRIVATE' } }) =>
      ok({
        ...{ name, visibility, anew: true },
        owner:
          owner === undefined
            ? ({ by: 'caller' } as const)
            : ({ by: 'slug', slug: owner } as const),
      }),
    encode: environment,
  }),
  route({
    method: 'GET',
    path: PATH,
    operationId: 'listEnvironments',
    summary: 'List the environments you may use, as they were made',
    ...{ tag, query: schemas.pageQuery },
    success: { status: 200, schema: schemas.pageOf(Environment) },
    verb: listEnvironments,
    decode: ({ query }) =>
      ok({
        ...{ owner: null, visibility: null, text: '', mine: false },
        ...{ sort: 'created_at' as const, descending: false, offset: 0, ...pageAsked(query) },
      }),
    encode: ({ items, total }) =>
      shapes.page(items.map(environment), total > items.length, ({ id }) => id),
  }),
  route({
    method: 'GET',
    path: `${PATH}/:environment`,
    operationId: 'getEnvironment',
    summary: 'Get an environment as OWNER/NAME or by its id',
    ...{ tag, params, success: { status: 200, schema: Environment } },
    verb: getEnvironment,
    decode: ({ params: asked }) => ok(called(asked.environment)),
    encode: environment,
  }),
  route({
    method: 'DELETE',
    path: `${PATH}/:environment`,
    operationId: 'deleteEnvironment',
    summary: 'Delete an environment with all it holds; what it only links to stays',
    ...{ tag, params, success: { status: 200, schema: schemas.Made } },
    verb: deleteWholeGroup,
    decode: ({ params: asked }) => ok(called(asked.environment)),
    encode: ({ id }) => ({ id }),
  }),
  route({
    method: 'GET',
    path: `${PATH}/:environment/injection`,
    operationId: 'readInjection',
    summary: 'Read everything that a job of the environment is given, each name once',
    ...{ tag, params, success: { status: 200, schema: Injection } },
    verb: readInjection,
    decode: ({ params: asked }) => ok(called(asked.environment)),
    encode: (all) => ({ data: all.map(injected) }),
  }),
]

const variables: readonly Route[] = [
  route({
    method: 'GET',
    path: `${PATH}/:environment/variables`,
    operationId: 'listVariables',
    summary: 'List the variables of an environment with their values, which are no secrets',
    ...{ tag, params },
    success: { status: 200, schema: Type.Object({ data: Type.Array(EnvironmentVariable) }) },
    verb: listVariables,
    decode: ({ params: asked }) => ok(called(asked.environment)),
    encode: (all) => ({ data: all.map(variable) }),
  }),
  route({
    method: 'PUT',
    path: `${PATH}/:environment/variables/:variable`,
    operationId: 'putVariable',
    summary: 'Set a variable by its name; a secret of the same name goes before it',
    ...{ tag, params: schemas.params('environment', 'variable'), body: PutVariable },
    success: { status: 200, schema: EnvironmentVariable },
    verb: putVariable,
    decode: ({ params: asked, body: { value, description = null } }) =>
      ok({ environment: called(asked.environment), name: asked.variable, value, description }),
    encode: variable,
  }),
  route({
    method: 'DELETE',
    path: `${PATH}/:environment/variables/:variable`,
    operationId: 'deleteVariable',
    summary: 'Delete a variable by its name',
    ...{ tag, params: schemas.params('environment', 'variable') },
    success: { status: 200, schema: schemas.Made },
    verb: deleteVariable,
    decode: ({ params: asked }) =>
      ok({ environment: called(asked.environment), variable: { name: asked.variable } }),
    encode: ({ id }) => ({ id }),
  }),
]

const Slug = Type.Object({ slug: Type.String() })

const slugs: readonly Route[] = [
  route({
    method: 'PUT',
    path: '/strongroom/v1/slug',
    operationId: 'setSlug',
    summary: 'Set the slug by which your environments are addressed',
    ...{ tag, body: Slug, success: { status: 200, schema: Slug } },
    verb: setSlug,
    decode: ({ body: { slug } }) => ok({ slug, team: null }),
    encode: ({ slug }) => ({ slug }),
  }),
  route({
    method: 'PUT',
    path: '/strongroom/v1/teams/:team/slug',
    operationId: 'setTeamSlug',
    summary: 'Set the slug by which the environments of a team are addressed',
    ...{ tag, params: schemas.params('team'), body: Slug },
    success: { status: 200, schema: Slug },
    verb: setSlug,
    decode: ({ params: { team }, body: { slug } }) => ok({ slug, team }),
    encode: ({ slug }) => ({ slug }),
  }),
]

export const environmentRoutes: readonly Route[] = [...environments, ...variables, ...slugs]

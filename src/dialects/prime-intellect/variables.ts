import type { Variable } from '#domain/group.ts'
import { ok } from '#domain/result.ts'
import {
  createVariable,
  deleteVariable,
  listVariables,
  updateVariable,
  type VariableRef,
} from '#core/variables.ts'
import { route, type Route } from '#dialects/dialect.ts'
import { isoTime } from '#dialects/schema.ts'
import { environmentOf, words } from './environments.ts'
import * as schemas from './schemas.ts'
import { descriptionOf, success } from './secrets.ts'

const tag = 'Environment variables'
const VARIABLES = '/api/v1/environmentshub/:env_id/variables'

const shown = ({ id, name, value, description, createdAt, updatedAt }: Variable) => ({
  ...{ id, name, value, description },
  createdAt: isoTime(createdAt),
  updatedAt: isoTime(updatedAt),
})

const refOf = ({ env_id, var_id }: { env_id: string; var_id: string }): VariableRef => ({
  environment: environmentOf(env_id),
  variable: { id: var_id },
})

const all = { tag, words, params: schemas.params('env_id') }
const single = { tag, words, params: schemas.params('env_id', 'var_id') }
const one = { status: 200, schema: schemas.dataOf(schemas.EnvironmentVariable) }

export const variableRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: VARIABLES,
    operationId: 'list_environment_variables',
    summary: 'List the variables of an environment with their values, which are no secrets',
    ...all,
    success: { status: 200, schema: schemas.listOf(schemas.EnvironmentVariable) },
    verb: listVariables,
    decode: ({ params }) => ok(environmentOf(params.env_id)),
    encode: (variables) => success(variables.map(shown)),
  }),
  route({
    method: 'POST',
    path: VARIABLES,
    operationId: 'create_environment_variable',
    summary: 'Create a variable of an environment',
    ...{ ...all, success: one, body: schemas.VariableCreateRequest },
    verb: createVariable,
    decode: ({ params, body: { name, value, description } }) =>
      ok({
        environment: environmentOf(params.env_id),
        ...{ name, value, description: descriptionOf(description) },
      }),
    encode: (variable) => success(shown(variable)),
  }),
  route({
    method: 'PATCH',
    path: `${VARIABLES}/:var_id`,
    operationId: 'update_environment_variable',
    summary: 'Change a variable of an environment',
    ...{ ...single, success: one, body: schemas.VariableUpdateRequest },
    verb: updateVariable,
    decode: ({ params, body: { name = null, value = null, description = null } }) => {
      const patch = {
        ...(name === null ? {} : { name }),
        ...(value === null ? {} : { value }),
        ...(description === null ? {} : { description: descriptionOf(description) }),
      }
      return ok({ ...refOf(params), patch })
    },
    encode: (variable) => success(shown(variable)),
  }),
  route({
    method: 'DELETE',
    path: `${VARIABLES}/:var_id`,
    operationId: 'delete_environment_variable',
    summary: 'Delete a variable of an environment',
    ...single,
    success: { status: 200, schema: schemas.dataOf(schemas.Removed) },
    verb: deleteVariable,
    decode: ({ params }) => ok(refOf(params)),
    encode: ({ id }) => success({ id }),
  }),
]

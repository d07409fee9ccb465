import Type from 'typebox'
import type { Fault } from '#domain/fault.ts'
import { VALUE_BYTES_MAX } from '#domain/limits.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { SecretInfo } from '#domain/secret.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { createSecret } from '#core/create-secret.ts'
import { deleteSecret } from '#core/delete-secret.ts'
import { getSecret } from '#core/get-secret.ts'
import { listSecrets } from '#core/list-secrets.ts'
import type { GroupRef, SecretRef } from '#core/locate.ts'
import { updateSecret, type SecretPatch } from '#core/update-secret.ts'
import { ask, choosingRoute, type Route } from '#dialects/dialect.ts'
import { isJson } from '#dialects/json.ts'
import { isoTime } from '#dialects/schema.ts'
import * as schemas from './schemas.ts'

const tag = 'Secrets'
export const LIMIT_DEFAULT = 100

/** `null` for the caller's own. */
type Team = string | null

/** The group of a team's secrets, or of the caller's own. */
const groupOf = (team: Team): GroupRef =>
  team === null ? { by: 'kind', kind: 'personal' } : { by: 'team', team }

const one = (id: string, team: Team): SecretRef => ({ by: 'id-in', id, group: groupOf(team) })

export const success = <T>(data: T) => ({ data, status: 'success' as const })

/** How a secret of this scope is shown. */
const shownOf =
  (team: Team) =>
  ({ name, secret }: { readonly name: string; readonly secret: SecretInfo }) => ({
    id: secret.id,
    name,
    description: secret.description,
    isFile: secret.file,
    userId: secret.createdBy.id,
    teamId: team,
    createdAt: isoTime(secret.createdAt),
    updatedAt: isoTime(secret.updatedAt),
  })

/** The bytes of a file sent as base64; `null` for what is not its one canonical form, or too long. */
function contentOf(text: string): SecretValue | null {
  const bytes = Buffer.from(text, 'base64')
  const canonical = text.length <= VALUE_BYTES_MAX && bytes.toString('base64') === text
  return canonical ? new SecretValue(bytes) : null
}

/** A value as it was sent: as text, or as the content of a file. */
function valueOf(text: string, file: boolean): Result<SecretValue, Fault> {
  const value = file ? contentOf(text) : SecretValue.fromText(text)
  if (value !== null) return ok(value)
  const expected = `base64 text of at most ${VALUE_BYTES_MAX} characters`
  return err({ kind: 'invalid', problems: [{ at: ['body', 'value'], rule: 'type', expected }] })
}

/** What an update of a secret changes; `null` is unchanged, and an empty description is none. */
export function patchOf(body: {
  readonly name?: string | null
  readonly value?: string | null
  readonly description?: string | null
}): SecretPatch {
  const { name = null, value = null, description = null } = body
  return {
    ...(name === null ? {} : { name }),
    ...(description === null ? {} : { description: descriptionOf(description) }),
    ...(value === null
      ? {}
      : {
          value: SecretValue.fromText(value),
          content: () => contentOf(value),
          json: () => isJson(value),
        }),
  }
}

export const descriptionOf = (text: string | null | undefined): string | null =>
  text === undefined || text === '' ? null : text

const secretParams = schemas.params('secret_id')
const query = Type.Object(schemas.teamQuery)
const answer = { status: 200, schema: schemas.dataOf(schemas.SecretResponse) }
const path = '/api/v1/secrets/:secret_id'

const get = choosingRoute({
  method: 'GET',
  path,
  operationId: 'get_secret_api_v1_secrets__secret_id__get',
  summary: 'Get what is known of a secret, never its value',
  ...{ tag, params: secretParams, query, success: answer, action: getSecret.action },
  choose: ({ params: { secret_id }, query: { teamId = null } }) =>
    ok(ask(getSecret, one(secret_id, teamId), (found) => success(shownOf(teamId)(found)))),
})

const update = choosingRoute({
  method: 'PATCH',
  path,
  operationId: 'update_secret_api_v1_secrets__secret_id__patch',
  summary: 'Change a secret',
  ...{ tag, params: secretParams, query, success: answer, action: updateSecret.action },
  body: schemas.SecretUpdateRequest,
  choose: ({ params: { secret_id }, query: { teamId = null }, body }) => {
    const input = { ref: one(secret_id, teamId), patch: patchOf(body) }
    return ok(ask(updateSecret, input, (found) => success(shownOf(teamId)(found))))
  },
})

const remove = choosingRoute({
  method: 'DELETE',
  path,
  operationId: 'delete_secret_api_v1_secrets__secret_id__delete',
  summary: 'Delete a secret; environments that link to it lose it',
  ...{ tag, params: secretParams, query, action: deleteSecret.action },
  success: { status: 200, schema: schemas.dataOf(schemas.Removed) },
  choose: ({ params: { secret_id }, query: { teamId = null } }) =>
    ok(ask(deleteSecret, one(secret_id, teamId), ({ id }) => success({ id }))),
})

const listQuery = Type.Object({ ...schemas.teamQuery, ...schemas.pageQuery })

/** The vendor's client asks with a slash at the end; people type it without. */
const collection = (slash: '/' | '', suffix: string): readonly Route[] => [
  choosingRoute({
    method: 'GET',
    path: `/api/v1/secrets${slash}`,
    operationId: `list_secrets_api_v1_secrets${suffix}_get`,
    summary: 'List secrets of your own or of a team, the newest first, never their values',
    ...{ tag, query: listQuery, action: listSecrets.action },
    success: { status: 200, schema: schemas.pageOf(schemas.SecretResponse) },
    choose: ({ query: { teamId = null, offset = 0, limit = LIMIT_DEFAULT } }) => {
      const order = { sort: 'id', descending: true, from: { kind: 'start' } } as const
      const input = { group: groupOf(teamId), ...order, offset, limit }
      return ok(
        ask(listSecrets, input, ({ items, total }) =>
          pageOf({ items: items.map(shownOf(teamId)), total, offset, limit }),
        ),
      )
    },
  }),
  choosingRoute({
    method: 'POST',
    path: `/api/v1/secrets${slash}`,
    operationId: `create_secret_api_v1_secrets${suffix}_post`,
    summary: 'Create a secret of your own or of a team',
    ...{ tag, success: answer, action: createSecret.action },
    body: schemas.SecretCreateRequest,
    choose: ({ body: { name, value: text, teamId = null, isFile: file = false, ...body } }) => {
      const value = valueOf(text, file)
      if (!value.ok) return value
      const description = descriptionOf(body.description)
      const input = { group: groupOf(teamId), name, description, file, value: value.value }
      return ok(
        ask(createSecret, input, (secret) =>
          success(shownOf(teamId)({ name: secret.name, secret })),
        ),
      )
    },
  }),
]

/** A page with its place in the whole. */
export const pageOf = <T>(list: {
  readonly items: readonly T[]
  readonly total: number
  readonly offset: number
  readonly limit: number
}) => ({
  total_count: list.total,
  offset: list.offset,
  limit: list.limit,
  data: list.items,
  status: 'success' as const,
})

export const secretRoutes: readonly Route[] = [
  ...collection('/', '_'),
  ...collection('', ''),
  get,
  update,
  remove,
]

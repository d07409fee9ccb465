import { err, ok, type Result } from '#domain/result.ts'
import type { Fault } from '#domain/fault.ts'
import {
  createPersonalToken,
  deletePersonalToken,
  getPersonalToken,
  listPersonalTokens,
  revokePersonalTokens,
  type CreatePersonalToken,
} from '#core/personal-tokens.ts'
import { ask, choosingRoute, route, type Route } from '#dialects/dialect.ts'
import { readEnd } from './moments.ts'
import * as schemas from './people-schemas.ts'
import * as people from './people-shapes.ts'
import { Empty, idParams, pageOf } from './schemas.ts'
import * as shapes from './shapes.ts'

const tag = 'Personal access tokens'
const words = { token: 'personal access token', subject: 'user' }
const made = { status: 200, schema: schemas.Token }
const done = { status: 200, schema: Empty }

const END_AT = ['body', 'expirationDate'] as const

function decode(
  said: Pick<CreatePersonalToken, 'name' | 'email' | 'form'>,
  end: string | null | undefined,
): Result<CreatePersonalToken, Fault> {
  const expiresAt = readEnd(end, END_AT)
  return expiresAt.ok ? ok({ ...said, expiresAt: expiresAt.value }) : err(expiresAt.error)
}

const list = choosingRoute({
  method: 'GET',
  path: '/api/svc/v1/personal-access-tokens',
  operationId: 'PersonalAccessToken.get',
  summary: 'List your personal access tokens',
  ...{ tag, query: schemas.tokensQuery },
  success: { status: 200, schema: pageOf(schemas.VirtualAccount) },
  action: listPersonalTokens.action,
  choose: ({ query }) => {
    const asked = shapes.pageAsked(query)
    const input = { ...asked, text: query.nameSearchQuery ?? '' }
    return ok(
      ask(listPersonalTokens, input, ({ items, total }) =>
        shapes.page(items.map(people.personalToken), total, asked),
      ),
    )
  },
})

const create = route({
  method: 'POST',
  path: '/api/svc/v1/personal-access-tokens',
  operationId: 'PersonalAccessToken.post',
  summary: 'Make a personal access token; shown once',
  ...{ tag, words, body: schemas.CreateToken, success: made },
  verb: createPersonalToken,
  decode: ({ body: { name, tokenType, expirationDate } }) =>
    decode({ name, email: null, form: tokenType ?? 'opaque' }, expirationDate),
  encode: ({ text }) => ({ token: people.tokenText(text) }),
})

const createFor = route({
  method: 'POST',
  path: '/api/svc/v1/personal-access-tokens/for-user',
  operationId: 'PersonalAccessToken.postForUser',
  summary: 'Make a personal access token for a user, as an admin; shown once',
  ...{ tag, words, body: schemas.CreateTokenFor, success: made },
  verb: createPersonalToken,
  decode: ({ body: { name, userEmail, expirationDate } }) =>
    decode({ name, email: userEmail, form: 'opaque' }, expirationDate),
  encode: ({ text }) => ({ token: people.tokenText(text) }),
})

const getOrCreate = route({
  method: 'GET',
  path: '/api/svc/v1/personal-access-tokens/:name',
  operationId: 'PersonalAccessToken.getByName',
  summary: 'Get your personal access token of a name, made if there is none',
  deprecated: true,
  ...{ tag, words, params: schemas.nameParams, query: schemas.teamNameQuery },
  success: { status: 200, schema: schemas.GotToken },
  verb: getPersonalToken,
  decode: ({ params }) => ok({ name: params.name }),
  encode: ({ text, created, ...token }) => ({
    data: people.personalToken(token),
    token: people.tokenText(text),
    created,
  }),
})

const remove = route({
  method: 'DELETE',
  path: '/api/svc/v1/personal-access-tokens/:id',
  operationId: 'PersonalAccessToken.delete',
  summary: 'Revoke a personal access token; in force at once',
  ...{ tag, words, params: idParams, success: done },
  verb: deletePersonalToken,
  decode: ({ params }) => ok({ id: params.id }),
  encode: () => ({}),
})

const revokeAll = route({
  method: 'DELETE',
  path: '/api/svc/v1/personal-access-tokens/revoke/all',
  operationId: 'PersonalAccessToken.revokeAll',
  summary: 'Revoke every personal access token of a user, as an admin',
  ...{ tag, words, body: schemas.Email, success: done },
  verb: revokePersonalTokens,
  decode: ({ body }) => ok({ email: body.email }),
  encode: () => ({}),
})

export const tokenRoutes: readonly Route[] = [
  list,
  create,
  createFor,
  getOrCreate,
  revokeAll,
  remove,
]

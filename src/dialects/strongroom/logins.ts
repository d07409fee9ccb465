import { ok } from '#domain/result.ts'
import { approveLogin } from '#core/login-challenges.ts'
import { route, type Route } from '#dialects/dialect.ts'
import * as schemas from './schemas.ts'

export const loginRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/strongroom/v1/login-challenges/:code/approve',
    operationId: 'approveLogin',
    summary: 'Give a client that waits for a login a token of your own; only it can read it',
    tag: 'Tokens',
    params: schemas.params('code'),
    success: { status: 200, schema: schemas.Made },
    verb: approveLogin,
    decode: ({ params: { code } }) => ok({ code }),
    encode: ({ id }) => ({ id }),
  }),
]

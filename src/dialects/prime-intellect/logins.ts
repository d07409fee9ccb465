import { ok } from '#domain/result.ts'
import { askLogin, pollLogin } from '#core/login-challenges.ts'
import { shownToken } from '#dialects/credential.ts'
import { openRoute, type Route } from '#dialects/dialect.ts'
import * as schemas from './schemas.ts'

const tag = 'Login'

/** The client reads both answers from the top: no envelope is around them. */
export const loginRoutes: readonly Route[] = [
  openRoute({
    method: 'POST',
    path: '/api/v1/auth_challenge/generate',
    operationId: 'generate_auth_challenge',
    summary: 'Begin a login that a user approves; takes no API key',
    ...{ tag, action: 'login.ask', words: { publicKey: 'encryptionPublicKey' } },
    body: schemas.ChallengeRequest,
    success: { status: 200, schema: schemas.Challenge },
    answer: (core, origin, { body }) => askLogin(core, origin, body.encryptionPublicKey),
    encode: ({ code, statusToken }) => ({ challenge: code, status_auth_token: statusToken }),
  }),
  openRoute({
    method: 'GET',
    path: '/api/v1/auth_challenge/status',
    operationId: 'get_auth_challenge_status',
    summary: 'Ask whether a login was approved, with the token that came with it',
    ...{ tag, action: 'login.poll', query: schemas.challengeQuery },
    success: { status: 200, schema: schemas.ChallengeStatus },
    async answer(core, origin, { query: { challenge: code } }, headers) {
      const shown = shownToken(headers, null, null)
      const sealed = await pollLogin(core, origin, { code, shown })
      return sealed.ok ? ok({ sealed: sealed.value }) : sealed
    },
    encode: ({ sealed }) => ({
      result: sealed === null ? null : Buffer.from(sealed).toString('base64'),
    }),
  }),
]

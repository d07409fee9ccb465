import type { Fault } from '#domain/fault.ts'
import { err, ok, type Result } from '#domain/result.ts'
import {
  readToken,
  regenerateToken,
  revokeServiceToken,
  syncToken,
} from '#core/virtual-account-tokens.ts'
import { route, type Route } from '#dialects/dialect.ts'
import { isoTime } from '#dialects/schema.ts'
import * as schemas from './people-schemas.ts'
import * as people from './people-shapes.ts'
import { Empty, idParams } from './schemas.ts'

const tag = 'Virtual accounts'
const words = { subject: 'virtual account', link: 'secret' }
const success = { status: 200, schema: schemas.Token }

const MINUTE_MS = 60_000
const DAY_MS = 24 * 3_600_000

/** The grace in either of its units; newer clients send minutes, older ones days. */
function graceOf({
  gracePeriodInMinutes,
  gracePeriodInDays,
}: {
  readonly gracePeriodInMinutes?: number | null
  readonly gracePeriodInDays?: number | null
}): Result<number, Fault> {
  const minutes = gracePeriodInMinutes ?? null
  const days = gracePeriodInDays ?? null
  const at = ['body', 'gracePeriodInMinutes']
  if (minutes !== null && days !== null) {
    const problem = { at, rule: 'exclusive', other: 'gracePeriodInDays' } as const
    return err({ kind: 'invalid', problems: [problem] })
  }
  if (minutes !== null) return ok(Math.round(minutes * MINUTE_MS))
  if (days !== null) return ok(Math.round(days * DAY_MS))
  return err({ kind: 'invalid', problems: [{ at, rule: 'missing' }] })
}

const read = route({
  method: 'GET',
  path: '/api/svc/v1/virtual-accounts/:id/token',
  operationId: 'VirtualAccount.getToken',
  summary: 'Get the token of a virtual account',
  ...{ tag, words, success, params: idParams },
  verb: readToken,
  decode: ({ params }) => ok({ id: params.id }),
  encode: ({ text }) => ({ token: people.tokenText(text) }),
})

const regenerate = route({
  method: 'POST',
  path: '/api/svc/v1/virtual-accounts/:id/regenerate-token',
  operationId: 'VirtualAccount.regenerateToken',
  summary: 'Make a new token; the old ones end after the grace period, 0 for at once',
  ...{ tag, words, success, params: idParams, body: schemas.Regenerate },
  verb: regenerateToken,
  decode: ({ params, body }) => {
    const grace = graceOf(body)
    return grace.ok ? ok({ id: params.id, graceMs: grace.value }) : grace
  },
  encode: ({ text }) => ({ token: people.tokenText(text) }),
})

const sync = route({
  method: 'POST',
  path: '/api/svc/v1/virtual-accounts/:id/sync-to-secret-store',
  operationId: 'VirtualAccount.syncToSecretStore',
  summary: 'Make sure that the token is a secret of the group that the manifest names',
  ...{ tag, words: { ...words, badRequest: 'subject' } },
  ...{ params: idParams, query: schemas.syncQuery },
  success: { status: 200, schema: schemas.Synced },
  verb: syncToken,
  decode: ({ params }) => ok({ id: params.id }),
  encode: ({ token, at }) => ({
    syncTokenInSecretStoreInfo: { updatedAt: isoTime(at), jwtId: token },
  }),
})

const revoke = route({
  method: 'DELETE',
  path: '/api/svc/v1/virtual-accounts/:id/jwt/:jwtId',
  operationId: 'VirtualAccount.deleteJwt',
  summary: 'Revoke one token of a virtual account; in force at once',
  ...{ tag, words, params: schemas.jwtParams },
  success: { status: 200, schema: Empty },
  verb: revokeServiceToken,
  decode: ({ params }) => ok({ id: params.id, token: params.jwtId }),
  encode: () => ({}),
})

export const virtualAccountTokenRoutes: readonly Route[] = [read, regenerate, sync, revoke]

import type { Fault } from '#domain/fault.ts'
import { err, ok, type Result } from '#domain/result.ts'
import { createToken, listTokens, revokeToken, type CreateToken } from '#core/api-tokens.ts'
import {
  addMember,
  createTeam,
  deleteTeam,
  listMembers,
  listTeams,
  removeMember,
} from '#core/teams.ts'
import { route, type Route } from '#dialects/dialect.ts'
import { pageAsked } from './people.ts'
import * as schemas from './schemas.ts'
import * as shapes from './shapes.ts'

const tag = 'Teams'
const made = { status: 200, schema: schemas.Made }

const teams: readonly Route[] = [
  route({
    method: 'POST',
    path: '/strongroom/v1/teams',
    operationId: 'createTeam',
    summary: 'Make a team; its maker is its first member',
    ...{ tag, body: schemas.Named, success: made },
    verb: createTeam,
    decode: ({ body }) => ok({ name: body.name }),
    encode: ({ id }) => ({ id }),
  }),
  route({
    method: 'GET',
    path: '/strongroom/v1/teams',
    operationId: 'listTeams',
    summary: 'List all teams (for an admin) or your own',
    ...{ tag, query: schemas.pageQuery },
    success: { status: 200, schema: schemas.pageOf(schemas.Team) },
    verb: listTeams,
    decode: ({ query }) => ok(pageAsked(query)),
    encode: ({ items, more }) => shapes.page(items.map(shapes.team), more, ({ id }) => id),
  }),
  route({
    method: 'DELETE',
    path: '/strongroom/v1/teams/:team',
    operationId: 'deleteTeam',
    summary: 'Remove a team that owns no secrets any more',
    ...{ tag, params: schemas.params('team'), success: made },
    verb: deleteTeam,
    decode: ({ params }) => ok({ team: params.team }),
    encode: ({ id }) => ({ id }),
  }),
]

const members: readonly Route[] = [
  route({
    method: 'GET',
    path: '/strongroom/v1/teams/:team/members',
    operationId: 'listMembers',
    summary: 'List the members of a team',
    ...{ tag, params: schemas.params('team'), query: schemas.pageQuery },
    success: { status: 200, schema: schemas.pageOf(schemas.Member) },
    verb: listMembers,
    decode: ({ params, query }) => ok({ team: params.team, ...pageAsked(query) }),
    encode: ({ items, more }) => shapes.page(items.map(shapes.member), more, ({ id }) => id),
  }),
  route({
    method: 'POST',
    path: '/strongroom/v1/teams/:team/members',
    operationId: 'addMember',
    summary: 'Add a member, by id or e-mail address',
    ...{ tag, params: schemas.params('team'), body: schemas.AddMember, success: made },
    verb: addMember,
    decode: ({ params, body }) => ok({ team: params.team, member: body.member }),
    encode: ({ id }) => ({ id }),
  }),
  route({
    method: 'DELETE',
    path: '/strongroom/v1/teams/:team/members/:member',
    operationId: 'removeMember',
    summary: 'Take a member out, by id or e-mail address; in force at once',
    ...{ tag, params: schemas.params('team', 'member'), success: made },
    verb: removeMember,
    decode: ({ params }) => ok(params),
    encode: ({ id }) => ({ id }),
  }),
]

/** RFC 3339 with a zone, so that no server's own zone decides when a token dies. */
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/

function decodeToken(body: {
  readonly name: string
  readonly scopes?: CreateToken['scopes']
  readonly expires_at?: string
  readonly service_account?: string
}): Result<CreateToken, Fault> {
  const { name, scopes = null, expires_at: moment, service_account: subject = null } = body
  if (moment === undefined) return ok({ name, scopes, subject })
  const expiresAt = MOMENT.test(moment) ? Date.parse(moment) : Number.NaN
  if (Number.isNaN(expiresAt)) {
    const problem = { at: ['body', 'expires_at'], rule: 'type', expected: 'RFC 3339 time' } as const
    return err({ kind: 'invalid', problems: [problem] })
  }
  return ok({ name, scopes, subject, expiresAt })
}

const tokens: readonly Route[] = [
  route({
    method: 'POST',
    path: '/strongroom/v1/tokens',
    operationId: 'createToken',
    summary: 'Make a token for yourself, or (as an admin) for a service account; shown once',
    tag: 'Tokens',
    body: schemas.CreateToken,
    success: { status: 200, schema: schemas.MadeWithToken },
    verb: createToken,
    decode: ({ body }) => decodeToken(body),
    encode: ({ token, text }) => ({
      id: token.id,
      token: Buffer.from(text.reveal()).toString('latin1'),
    }),
  }),
  route({
    method: 'GET',
    path: '/strongroom/v1/tokens',
    operationId: 'listTokens',
    summary: 'List your tokens, or (as an admin) those of a service account',
    tag: 'Tokens',
    query: schemas.tokensQuery,
    success: { status: 200, schema: schemas.pageOf(schemas.Token) },
    verb: listTokens,
    decode: ({ query }) => ok({ ...pageAsked(query), subject: query.service_account ?? null }),
    encode: ({ items, more }) => shapes.page(items.map(shapes.token), more, ({ id }) => id),
  }),
  route({
    method: 'DELETE',
    path: '/strongroom/v1/tokens/:id',
    operationId: 'revokeToken',
    summary: 'Revoke a token; in force at once',
    tag: 'Tokens',
    params: schemas.params('id'),
    success: { status: 200, schema: schemas.Token },
    verb: revokeToken,
    decode: ({ params }) => ok({ id: params.id }),
    encode: shapes.token,
  }),
]

export const teamRoutes: readonly Route[] = [...teams, ...members, ...tokens]

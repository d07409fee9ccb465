import Type from 'typebox'
import { ok } from '#domain/result.ts'
import type { Caller, Scope } from '#domain/subject.ts'
import { whoami } from '#core/accounts.ts'
import { listOwnTeams, pageMembers } from '#core/own-teams.ts'
import { setSlug } from '#core/slugs.ts'
import { route, type Route } from '#dialects/dialect.ts'
import { isoTime } from '#dialects/schema.ts'
import * as schemas from './schemas.ts'
import { LIMIT_DEFAULT, pageOf, success } from './secrets.ts'

/** Everybody has an address on this wire; who has none in the vault has one that no mail reaches. */
const emailOf = ({ email, kind, id }: Caller['subject']): string =>
  email ?? `${kind === 'user' ? 'admin' : id}@strongroom.invalid`

const scopeOf = (scopes: readonly Scope[] | null) => {
  if (scopes === null) return null
  const may = { read: scopes.includes('list'), write: scopes.includes('write') }
  return { secrets: may, environments: may }
}

const userOf = ({ subject, token }: Caller, slug: string | null) => ({
  id: subject.id,
  role: subject.role === 'admin' ? ('ADMIN' as const) : ('USER' as const),
  createdAt: isoTime(subject.createdAt),
  name: subject.name,
  slug,
  email: emailOf(subject),
  image: null,
  emailVerified: null,
  hasBetaAccess: false,
  isBanned: false,
  skipPrepay: true,
  blacklist: [],
  scope: scopeOf(token.scopes),
})

const user = { status: 200, schema: schemas.dataOf(schemas.User) }

const self = route({
  method: 'GET',
  path: '/api/v1/user/whoami',
  operationId: 'whoami_api_v1_user_whoami_get',
  summary: 'Who the API key speaks for',
  tag: 'Users',
  // The client names its team; what is answered is the same for all.
  query: Type.Object(schemas.teamQuery),
  success: user,
  verb: whoami,
  decode: () => ok(null),
  encode: ({ caller, slug }) => success(userOf(caller, slug)),
})

const slug = route({
  method: 'PATCH',
  path: '/api/v1/user/slug',
  operationId: 'update_slug_api_v1_user_slug_patch',
  summary: 'Set the username by which your environments are addressed',
  tag: 'Users',
  words: { signs: 'lower-case letters, digits and hyphens' },
  body: schemas.SlugRequest,
  success: user,
  verb: setSlug,
  decode: ({ body }) => ok({ slug: body.slug, team: null }),
  encode: (set, caller) => success(userOf(caller, set.slug)),
})

const pageQuery = Type.Object(schemas.pageQuery)

const teams = route({
  method: 'GET',
  path: '/api/v1/user/teams',
  operationId: 'list_teams_api_v1_user_teams_get',
  summary: 'List the teams you are in',
  tag: 'Users',
  query: pageQuery,
  success: { status: 200, schema: schemas.pageOf(schemas.TeamOfUser) },
  verb: listOwnTeams,
  decode: ({ query: { offset = 0, limit = LIMIT_DEFAULT } }) => ok({ offset, limit }),
  encode: (list) =>
    pageOf({
      ...list,
      items: list.items.map(({ team, slug: of, manager }) => ({
        ...{ teamId: team.id, name: team.name, slug: of },
        role: manager ? ('ADMIN' as const) : ('MEMBER' as const),
        createdAt: isoTime(team.createdAt),
      })),
    }),
})

const members = route({
  method: 'GET',
  path: '/api/v1/teams/:team_id/members',
  operationId: 'list_team_members_api_v1_teams__team_id__members_get',
  summary: 'List the members of a team you are in',
  ...{ tag: 'Teams', params: schemas.params('team_id'), query: pageQuery },
  success: { status: 200, schema: schemas.pageOf(schemas.TeamMember) },
  verb: pageMembers,
  decode: ({ params, query: { offset = 0, limit = LIMIT_DEFAULT } }) =>
    ok({ team: params.team_id, offset, limit }),
  encode: (list) =>
    pageOf({
      ...list,
      items: list.items.map(({ subject, addedAt, manager }) => ({
        ...{ userId: subject.id, userName: subject.name, userEmail: subject.email },
        role: manager ? ('ADMIN' as const) : ('MEMBER' as const),
        joinedAt: isoTime(addedAt),
      })),
    }),
})

export const peopleRoutes: readonly Route[] = [self, slug, teams, members]

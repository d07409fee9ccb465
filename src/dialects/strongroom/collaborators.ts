import { ok } from '#domain/result.ts'
import type { GranteeRef } from '#core/find-people.ts'
import { listCollaborators, shareGroup, unshareGroup } from '#core/share-group.ts'
import { route, type Route } from '#dialects/dialect.ts'
import { groupCalled } from './groups.ts'
import * as schemas from './schemas.ts'

const tag = 'Groups'
const path = '/strongroom/v1/groups/:group/collaborators'

const TEAM = 'team:'

/** Who is meant: a user by e-mail address, `team:NAME`, or a service account by its name. */
const granteeCalled = (word: string): GranteeRef => {
  if (word.startsWith(TEAM)) return { kind: 'team', name: word.slice(TEAM.length) }
  return { kind: word.includes('@') ? 'user' : 'service_account', name: word }
}

export const collaboratorRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path,
    operationId: 'listCollaborators',
    summary: 'List with whom a group is shared directly, and in which role',
    ...{ tag, params: schemas.params('group') },
    success: { status: 200, schema: schemas.Collaborators },
    verb: listCollaborators,
    decode: ({ params }) => ok(groupCalled(params.group)),
    encode: (data) => ({ data }),
  }),
  route({
    method: 'PUT',
    path,
    operationId: 'shareGroup',
    summary: 'Give a user, a team or a service account a role in a group, in place of another',
    ...{ tag, params: schemas.params('group'), body: schemas.ShareGroup },
    success: { status: 200, schema: schemas.Collaborator },
    verb: shareGroup,
    decode: ({ params, body }) =>
      ok({ group: groupCalled(params.group), who: granteeCalled(body.with), role: body.role }),
    encode: (given) => given,
  }),
  route({
    method: 'DELETE',
    path: `${path}/:collaborator`,
    operationId: 'unshareGroup',
    summary: 'Take the role in a group away again; in force at once',
    ...{ tag, params: schemas.params('group', 'collaborator') },
    success: { status: 200, schema: schemas.Made },
    verb: unshareGroup,
    decode: ({ params }) =>
      ok({ group: groupCalled(params.group), who: granteeCalled(params.collaborator) }),
    encode: ({ id }) => ({ id }),
  }),
]

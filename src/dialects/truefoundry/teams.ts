import type { Static } from 'typebox'
import type { Fault } from '#domain/fault.ts'
import { ok, type Result } from '#domain/result.ts'
import { teamPermissions } from '#core/permissions.ts'
import { deleteManagedTeam, putTeam, type PutTeam } from '#core/team-manifests.ts'
import { getTeamView, listTeamPeople, listTeamViews } from '#core/team-views.ts'
import { ask, choosingRoute, route, type Route } from '#dialects/dialect.ts'
import type { Member } from '#ports/database.ts'
import { readFilter } from './filter.ts'
import { applied, manifestReader, manifestText, type ManifestType } from './manifests.ts'
import * as schemas from './people-schemas.ts'
import * as people from './people-shapes.ts'
import { dataOf, Empty, idParams, pageOf } from './schemas.ts'
import { manifestWords } from './secret-groups.ts'
import * as shapes from './shapes.ts'

const tag = 'Teams'
const words = { ...manifestWords, member: 'user of the tenant' }
const success = { status: 200, schema: dataOf(schemas.Team) }

/** What a manifest asks for. */
function decode(
  manifest: Static<typeof schemas.TeamManifest>,
  dryRun: boolean,
): Result<PutTeam, Fault> {
  const text = manifestText(manifest)
  if (!text.ok) return text
  const { name, members, managers, ownedBy } = manifest
  const named = { owner: ownedBy?.account ?? null, accounts: [], stores: [] }
  return ok({ name, manifest: text.value, dryRun, members, managers: managers ?? [], named })
}

const put = choosingRoute({
  method: 'PUT',
  path: '/api/svc/v1/teams',
  operationId: 'Team.put',
  summary: 'Make a team, or give it just the people that a manifest names',
  ...{ tag, words, success, body: schemas.PutTeam, exactNumbers: true },
  action: putTeam.action,
  choose: ({ body: { manifest, dryRun } }) => {
    const asked = decode(manifest, dryRun ?? false)
    if (!asked.ok) return asked
    return ok(ask(putTeam, asked.value, ({ data }) => ({ data: people.team(data) })))
  },
})

const readManifest = manifestReader(schemas.TeamManifest)

/** Of a manifest to delete, its name alone counts. */
const readNamed = manifestReader(schemas.nameParams)

/** Teams as they are applied and deleted by manifest. */
export const teamManifests: ManifestType = {
  put(manifest, dryRun) {
    const read = readManifest(manifest)
    const asked = read.ok ? decode(read.value, dryRun) : read
    if (!asked.ok) return asked
    return ok(ask(putTeam, asked.value, (done) => applied(done, people.team(done.data))))
  },
  remove(manifest) {
    const read = readNamed(manifest)
    if (!read.ok) return read
    const ref = { by: 'name', name: read.value.name } as const
    return ok(ask(deleteManagedTeam, ref, () => ({})))
  },
}

const list = choosingRoute({
  method: 'GET',
  path: '/api/svc/v1/teams/user',
  operationId: 'Team.getForUser',
  summary: 'List the teams you are in, or (as an admin) all of the tenant',
  ...{ tag, query: schemas.teamsQuery },
  success: { status: 200, schema: pageOf(schemas.Team) },
  action: listTeamViews.action,
  choose: ({ query }) => {
    const asked = shapes.pageAsked(query)
    return ok(
      ask(listTeamViews, { ...asked, managed: query.role === 'manager' }, ({ items, total }) =>
        shapes.page(items.map(people.team), total, asked),
      ),
    )
  },
})

const get = route({
  method: 'GET',
  path: '/api/svc/v1/teams/:id',
  operationId: 'Team.getById',
  summary: 'Get a team',
  ...{ tag, success, params: idParams },
  verb: getTeamView,
  decode: ({ params }) => ok({ team: params.id }),
  encode: (view) => ({ data: people.team(view) }),
})

const remove = route({
  method: 'DELETE',
  path: '/api/svc/v1/teams/:id',
  operationId: 'Team.delete',
  summary: 'Delete a team that owns nothing any more',
  ...{ tag, params: idParams },
  success: { status: 200, schema: Empty },
  verb: deleteManagedTeam,
  decode: ({ params }) => ok({ by: 'id', id: params.id }),
  encode: () => ({}),
})

/** The people of a team, all of them or its managers: the same call under two names. */
const peopleOf = (plural: string, one: string, some: (of: Member) => boolean): Route =>
  choosingRoute({
    method: 'GET',
    path: `/api/svc/v1/teams/:id/${plural}`,
    operationId: `Team.get${one}s`,
    summary: `List the ${plural} of a team`,
    ...{ tag, params: idParams, query: schemas.peopleQuery },
    success: { status: 200, schema: pageOf(schemas.SubjectRow) },
    action: listTeamPeople.action,
    choose: ({ params, query }) => {
      const filter = readFilter(query.filter, 'email')
      if (!filter.ok) return filter
      const where = (of: Member) =>
        some(of) && filter.value({ email: shapes.slugOf(of.subject), userId: of.subject.id })
      const asked = shapes.pageAsked(query)
      return ok(
        ask(listTeamPeople, { team: params.id, where, ...asked }, ({ items, total }) =>
          shapes.page(items.map(people.row), total, asked),
        ),
      )
    },
  })

const permissions = route({
  method: 'GET',
  path: '/api/svc/v1/teams/:id/permissions',
  operationId: 'Team.getPermissions',
  summary: 'List the roles that a team was given in secret groups',
  ...{ tag, params: idParams },
  success: { status: 200, schema: schemas.Permissions },
  verb: teamPermissions,
  decode: ({ params }) => ok({ team: params.id }),
  encode: people.permissions,
})

export const teamRoutes: readonly Route[] = [
  put,
  list,
  get,
  remove,
  peopleOf('members', 'Member', () => true),
  peopleOf('managers', 'Manager', ({ manager }) => manager),
  permissions,
]

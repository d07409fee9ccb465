import type { PlacedSecret } from '#domain/secret.ts'
import { ok } from '#domain/result.ts'
import { listDeleted, purgeSecret, undeleteSecret } from '#core/deleted-secrets.ts'
import { route, type Route } from '#dialects/dialect.ts'
import { isoTime } from '#dialects/schema.ts'
import { groupCalled } from './groups.ts'
import { pageAsked } from './people.ts'
import * as schemas from './schemas.ts'
import * as shapes from './shapes.ts'

const tag = 'Deleted secrets'
const params = schemas.params('id')

const deleted = ({ secret, group }: PlacedSecret) => ({
  ...shapes.secret(secret.name, group.id, secret),
  deleted_at: isoTime(secret.deletedAt ?? 0),
  wipe_at: isoTime(secret.wipeAt ?? 0),
})

export const deletedRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/strongroom/v1/deleted-secrets',
    operationId: 'listDeletedSecrets',
    summary: 'List the deleted secrets that you may bring back, whatever API deleted them',
    ...{ tag, query: schemas.pageQuery },
    success: { status: 200, schema: schemas.pageOf(schemas.DeletedSecret) },
    verb: listDeleted,
    decode: ({ query }) => ok(pageAsked(query)),
    encode: ({ items, more }) => shapes.page(items.map(deleted), more, ({ id }) => id),
  }),
  route({
    method: 'POST',
    path: '/strongroom/v1/deleted-secrets/:id/undelete',
    operationId: 'undeleteSecret',
    summary: 'Bring a deleted secret back with all its versions, to its group or to another',
    ...{ tag, params, body: schemas.UndeleteSecret },
    success: { status: 200, schema: schemas.Secret },
    verb: undeleteSecret,
    decode: ({ params: { id }, body: { group, name = null } }) =>
      ok({ id, group: group === undefined ? null : groupCalled(group), name }),
    encode: ({ name, via, secret }) => shapes.secret(name, via, secret),
  }),
  route({
    method: 'DELETE',
    path: '/strongroom/v1/deleted-secrets/:id',
    operationId: 'purgeSecret',
    summary: 'Wipe a deleted secret now; nothing brings it back',
    ...{ tag, params },
    success: { status: 200, schema: schemas.Made },
    verb: purgeSecret,
    decode: ({ params: { id } }) => ok({ id }),
    encode: ({ id }) => ({ id }),
  }),
]

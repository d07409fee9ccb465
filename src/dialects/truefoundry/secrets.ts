import Type from 'typebox'
import { ok } from '#domain/result.ts'
import { deleteSecret } from '#core/delete-secret.ts'
import type { PartOf } from '#core/everyone.ts'
import { listShown, readShown, showSecret, type FullSecret } from '#core/shown-secrets.ts'
import { ask, choosingRoute, route, type Route } from '#dialects/dialect.ts'
import * as schemas from './schemas.ts'
import * as secretShapes from './secret-shapes.ts'
import * as shapes from './shapes.ts'

const tag = 'Secrets'

const list = choosingRoute({
  method: 'POST',
  path: '/api/svc/v1/secrets',
  operationId: 'Secret.list',
  summary: 'List secrets of the groups you have a role in, with their values if asked for',
  ...{ tag, body: schemas.ListSecretsRequest },
  success: { status: 200, schema: schemas.pageOf(schemas.Secret) },
  action: listShown.action,
  choose: ({ body: { secretFqns: fqns = null, secretGroupId: group = null, ...body } }) => {
    const asked = { ...shapes.pageAsked(body), group, fqns }
    const encode = ({ items, total }: PartOf<FullSecret>) =>
      shapes.page(items.map(secretShapes.fullSecret), total, asked)
    return ok(
      body.withValue === true ? ask(readShown, asked, encode) : ask(listShown, asked, encode),
    )
  },
})

const get = route({
  method: 'GET',
  path: '/api/svc/v1/secrets/:id',
  operationId: 'Secret.getSecret',
  summary: 'Get a secret with its value, which is null for a viewer of its group',
  ...{ tag, params: schemas.idParams },
  success: { status: 200, schema: schemas.dataOf(schemas.Secret) },
  verb: showSecret,
  decode: ({ params }) => ok({ id: params.id }),
  encode: (full) => ({ data: secretShapes.fullSecret(full) }),
})

const remove = route({
  method: 'DELETE',
  path: '/api/svc/v1/secrets/:id',
  operationId: 'Secret.delete',
  summary: 'Delete a secret, or the link by which a group shows it; gives how many went',
  ...{ tag, params: schemas.idParams, query: schemas.forceQuery },
  success: { status: 200, schema: Type.Integer() },
  verb: deleteSecret,
  decode: ({ params, query: { forceDelete } }) =>
    ok({ by: 'id', id: params.id, among: 'named', force: forceDelete ?? false }),
  encode: () => 1,
})

export const secretRoutes: readonly Route[] = [list, get, remove]

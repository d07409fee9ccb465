import { err, ok } from '#domain/result.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { deleteWholeGroup } from '#core/delete-group.ts'
import { getContents, listContents } from '#core/group-contents.ts'
import { getGroup } from '#core/group-verbs.ts'
import type { GivenSecret } from '#core/many-secrets.ts'
import { createFilledGroup, putGroup, type PutGroup, type PutGroupDone } from '#core/put-group.ts'
import { replaceSecrets } from '#core/replace-secrets.ts'
import { ask, choosingRoute, route, type Asked, type Route } from '#dialects/dialect.ts'
import { isJson } from '#dialects/json.ts'
import { decodeManifest, manifestOf } from './group-manifests.ts'
import { manifestReader, type Applied, type ManifestType } from './manifests.ts'
import * as schemas from './schemas.ts'
import * as secretShapes from './secret-shapes.ts'
import * as shapes from './shapes.ts'

const tag = 'Secret groups'
const success = { status: 200, schema: schemas.dataOf(schemas.SecretGroup) }
const words = { 'secrets.name': 'key' }

/** Of a manifest: its members stand one deeper than those of the command. */
export const manifestWords = { name: 'manifest.name', 'manifest.name': 'name' }

const given = ({
  key,
  value = null,
}: {
  readonly key: string
  readonly value?: string | null
}): GivenSecret => ({
  name: key,
  value: value === null ? null : SecretValue.fromText(value),
  json: () => value !== null && isJson(value),
})

/** An empty parameter is one that was not given. */
const filter = (text: string | null | undefined): string | null =>
  text === undefined || text === '' ? null : text

const list = choosingRoute({
  method: 'GET',
  path: '/api/svc/v1/secret-groups',
  operationId: 'SecretGroup.get',
  summary: 'List the secret groups you have a role in, with their secrets, never their values',
  ...{ tag, query: schemas.groupsQuery },
  success: { status: 200, schema: schemas.pageOf(schemas.SecretGroup) },
  action: listContents.action,
  choose: ({ query }) => {
    const asked = shapes.pageAsked(query)
    const filters = { fqn: filter(query.fqn), search: filter(query.search) }
    return ok(
      ask(listContents, { ...asked, ...filters }, ({ items, total }) =>
        shapes.page(items.map(secretShapes.group), total, asked),
      ),
    )
  },
})

const create = route({
  method: 'POST',
  path: '/api/svc/v1/secret-groups',
  operationId: 'SecretGroup.post',
  summary: 'Make a secret group with its secrets',
  ...{ tag, success, body: schemas.CreateSecretGroupRequest },
  words: { ...words, dependency: 'store' },
  verb: createFilledGroup,
  decode: ({ body: { name, integrationId, secrets } }) =>
    ok({ name, integration: integrationId, secrets: secrets.map(given) }),
  encode: (made) => ({ data: secretShapes.group(made) }),
})

/** A group that was put; a new one that was only tried out has no id. */
const putShown = ({ action, data }: PutGroupDone, dryRun: boolean) => ({
  ...secretShapes.group(data),
  ...(action === 'CREATE' && dryRun ? { id: null } : {}),
})

const put = (asked: PutGroup): Asked =>
  ask(putGroup, asked, (done) => ({ data: putShown(done, asked.dryRun) }))

const upsert = choosingRoute({
  method: 'PUT',
  path: '/api/svc/v1/secret-groups',
  operationId: 'SecretGroup.put',
  summary: 'Make a secret group, or change it, to what a manifest says; its secrets stay',
  ...{ tag, success, body: schemas.PutSecretGroupRequest, words: manifestWords },
  exactNumbers: true,
  action: putGroup.action,
  choose: ({ body: { manifest, dryRun } }) => {
    const asked = decodeManifest(manifest, dryRun ?? false)
    return asked.ok ? ok(put(asked.value)) : asked
  },
})

const get = route({
  method: 'GET',
  path: '/api/svc/v1/secret-groups/:id',
  operationId: 'SecretGroup.getById',
  summary: 'Get a secret group with its secrets, never their values',
  ...{ tag, success, params: schemas.idParams },
  verb: getContents,
  decode: ({ params }) => ok({ id: params.id }),
  encode: (contents) => ({ data: secretShapes.group(contents) }),
})

const replace = route({
  method: 'PUT',
  path: '/api/svc/v1/secret-groups/:id',
  operationId: 'SecretGroup.putById',
  summary: 'Replace the secrets of a group: those that are not listed are deleted',
  ...{ tag, success, words, params: schemas.idParams, body: schemas.UpdateSecretGroupRequest },
  verb: replaceSecrets,
  decode: ({ params, body }) => ok({ id: params.id, secrets: body.secrets.map(given) }),
  encode: (contents) => ({ data: secretShapes.group(contents) }),
})

const remove = route({
  method: 'DELETE',
  path: '/api/svc/v1/secret-groups/:id',
  operationId: 'SecretGroup.delete',
  summary: 'Delete a secret group with all its secrets',
  ...{ tag, params: schemas.idParams, query: schemas.forceQuery },
  success: { status: 200, schema: schemas.Empty },
  verb: deleteWholeGroup,
  decode: ({ params, query: { forceDelete } }) =>
    ok({ by: 'id', id: params.id, among: 'named', force: forceDelete ?? false }),
  encode: () => ({}),
})

/** Kinds of thing that clients may ask the id of, and that are not here. */
const elsewhere = ['app', 'cluster', 'deployment', 'workspace']

const idOfFqn = choosingRoute({
  method: 'GET',
  path: '/api/svc/v1/fqn/:type',
  operationId: 'Fqn.get',
  summary: 'Get the id of a secret group by its full name; of other kinds nothing is here',
  ...{ tag, params: schemas.typeParams, query: schemas.fqnQuery, words: { group: 'resource' } },
  success: { status: 200, schema: schemas.GroupId },
  action: getGroup.action,
  choose: ({ params: { type }, query: { fqn } }) => {
    if (elsewhere.includes(type)) return err({ kind: 'not_found', thing: 'group' })
    const why = `the type is none of ${['secret-group', ...elsewhere].join(', ')}`
    if (type !== 'secret-group') return err({ kind: 'malformed', why })
    return ok(
      absentIfHidden(ask(getGroup, { by: 'fqn', fqn }, ({ id }) => ({ secretGroupId: id }))),
    )
  },
})

/** Who has no role in a group does not find it by its name. */
function absentIfHidden(asked: Asked): Asked {
  return {
    ...asked,
    async run(core, session) {
      const found = await asked.run(core, session)
      const hidden = !found.ok && found.error.kind === 'hidden'
      return hidden ? err({ kind: 'not_found', thing: 'group' }) : found
    },
  }
}

export const secretGroupRoutes: readonly Route[] = [
  list,
  create,
  upsert,
  get,
  replace,
  remove,
  idOfFqn,
]

const readManifest = manifestReader(schemas.SecretGroupManifest)
const readName = manifestReader(schemas.NamedManifest)

/** Secret groups as they are applied and deleted by manifest. */
export const secretGroupManifests: ManifestType = {
  put(manifest, dryRun) {
    const read = readManifest(manifest)
    const asked = read.ok ? decodeManifest(read.value, dryRun) : read
    if (!asked.ok) return asked
    return ok(
      ask(putGroup, asked.value, (done): Applied => ({
        ...(done.before === null ? {} : { existingManifest: manifestOf(done.before) }),
        action: done.action,
        data: putShown(done, dryRun),
      })),
    )
  },
  remove(manifest) {
    const read = readName(manifest)
    if (!read.ok) return read
    return ok(ask(deleteWholeGroup, { by: 'name', name: read.value.name }, () => ({})))
  },
}

import { ok } from '#domain/result.ts'
import {
  activateVersion,
  createVersion,
  deleteVersion,
  listVersions,
  undeleteVersion,
} from '#core/versions.ts'
import { route, type Route } from '#dialects/dialect.ts'
import * as schemas from './schemas.ts'
import { byId, decodeValue } from './secrets.ts'
import * as shapes from './shapes.ts'

const tag = 'Versions'
const params = schemas.versionParams
const success = { status: 200, schema: schemas.Version }
const LIMIT_DEFAULT = 100

const versionRef = ({ id, n }: { id: string; n: string }) => ok({ ref: byId(id), n: Number(n) })

export const versionRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/strongroom/v1/secrets/:id/versions',
    operationId: 'listVersions',
    summary: 'List the versions of a secret, newest first',
    ...{ tag, params: schemas.params('id'), query: schemas.versionsQuery },
    success: { status: 200, schema: schemas.VersionPage },
    verb: listVersions,
    decode: ({ params: { id }, query }) => {
      const { before = Number.MAX_SAFE_INTEGER, limit = LIMIT_DEFAULT } = query
      return ok({ ref: byId(id), before, limit })
    },
    encode: ({ current, versions, more }) => {
      const items = versions.map((one) => shapes.version(current, one))
      return shapes.page(items, more, (last) => String(last.version))
    },
  }),
  route({
    method: 'POST',
    path: '/strongroom/v1/secrets/:id/versions',
    operationId: 'createVersion',
    summary: 'Add a version, current at once unless `activate` is false',
    ...{ tag, success, params: schemas.params('id'), body: schemas.CreateVersion },
    verb: createVersion,
    decode: ({ params: { id }, body: { value: text, encoding, activate = true } }) => {
      const value = decodeValue(text, encoding)
      return value.ok ? ok({ ref: byId(id), ...value.value, activate }) : value
    },
    encode: ({ secret, version }) => shapes.version(secret.current, version),
  }),
  route({
    method: 'POST',
    path: '/strongroom/v1/secrets/:id/versions/:n/activate',
    operationId: 'activateVersion',
    summary: 'Make a version the current one',
    ...{ tag, params },
    success: { status: 200, schema: schemas.Secret },
    verb: activateVersion,
    decode: ({ params: asked }) => versionRef(asked),
    encode: ({ name, via, secret }) => shapes.secret(name, via, secret),
  }),
  route({
    method: 'DELETE',
    path: '/strongroom/v1/secrets/:id/versions/:n',
    operationId: 'deleteVersion',
    summary: 'Delete a version that is not the current one, so that it can come back',
    ...{ tag, success, params },
    verb: deleteVersion,
    decode: ({ params: asked }) => versionRef(asked),
    encode: (version) => shapes.version(0, version),
  }),
  route({
    method: 'POST',
    path: '/strongroom/v1/secrets/:id/versions/:n/undelete',
    operationId: 'undeleteVersion',
    summary: 'Bring a deleted version back',
    ...{ tag, success, params },
    verb: undeleteVersion,
    decode: ({ params: asked }) => versionRef(asked),
    encode: (version) => shapes.version(0, version),
  }),
]

import type { Static } from 'typebox'
import type { Fault } from '#domain/fault.ts'
import { STORE_CREDENTIAL_BYTES_MAX } from '#domain/limits.ts'
import { err, ok, type Result } from '#domain/result.ts'
import { SecretValue } from '#domain/secret-value.ts'
import type { StoreConfig } from '#domain/store.ts'
import { importSecret, planImport } from '#core/import-secret.ts'
import { moveGroup, moveSecret } from '#core/move-secret.ts'
import type { GivenStore } from '#core/set-up-store.ts'
import { planSync, storeDrift, syncStore } from '#core/store-sync.ts'
import {
  addStore,
  changeStore,
  checkStore,
  listStores,
  removeStore,
  setDefaultStore,
} from '#core/store-verbs.ts'
import { route, type Route } from '#dialects/dialect.ts'
import { groupCalled } from './groups.ts'
import * as schemas from './schemas.ts'
import * as shapes from './shapes.ts'

const tag = 'Stores'
const PATH = '/strongroom/v1/stores'
const params = schemas.params('store')

const configOf = ({ kms_key: kmsKey, ...config }: Static<typeof schemas.StoreConfig>) =>
  ({ ...config, ...(kmsKey === undefined ? {} : { kmsKey }) }) satisfies StoreConfig

/** A credential as it was sent, closed at once. */
function credentialOf(sent: Record<string, unknown> | null): Result<SecretValue | null, Fault> {
  if (sent === null) return ok(null)
  const value = SecretValue.fromText(JSON.stringify(sent))
  if (value.size <= STORE_CREDENTIAL_BYTES_MAX) return ok(value)
  const at = ['body', 'credential']
  const limit = STORE_CREDENTIAL_BYTES_MAX
  return err({ kind: 'invalid', problems: [{ at, rule: 'too_long', limit, unit: 'bytes' }] })
}

/** A store as it is said in JSON that fits the schema. */
export function givenStore(said: Static<typeof schemas.CreateStore>): Result<GivenStore, Fault> {
  const { name, kind, config } = said
  const credential = credentialOf(said.credential ?? null)
  if (!credential.ok) return credential
  return ok({ name, kind, config: configOf(config), credential: credential.value })
}

const setUp: readonly Route[] = [
  route({
    method: 'POST',
    path: PATH,
    operationId: 'createStore',
    summary: 'Set up a store of a vendor, after a probe was written, read and removed there',
    ...{ tag, body: schemas.CreateStore },
    exactNumbers: true,
    success: { status: 200, schema: schemas.Store },
    verb: addStore,
    decode: ({ body }) => givenStore(body),
    encode: shapes.store,
  }),
  route({
    method: 'GET',
    path: PATH,
    operationId: 'listStores',
    summary: 'List the stores that were set up beside the embedded one, never their credentials',
    ...{ tag, success: { status: 200, schema: schemas.Stores } },
    verb: listStores,
    decode: () => ok(null),
    encode: ({ stores, fallback }) => ({
      data: stores.map((store) => ({ ...shapes.store(store), default: store.id === fallback })),
    }),
  }),
  route({
    method: 'PUT',
    path: `${PATH}/:store`,
    operationId: 'changeStore',
    summary: 'Set a store up otherwise, after a probe; elsewhere only with its credential anew',
    ...{ tag, params, body: schemas.ChangeStore },
    exactNumbers: true,
    success: { status: 200, schema: schemas.Store },
    verb: changeStore,
    decode: ({ params: { store: word }, body }) => {
      const change = { word, config: configOf(body.config) }
      if (body.credential === undefined) return ok(change)
      const credential = credentialOf(body.credential)
      return credential.ok ? ok({ ...change, credential: credential.value }) : credential
    },
    encode: shapes.store,
  }),
  route({
    method: 'DELETE',
    path: `${PATH}/:store`,
    operationId: 'deleteStore',
    summary: 'Forget a store that nothing is in; what is there and not ours stays as it is',
    ...{ tag, params, success: { status: 200, schema: schemas.Made } },
    verb: removeStore,
    decode: ({ params: { store: word } }) => ok({ word }),
    encode: ({ id }) => ({ id }),
  }),
  route({
    method: 'PUT',
    path: '/strongroom/v1/default-store',
    operationId: 'setDefaultStore',
    summary: 'Make a store the one of new groups of the account; `embedded` is one',
    ...{ tag, body: schemas.InStore, success: { status: 200, schema: schemas.InStore } },
    verb: setDefaultStore,
    decode: ({ body: { store: word } }) => ok({ word }),
    encode: ({ store }) => ({ store }),
  }),
]

const looking: readonly Route[] = [
  route({
    method: 'POST',
    path: `${PATH}/:store/check`,
    operationId: 'checkStore',
    summary: 'Really write, read and remove a probe; says what this server asked of the store',
    ...{ tag, params, success: { status: 200, schema: schemas.CheckedStore } },
    verb: checkStore,
    decode: ({ params: { store: word } }) => ok({ word }),
    encode: ({ store, calls }) => ({ ...shapes.store(store), calls }),
  }),
  route({
    method: 'GET',
    path: `${PATH}/:store/plan`,
    operationId: 'planSync',
    summary: 'Compare what is in a store with the record; changes nothing',
    ...{ tag, params, success: { status: 200, schema: schemas.StorePlan } },
    verb: planSync,
    decode: ({ params: { store: word } }) => ok({ word }),
    encode: shapes.storePlan,
  }),
  route({
    method: 'GET',
    path: `${PATH}/:store/drift`,
    operationId: 'storeDrift',
    summary: 'Say what a store and the record do not agree in, version by version; changes nothing',
    ...{ tag, params, success: { status: 200, schema: schemas.StoreDrift } },
    verb: storeDrift,
    decode: ({ params: { store: word } }) => ok({ word }),
    encode: shapes.storeDrift,
  }),
  route({
    method: 'POST',
    path: `${PATH}/:store/sync`,
    operationId: 'syncStore',
    summary: 'Have what is ours and on no record taken out of a store, as its plan said it',
    ...{ tag, params, body: schemas.SyncStore },
    success: { status: 200, schema: schemas.StorePlan },
    verb: syncStore,
    decode: ({ params: { store: word }, body: { plan } }) => ok({ word, plan }),
    encode: shapes.storePlan,
  }),
]

const importing: readonly Route[] = [
  route({
    method: 'GET',
    path: `${PATH}/:store/import`,
    operationId: 'planImport',
    summary:
      'List what a store holds that no Strongroom put there, as secrets of a group; reads no value',
    ...{ tag, params, query: schemas.importQuery },
    success: { status: 200, schema: schemas.ImportPlan },
    verb: planImport,
    decode: ({ params: { store }, query: { group, prefix: beginning = '' } }) =>
      ok({ store, group: groupCalled(group), beginning }),
    encode: ({ steps, more }) => ({ data: steps, more }),
  }),
  route({
    method: 'POST',
    path: `${PATH}/:store/import`,
    operationId: 'importSecret',
    summary: 'Make a secret of what somebody else keeps in a store, where it stays as it is',
    ...{ tag, params, body: schemas.ImportSecret },
    success: { status: 200, schema: schemas.Secret },
    verb: importSecret,
    decode: ({ params: { store }, body: { group, path, name } }) =>
      ok({ store, group: groupCalled(group), path, name }),
    encode: (secret) => shapes.secret(secret.name, secret.group, secret),
  }),
]

const moving: readonly Route[] = [
  route({
    method: 'PUT',
    path: '/strongroom/v1/groups/:group/store',
    operationId: 'moveGroup',
    summary: 'Have what is made in a group from now on kept in another store',
    ...{ tag, params: schemas.params('group'), body: schemas.InStore },
    success: { status: 200, schema: schemas.Group },
    verb: moveGroup,
    decode: ({ params: { group }, body: { store } }) => ok({ group: groupCalled(group), store }),
    encode: shapes.group,
  }),
  route({
    method: 'POST',
    path: '/strongroom/v1/secrets/:id/move',
    operationId: 'moveSecret',
    summary:
      'Move a secret with all its versions to another store; it stays readable all the while',
    ...{ tag, params: schemas.params('id'), body: schemas.InStore },
    success: { status: 200, schema: schemas.Secret },
    verb: moveSecret,
    decode: ({ params: { id }, body: { store } }) => ok({ id, store }),
    encode: ({ name, via, secret }) => shapes.secret(name, via, secret),
  }),
]

export const storeRoutes: readonly Route[] = [...setUp, ...looking, ...importing, ...moving]

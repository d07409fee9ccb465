import Type from 'typebox'
import type { Fault, Problem } from '#domain/fault.ts'
import { err, ok, type Result } from '#domain/result.ts'
import {
  listIntegrations,
  PROVIDER_ACCOUNT,
  providerAccountFqn,
  providerOf,
  type Integration,
  type Provider,
} from '#core/integrations.ts'
import { putStores, removeStores, type PutStoresDone } from '#core/put-stores.ts'
import type { GivenStore } from '#core/set-up-store.ts'
import type { Account } from '#ports/database.ts'
import { ask, choosingRoute, type Asked, type Route } from '#dialects/dialect.ts'
import { isoTime } from '#dialects/schema.ts'
import { applied, manifestReader, type ManifestType } from './manifests.ts'
import * as schemas from './schemas.ts'
import * as shapes from './shapes.ts'
import { EMBEDDED_TYPE, givenStore, storeManifest, type DescribedStore } from './store-manifests.ts'

const tag = 'Integrations'
const STORE_TYPE = 'secret-store'

/** Stores are the account's: nobody in it made them for themselves. */
const nobody = ({ id }: Account) => ({
  subjectId: id,
  subjectType: 'virtualaccount',
  subjectSlug: PROVIDER_ACCOUNT,
  subjectDisplayName: PROVIDER_ACCOUNT,
})

const stamps = (account: Account, { createdAt, updatedAt } = whenMade(account)) => ({
  createdBySubject: nobody(account),
  createdAt: isoTime(createdAt),
  updatedAt: isoTime(updatedAt),
  createdBy: PROVIDER_ACCOUNT,
})

const whenMade = ({ createdAt }: Account) => ({ createdAt, updatedAt: createdAt })

/** The provider account of a provider: the embedded store's has the id of the account itself. */
function providerAccount(account: Account, provider: Provider, all: readonly Integration[]) {
  const stores = all.filter((one) => providerOf(one) === provider)
  const fqn = providerAccountFqn(account, provider)
  return {
    id: provider === 'truefoundry' ? account.id : fqn,
    ...{ name: PROVIDER_ACCOUNT, fqn, provider },
    manifest: {
      type: `provider-account/${provider}`,
      name: PROVIDER_ACCOUNT,
      integrations: stores.map(storeManifest),
    },
    integrations: stores.map((one) => ({
      ...{ id: one.id, name: one.name, fqn: one.fqn, type: STORE_TYPE },
      providerAccountFqn: fqn,
      tenantName: account.name,
      manifest: storeManifest(one),
      ...stamps(account, one.setUp ?? undefined),
    })),
    accountId: account.id,
    ...stamps(account),
  }
}

const PROVIDERS: readonly Provider[] = ['truefoundry', 'aws', 'azure', 'gcp', 'hashicorp']

/** Those in which there is a store; the embedded one is always there. */
const providerAccounts = (account: Account, all: readonly Integration[]) =>
  PROVIDERS.map((provider) => providerAccount(account, provider, all)).filter(
    ({ integrations }) => integrations.length > 0,
  )

const integration = (account: Account, all: readonly Integration[]) =>
  providerAccounts(account, all).flatMap((provider) =>
    provider.integrations.map((one) => ({ ...one, metadata: {}, providerAccount: provider })),
  )

const integrationsQuery = Type.Object({
  ...schemas.pageQuery,
  type: Type.Optional(Type.String()),
  fqn: Type.Optional(Type.String()),
  id: Type.Optional(Type.String()),
})

const fits = (asked: string | undefined, is: string): boolean =>
  asked === undefined || asked === '' || asked === is

const paged = <T>(all: readonly T[], asked: shapes.PageAsked) =>
  shapes.page(all.slice(asked.offset, asked.offset + asked.limit), all.length, asked)

const list = choosingRoute({
  method: 'GET',
  path: '/api/svc/v1/provider-integrations',
  operationId: 'ProviderIntegration.list',
  summary: 'List the stores that secret groups can be kept in',
  ...{ tag, query: integrationsQuery },
  success: { status: 200, schema: schemas.pageOf(schemas.ProviderIntegration) },
  action: listIntegrations.action,
  choose: ({ query }) =>
    ok(
      ask(listIntegrations, null, ({ account, integrations }) => {
        const found = integration(account, integrations).filter(
          (one) => fits(query.type, one.type) && fits(query.fqn, one.fqn) && fits(query.id, one.id),
        )
        return paged(found, shapes.pageAsked(query))
      }),
    ),
})

const accountsQuery = Type.Object({
  ...schemas.pageQuery,
  type: Type.Optional(Type.String()),
})

const listAccounts = choosingRoute({
  method: 'GET',
  path: '/api/svc/v1/provider-accounts',
  operationId: 'ProviderAccount.list',
  summary: 'List the provider accounts with the stores that belong to them',
  ...{ tag, query: accountsQuery },
  success: { status: 200, schema: schemas.pageOf(schemas.ProviderAccount) },
  action: listIntegrations.action,
  choose: ({ query }) =>
    ok(
      ask(listIntegrations, null, ({ account, integrations }) =>
        paged(
          fits(query.type, STORE_TYPE) ? providerAccounts(account, integrations) : [],
          shapes.pageAsked(query),
        ),
      ),
    ),
})

export const integrationRoutes: readonly Route[] = [list, listAccounts]

const readManifest = manifestReader(schemas.ProviderAccountManifest)

const at = ['body', 'manifest']

type Stores = readonly DescribedStore[]

/** The stores that a manifest names. There is one account of each provider, of one name. */
function storesIn(manifest: unknown): Result<Stores, Fault> {
  const read = readManifest(manifest)
  if (!read.ok) return read
  const { name, integrations } = read.value
  if (name === PROVIDER_ACCOUNT) return ok(integrations ?? [])
  const allowed = [PROVIDER_ACCOUNT]
  return err({ kind: 'invalid', problems: [{ at: [...at, 'name'], rule: 'one_of', allowed }] })
}

/** The one embedded store is as it is: a manifest may say so, and nothing else. */
function confirm(manifest: unknown): Result<null, Fault> {
  const stores = storesIn(manifest)
  if (!stores.ok) return stores
  const problems: Problem[] = []
  for (const [n, { type, name }] of stores.value.entries()) {
    const place = [...at, 'integrations', n]
    if (type !== EMBEDDED_TYPE) {
      problems.push({ at: [...place, 'type'], rule: 'one_of', allowed: [EMBEDDED_TYPE] })
    }
    if (name !== 'embedded') {
      problems.push({ at: [...place, 'name'], rule: 'one_of', allowed: ['embedded'] })
    }
  }
  return problems.length > 0 ? err({ kind: 'invalid', problems }) : ok(null)
}

const shown = (): Asked =>
  ask(listIntegrations, null, ({ account, integrations }) => {
    const data = providerAccount(account, 'truefoundry', integrations)
    return applied({ action: 'UPDATE', existing: JSON.stringify(data.manifest) }, data)
  })

/** The provider account of the embedded store, as far as manifests may name it: nothing changes it. */
const embedded: ManifestType = {
  put(manifest) {
    const confirmed = confirm(manifest)
    return confirmed.ok ? ok(shown()) : confirmed
  },
  remove(manifest) {
    const confirmed = confirm(manifest)
    const why = 'the embedded store is part of this server'
    return confirmed.ok ? err({ kind: 'in_use', thing: 'store', why }) : confirmed
  },
}

function given(stores: Stores, provider: Provider): Result<readonly GivenStore[], Fault> {
  const read: GivenStore[] = []
  for (const [n, store] of stores.entries()) {
    const one = givenStore(store, provider, [...at, 'integrations', n])
    if (!one.ok) return one
    read.push(one.value)
  }
  return ok(read)
}

const put =
  (provider: Provider) =>
  ({ account, before, integrations }: PutStoresDone) => {
    const was = providerAccount(account, provider, before)
    const existing = was.integrations.length === 0 ? null : JSON.stringify(was.manifest)
    const action = existing === null ? 'CREATE' : 'UPDATE'
    return applied({ action, existing }, providerAccount(account, provider, integrations))
  }

/** The stores of a provider beside the embedded one. */
const outside = (provider: Provider): ManifestType => ({
  put(manifest, dryRun) {
    const read = storesIn(manifest)
    const stores = read.ok ? given(read.value, provider) : read
    return stores.ok ? ok(ask(putStores, { stores: stores.value, dryRun }, put(provider))) : stores
  },
  remove(manifest) {
    const read = storesIn(manifest)
    return read.ok ? ok(ask(removeStores, { provider }, () => ({}))) : read
  },
})

/** Each provider account by the type of its manifest. */
export const providerAccountManifests: readonly (readonly [string, ManifestType])[] = PROVIDERS.map(
  (provider) => [
    `provider-account/${provider}`,
    provider === 'truefoundry' ? embedded : outside(provider),
  ],
)

import Type from 'typebox'
import type { Fault, Problem } from '#domain/fault.ts'
import { err, ok, type Result } from '#domain/result.ts'
import {
  listIntegrations,
  PROVIDER_ACCOUNT,
  providerAccountFqn,
  type Integration,
} from '#core/integrations.ts'
import type { Account } from '#ports/database.ts'
import { ask, choosingRoute, type Asked, type Route } from '#dialects/dialect.ts'
import { isoTime } from '#dialects/schema.ts'
import { applied, manifestReader, type ManifestType } from './manifests.ts'
import * as schemas from './schemas.ts'
import * as shapes from './shapes.ts'

const tag = 'Integrations'
const STORE_TYPE = 'secret-store'
export const PROVIDER_ACCOUNT_TYPE = 'provider-account/truefoundry'
const STORE_MANIFEST_TYPE = 'integration/secret-store/truefoundry/db'

/** Stores are there with the server: nobody made them. */
const nobody = ({ id }: Account) => ({
  subjectId: id,
  subjectType: 'virtualaccount',
  subjectSlug: PROVIDER_ACCOUNT,
  subjectDisplayName: PROVIDER_ACCOUNT,
})

const storeManifest = ({ name }: Integration) => ({ type: STORE_MANIFEST_TYPE, name })

const stamps = (account: Account) => ({
  createdBySubject: nobody(account),
  createdAt: isoTime(account.createdAt),
  updatedAt: isoTime(account.createdAt),
  createdBy: PROVIDER_ACCOUNT,
})

function providerAccount(account: Account, integrations: readonly Integration[]) {
  const stores = integrations.map(storeManifest)
  return {
    id: account.id,
    name: PROVIDER_ACCOUNT,
    fqn: providerAccountFqn(account),
    provider: 'truefoundry',
    manifest: { type: PROVIDER_ACCOUNT_TYPE, name: PROVIDER_ACCOUNT, integrations: stores },
    integrations: integrations.map((one) => ({
      ...{ id: one.id, name: one.name, fqn: one.fqn, type: STORE_TYPE },
      providerAccountFqn: providerAccountFqn(account),
      tenantName: account.name,
      manifest: storeManifest(one),
      ...stamps(account),
    })),
    accountId: account.id,
    ...stamps(account),
  }
}

const integration = (account: Account, all: readonly Integration[]) => {
  const provider = providerAccount(account, all)
  return provider.integrations.map((one) => ({ ...one, metadata: {}, providerAccount: provider }))
}

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
          fits(query.type, STORE_TYPE) ? [providerAccount(account, integrations)] : [],
          shapes.pageAsked(query),
        ),
      ),
    ),
})

export const integrationRoutes: readonly Route[] = [list, listAccounts]

const readManifest = manifestReader(schemas.ProviderAccountManifest)

/** The one provider account is as it is: a manifest may say so, and nothing else. */
function confirm(manifest: unknown): Result<null, Fault> {
  const read = readManifest(manifest)
  if (!read.ok) return read
  const at = ['body', 'manifest']
  const { name, integrations } = read.value
  const problems: Problem[] = []
  if (name !== PROVIDER_ACCOUNT) {
    problems.push({ at: [...at, 'name'], rule: 'one_of', allowed: [PROVIDER_ACCOUNT] })
  }
  for (const [n, store] of (integrations ?? []).entries()) {
    const place = [...at, 'integrations', n]
    if (store.type !== STORE_MANIFEST_TYPE) {
      problems.push({ at: [...place, 'type'], rule: 'one_of', allowed: [STORE_MANIFEST_TYPE] })
    }
    if (store.name !== 'embedded') {
      problems.push({ at: [...place, 'name'], rule: 'one_of', allowed: ['embedded'] })
    }
  }
  return problems.length > 0 ? err({ kind: 'invalid', problems }) : ok(null)
}

const shown = (): Asked =>
  ask(listIntegrations, null, ({ account, integrations }) => {
    const data = providerAccount(account, integrations)
    return applied({ action: 'UPDATE', existing: JSON.stringify(data.manifest) }, data)
  })

/** The provider account of the embedded store, as far as manifests may name it: nothing changes it. */
export const providerAccountManifests: ManifestType = {
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

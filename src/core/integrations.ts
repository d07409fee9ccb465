import type { StoreId } from '#domain/ids.ts'
import type { RemoteStoreKind, Store, StoreRef } from '#domain/store.ts'
import type { Account } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import type { Verb } from './perform.ts'

/** A store that an account can keep its groups in, and the names by which it is asked for. */
export interface Integration {
  readonly id: string
  readonly store: StoreRef
  readonly name: string
  /** `<account>:<provider>:<provider account>:secret-store:<name>`. */
  readonly fqn: string
  /** How it was set up; `null` for the embedded one, which comes with the server. */
  readonly setUp: Store | null
}

/** Whose a store is, in full names. */
export type Provider = 'truefoundry' | 'aws' | 'azure' | 'gcp' | 'hashicorp'

const providers: Readonly<Record<RemoteStoreKind, Provider>> = {
  'aws-secrets-manager': 'aws',
  'aws-parameter-store': 'aws',
  'azure-key-vault': 'azure',
  'gcp-secret-manager': 'gcp',
  vault: 'hashicorp',
}

export const providerOf = ({ setUp }: Pick<Integration, 'setUp'>): Provider =>
  setUp === null ? 'truefoundry' : providers[setUp.kind]

/** The name of what stores belong to: each provider has one account, which stands for this server. */
export const PROVIDER_ACCOUNT = 'strongroom'

/** The full name of the provider account under which an account's stores of a provider stand. */
export const providerAccountFqn = ({ name }: Account, provider: Provider = 'truefoundry'): string =>
  `${name}:${provider}:${PROVIDER_ACCOUNT}`

export const embeddedIntegration = (account: Account): Integration => ({
  id: account.id,
  store: 'embedded',
  name: 'embedded',
  fqn: `${providerAccountFqn(account)}:secret-store:embedded`,
  setUp: null,
})

function integrationFor(account: Account, setUp: Store): Integration {
  const { id, name } = setUp
  const provider = providerAccountFqn(account, providers[setUp.kind])
  return { id, store: id, name, fqn: `${provider}:secret-store:${name}`, setUp }
}

/** Every store that the account has, the embedded one first. */
export async function integrationsOf(
  core: Core,
  account: Account,
): Promise<readonly Integration[]> {
  const stores = await core.database.reads.stores(account.id)
  return [embeddedIntegration(account), ...stores.map((store) => integrationFor(account, store))]
}

/** The store that a group of the account is kept in. */
export async function integrationOf(
  core: Core,
  account: Account,
  { store }: { readonly store: StoreRef },
): Promise<Integration> {
  if (store === 'embedded') return embeddedIntegration(account)
  const setUp = await core.database.reads.store(account.id, store)
  if (setUp === null) throw new Error('a group is in a store that its account has not')
  return integrationFor(account, setUp)
}

/** How a request names a store. */
export type IntegrationRef =
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'fqn'; readonly fqn: string }
  /** By its name (`embedded` is one), or by its id. */
  | { readonly by: 'word'; readonly word: string }

/** The store of the account that `ref` names, or `null`. */
export async function findIntegration(
  core: Core,
  account: Account,
  ref: IntegrationRef,
): Promise<Integration | null> {
  const embedded = embeddedIntegration(account)
  if (ref.by === 'word') return ref.word === 'embedded' ? embedded : called(core, account, ref.word)
  if (ref.by === 'id' ? ref.id === embedded.id : ref.fqn === embedded.fqn) return embedded
  const all = await integrationsOf(core, account)
  return all.find(({ id, fqn }) => (ref.by === 'id' ? id === ref.id : fqn === ref.fqn)) ?? null
}

async function called(core: Core, account: Account, word: string): Promise<Integration | null> {
  const { reads } = core.database
  const store =
    (await reads.storeNamed(account.id, word)) ?? (await reads.store(account.id, word as StoreId))
  return store === null ? null : integrationFor(account, store)
}

export interface IntegrationList {
  readonly account: Account
  readonly integrations: readonly Integration[]
}

/** The stores of the caller's account. */
export const listIntegrations: Verb<null, IntegrationList, 'integration.list'> = {
  action: 'integration.list',
  async decide(core, caller) {
    const grant = authorize(caller, 'integration.list', { kind: 'self' }, null)
    if (!grant.ok) return { fault: grant.error }
    const account = await core.people.account(caller)
    const list = { account, integrations: await integrationsOf(core, account) }
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

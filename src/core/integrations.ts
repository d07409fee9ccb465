import type { StoreKind } from '#domain/group.ts'
import type { Account } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Verb } from './perform.ts'

/** A store that an account can keep its groups in, and the names by which it is asked for. */
export interface Integration {
  readonly id: string
  readonly store: StoreKind
  readonly name: string
  /** `<account>:<provider>:<provider account>:secret-store:<name>`. */
  readonly fqn: string
}

/** The name of what stores belong to, where nothing but this server is behind them. */
export const PROVIDER_ACCOUNT = 'strongroom'

/** The full name of the provider account under which an account's own stores stand. */
export const providerAccountFqn = ({ name }: Account): string =>
  `${name}:truefoundry:${PROVIDER_ACCOUNT}`

/** Every store that the account has. */
export const integrationsOf = (account: Account): readonly Integration[] => [
  {
    id: account.id,
    store: 'embedded',
    name: 'embedded',
    fqn: `${providerAccountFqn(account)}:secret-store:embedded`,
  },
]

/** How a request names a store. */
export type IntegrationRef =
  { readonly by: 'id'; readonly id: string } | { readonly by: 'fqn'; readonly fqn: string }

/** The store of the account that `ref` names, or `null`. */
export const findIntegration = (account: Account, ref: IntegrationRef): Integration | null =>
  integrationsOf(account).find(({ id, fqn }) =>
    ref.by === 'id' ? id === ref.id : fqn === ref.fqn,
  ) ?? null

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
    const list = { account, integrations: integrationsOf(account) }
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

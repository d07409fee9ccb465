import type { Fault, Thing } from '#domain/fault.ts'
import type { Account } from '#ports/database.ts'
import type { Core } from './core.ts'
import { findIntegration } from './integrations.ts'

/** What a manifest says of accounts and of stores, each by its name. */
export interface OwnNames {
  /** The account that is to own what is described; `null` where that is not said. */
  readonly owner: string | null
  /** Those in which something is to be given. */
  readonly accounts: readonly string[]
  readonly stores: readonly string[]
}

/** Why `thing` cannot be described so: an account has itself and its own stores, and no other. */
export async function notOwn(
  core: Core,
  account: Account,
  thing: Thing,
  { owner, accounts, stores }: OwnNames,
): Promise<Fault | null> {
  if (owner !== null && owner !== account.name) {
    const why = 'it belongs to the account of this token: name that one, or leave the owner out'
    return { kind: 'in_use', thing, why }
  }
  if (accounts.some((name) => name !== account.name)) return { kind: 'not_found', thing: 'account' }
  for (const fqn of stores) {
    const known = await findIntegration(core, account, { by: 'fqn', fqn })
    if (known === null) return { kind: 'not_found', thing: 'store' }
  }
  return null
}

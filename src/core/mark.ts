import type { AccountId, SecretId } from '#domain/ids.ts'
import type { Mark } from '#ports/remote-store.ts'
import type { Core } from './core.ts'

/** What a secret of ours bears in another store. */
export const markOf = (
  { installation }: Pick<Core, 'installation'>,
  account: AccountId,
  secret: SecretId,
): Mark => ({ installation: installation.id, account, secret })

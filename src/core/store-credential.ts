import type { InstallationId } from '#domain/ids.ts'
import type { Store } from '#domain/store.ts'
import type { SealedPlace } from '#ports/sealing.ts'

/** What the credential of a store is bound to: sealed anew each time it is given. */
export const credentialPlace = (
  installation: InstallationId,
  { id, account }: Pick<Store, 'id' | 'account'>,
): SealedPlace => ({ installation, account, secret: id, version: 0, file: false })

import { createHash } from 'node:crypto'
import type { InstallationId } from '#domain/ids.ts'
import type { Store, StoreConfig } from '#domain/store.ts'
import type { SealedPlace } from '#ports/sealing.ts'

/** Where a credential would be sent: what must not change under one that is not shown. */
export const destinationOf = ({ url, region, project, mount, namespace }: StoreConfig): string =>
  JSON.stringify([url, region, project, mount, namespace])

const NUMBER_BYTES = 6

/**
 * What the credential of a store is bound to: the store, and where it leads (the first 48 bits of a
 * digest stand for that as a number), so that whoever can write our database cannot have it sent
 * elsewhere.
 */
export const credentialPlace = (
  installation: InstallationId,
  { id, account, kind, config }: Pick<Store, 'id' | 'account' | 'kind' | 'config'>,
): SealedPlace => {
  const digest = createHash('sha256')
    .update(`${kind} ${destinationOf(config)}`)
    .digest()
  const version = digest.readUIntBE(0, NUMBER_BYTES)
  return { installation, account, secret: id, version, file: false }
}

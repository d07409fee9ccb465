import { createSecretKey } from 'node:crypto'
import { serverSubkey } from '#crypto/derive.ts'
import { rightsMac, rightsMacHolds } from '#crypto/rights-mac.ts'
import type { RightsSeal } from '#ports/rights-seal.ts'

/** Seals over rows of rights under a key of the installation (docs/crypto.md). */
export function rightsOf(serverKey: Uint8Array): RightsSeal {
  const key = serverSubkey(createSecretKey(serverKey), 'rights-mac')
  return {
    seal: (table, members) => rightsMac(key, table, members),
    holds: (table, members, seal) => rightsMacHolds(key, table, members, seal),
  }
}

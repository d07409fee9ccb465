import { rowMac, rowMacGeneration, rowMacHolds } from '#crypto/row-mac.ts'
import type { Keyring } from '#ports/keyring.ts'
import type { RowSeal } from '#ports/row-seal.ts'

/**
 * MACs over the rows of secrets under keys derived from their accounts' keys (docs/crypto.md).
 * `seal` uses the account's present generation, `holds` the one that made the MAC; both throw what
 * the keyring throws when it has no key to give.
 */
export function rowSeal(keyring: Keyring): RowSeal {
  return {
    seal: async (row) => rowMac(await keyring.current(row.account), row),
    holds: async (row, mac) => {
      const generation = rowMacGeneration(mac)
      if (generation === null) return false
      return rowMacHolds(await keyring.at(row.account, generation), row, mac)
    },
  }
}

import { DamagedEnvelope, openValue, sealValue } from '#crypto/envelope.ts'
import type { Sealed } from '#domain/secret.ts'
import type { StoreRef } from '#domain/store.ts'
import type { Keyring } from '#ports/keyring.ts'
import type { CredentialSealing, Sealing } from '#ports/sealing.ts'

/**
 * Seals bytes that lie beside their row in our own database: each under a key of its own, derived
 * from the account's key (docs/formats/envelope.md), and bound to its place and to `store`, so that
 * what is sealed for one store is nothing in another. `random(32)` gives a salt. Both throw what the
 * keyring throws when it has no key to give.
 */
export function sealing(
  keyring: Keyring,
  random: (length: number) => Uint8Array,
  store: StoreRef,
): Sealing {
  return {
    async seal(place, bytes): Promise<Sealed> {
      const key = await keyring.current(place.account)
      const sealed = sealValue(key, { ...place, store }, bytes, random)
      return { store, generation: key.generation, bytes: sealed }
    },
    async open(place, { generation, bytes }) {
      const key = await keyring.at(place.account, generation)
      try {
        return openValue(key, { ...place, store }, bytes)
      } catch (error) {
        if (error instanceof DamagedEnvelope) return null
        throw error
      }
    },
  }
}

/** The same for a credential. */
export const credentialSealing = (by: Sealing): CredentialSealing => ({
  seal: (place, credential) => by.seal(place, credential.reveal()),
})

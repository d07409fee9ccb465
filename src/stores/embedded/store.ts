import { DamagedEnvelope, openValue, sealValue } from '#crypto/envelope.ts'
import type { ValuePlace } from '#crypto/envelope.ts'
import { SecretValue } from '#domain/secret-value.ts'
import type { Keyring } from '#ports/keyring.ts'
import { DamagedValue } from '#ports/secret-store.ts'
import type { Place, SecretStore } from '#ports/secret-store.ts'

const KIND = 'embedded'

/**
 * The store whose values lie sealed in our own database, beside their rows: each under a key of its
 * own, derived from the account's key (docs/formats/envelope.md). `random(32)` gives a salt.
 *
 * `write` seals under the account's present generation; `read` opens under the one that sealed.
 * Both throw what the keyring throws when it has no key to give.
 */
export function embeddedStore(
  keyring: Keyring,
  random: (length: number) => Uint8Array,
): SecretStore {
  return {
    kind: KIND,
    write: async (_grant, place, value) => {
      const key = await keyring.current(place.secret.account)
      const bytes = sealValue(key, placeOf(place), value.reveal(), random)
      return { store: KIND, generation: key.generation, bytes }
    },
    read: async (_receipt, place, sealed) => {
      const key = await keyring.at(place.secret.account, sealed.generation)
      try {
        return new SecretValue(openValue(key, placeOf(place), sealed.bytes))
      } catch (error) {
        if (!(error instanceof DamagedEnvelope)) throw error
        const { id, account } = place.secret
        throw new DamagedValue(
          `version ${place.n} of secret ${id} of account ${account} is damaged`,
        )
      }
    },
  }
}

const placeOf = (place: Place): ValuePlace => ({
  installation: place.installation,
  account: place.secret.account,
  secret: place.secret.id,
  version: place.n,
  store: KIND,
  file: place.secret.file,
})

import { timingSafeEqual } from 'node:crypto'
import { DamagedEnvelope, openValue, sealValue } from '#crypto/envelope.ts'
import type { ValuePlace } from '#crypto/envelope.ts'
import type { Sealed } from '#domain/secret.ts'
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
      const bytes = await opened(keyring, place, sealed)
      if (bytes !== null) return new SecretValue(bytes)
      const { id, account } = place.secret
      throw new DamagedValue(`version ${place.n} of secret ${id} of account ${account} is damaged`)
    },
    holds: async (_grant, place, sealed, value) => {
      const bytes = await opened(keyring, place, sealed)
      const given = value.reveal()
      return bytes?.length === given.length && timingSafeEqual(bytes, given)
    },
  }
}

/** The bytes that are stored; `null` when they are not what was written at this place. */
async function opened(keyring: Keyring, place: Place, sealed: Sealed): Promise<Uint8Array | null> {
  const key = await keyring.at(place.secret.account, sealed.generation)
  try {
    return openValue(key, placeOf(place), sealed.bytes)
  } catch (error) {
    if (error instanceof DamagedEnvelope) return null
    throw error
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

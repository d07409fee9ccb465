import { timingSafeEqual } from 'node:crypto'
import { SecretValue } from '#domain/secret-value.ts'
import type { Sealing } from '#ports/sealing.ts'
import { DamagedValue, placeOf } from '#ports/secret-store.ts'
import type { SecretStore } from '#ports/secret-store.ts'

/** The store whose values lie sealed in our own database, beside their rows. */
export const embeddedStore = (sealing: Sealing): SecretStore => ({
  ref: 'embedded',
  pathOf: () => null,
  problems: () => [],
  write: async (_grant, place, value) => sealing.seal(placeOf(place), value.reveal()),
  async read(_receipt, place, sealed) {
    const bytes = await sealing.open(placeOf(place), sealed)
    if (bytes !== null) return new SecretValue(bytes)
    throw new DamagedValue(place)
  },
  async holds(_grant, place, sealed, value) {
    const bytes = await sealing.open(placeOf(place), sealed)
    const given = value.reveal()
    return bytes?.length === given.length && timingSafeEqual(bytes, given)
  },
})

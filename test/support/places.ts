import { createSecretKey, randomBytes } from 'node:crypto'
import type { ValueKey, ValuePlace } from '#crypto/envelope.ts'
import { parseId } from '#domain/ids.ts'
import type { Id } from '#domain/ids.ts'

/** An id for a test: `c` and the digit 24 times over. */
export function idOf<Kind extends string>(digit: string): Id<Kind> {
  const id = parseId<Kind>(`c${digit.repeat(24)}`)
  if (id === null) throw new Error(`not a digit of an id: ${digit}`)
  return id
}

export const somePlace: ValuePlace = {
  installation: idOf('1'),
  account: idOf('2'),
  secret: idOf('3'),
  version: 1,
  store: 'embedded',
  file: false,
}

/** A fresh account key. */
export const someKey = (generation = 1): ValueKey => ({
  generation,
  key: createSecretKey(randomBytes(32)),
})

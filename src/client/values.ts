import { isUtf8 } from 'node:buffer'
import { SecretValue } from '#domain/secret-value.ts'
import type { OpenedSecret } from './wire.ts'

/** A value as it goes out: as text where it is text, as base64 where it is not. */
export function encodeValue(value: SecretValue): { value: string; encoding: 'utf8' | 'base64' } {
  const bytes = Buffer.from(value.reveal())
  const encoding = isUtf8(bytes) ? 'utf8' : 'base64'
  return { value: bytes.toString(encoding), encoding }
}

/** The object that a text of JSON stands for, as it goes out within a body. */
export const jsonIn = (value: SecretValue): unknown =>
  JSON.parse(Buffer.from(value.reveal()).toString('utf8'))

/** Whether two values are the same bytes. */
export const isSame = (one: SecretValue, other: SecretValue): boolean =>
  Buffer.from(one.reveal()).equals(other.reveal())

export type WireOpened = Omit<OpenedSecret, 'value'> & {
  readonly value: string
  readonly encoding: 'utf8' | 'base64'
}

/** A value as it came in, closed again. */
export const decodeOpened = ({ id, name, version, file, value, encoding }: WireOpened) => ({
  ...{ id, name, version, file },
  value: new SecretValue(Buffer.from(value, encoding)),
})

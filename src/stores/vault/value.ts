import { SecretValue } from '#domain/secret-value.ts'
import type { RemotePut } from '#ports/remote-store.ts'
import { wordsOf } from '#stores/mark.ts'
import { textOf } from '#stores/text.ts'

const OPERATION = 'strongroom-operation'

/**
 * The members of one version. The value is text where it is UTF-8, for whoever reads it with other
 * tools; other bytes are base64, and `encoding` says so. The mark stands here as well, because
 * a version and the metadata beside it are two writes.
 */
export function membersOf({ value, mark, operation }: RemotePut): Readonly<Record<string, string>> {
  const bytes = value.reveal()
  const text = textOf(bytes)
  const spelled =
    text === null
      ? { value: Buffer.from(bytes).toString('base64'), encoding: 'base64' }
      : { value: text }
  return { ...spelled, ...wordsOf(mark), [OPERATION]: operation }
}

/** The value in the members of a version; `null` when it is not as we wrote it. */
export function valueIn(members: Readonly<Record<string, unknown>>): SecretValue | null {
  const { value, encoding } = members
  if (typeof value !== 'string') return null
  if (encoding === undefined) return SecretValue.fromText(value)
  const bytes = Buffer.from(value, 'base64')
  return encoding === 'base64' && bytes.toString('base64') === value ? new SecretValue(bytes) : null
}

/** Whether a version was written by this operation. */
export const isOf = (members: Readonly<Record<string, unknown>>, operation: string): boolean =>
  members[OPERATION] === operation

/**
 * The value of what somebody else keeps: its one member if that is text, all of them as JSON if there
 * are more.
 */
export function foreignIn(members: Readonly<Record<string, unknown>>): SecretValue {
  const [only, ...more] = Object.values(members)
  const text = typeof only === 'string' && more.length === 0 ? only : JSON.stringify(members)
  return SecretValue.fromText(text)
}

import type { SecretValue } from '#domain/secret-value.ts'
import { StoreFault } from '#ports/remote-store.ts'
import { textOf } from './text.ts'

/** The credential of a store as JSON gives it; `refused` when it is not an object of JSON. */
export function credentialIn(credential: SecretValue): Readonly<Record<string, unknown>> {
  const parsed = parsedIn(textOf(credential.reveal()))
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
    return parsed as Readonly<Record<string, unknown>>
  }
  throw new StoreFault('refused', 'the credential is not an object of JSON')
}

function parsedIn(text: string | null): unknown {
  try {
    return text === null ? null : (JSON.parse(text) as unknown)
  } catch {
    return null
  }
}

/** A member of a credential that is a text and not empty; `null` when it is not there. */
export function optionalIn(
  credential: Readonly<Record<string, unknown>>,
  member: string,
): string | null {
  const found = credential[member]
  if (found === undefined || found === null) return null
  if (typeof found === 'string' && found !== '') return found
  throw new StoreFault('refused', `the credential’s ${member} is not a text`)
}

/** A member of a credential that must be there. */
export function requiredIn(credential: Readonly<Record<string, unknown>>, member: string): string {
  const found = optionalIn(credential, member)
  if (found === null) throw new StoreFault('refused', `the credential has no ${member}`)
  return found
}

import { StoreFault } from '#ports/remote-store.ts'
import type { StoreFaultKind } from '#ports/remote-store.ts'
import { givenUp, underSignal } from './pause.ts'
import { instead } from './instead.ts'

/**
 * What the codes of AWS stand for (the common errors of its API references, and those of the two
 * services in the models that its SDKs ship). What is not here goes by its HTTP status.
 */
const KINDS: Readonly<Record<string, StoreFaultKind>> = {
  ThrottlingException: 'throttled',
  Throttling: 'throttled',
  ThrottledException: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',
  RequestThrottledException: 'throttled',
  TooManyUpdates: 'throttled',
  AccessDeniedException: 'refused',
  AccessDenied: 'refused',
  UnrecognizedClientException: 'refused',
  InvalidClientTokenId: 'refused',
  InvalidSignatureException: 'refused',
  SignatureDoesNotMatch: 'refused',
  IncompleteSignature: 'refused',
  MissingAuthenticationToken: 'refused',
  MissingAuthenticationTokenException: 'refused',
  ExpiredToken: 'refused',
  ExpiredTokenException: 'refused',
  RequestExpired: 'refused',
  NotAuthorized: 'refused',
  OptInRequired: 'refused',
  CredentialsProviderError: 'refused',
  // The caller may not use the KMS key.
  EncryptionFailure: 'refused',
  DecryptionFailure: 'refused',
  ResourceNotFoundException: 'missing',
  ParameterNotFound: 'missing',
  ParameterVersionNotFound: 'missing',
  InternalServiceError: 'down',
  InternalServerError: 'down',
  InternalFailure: 'down',
  ServiceUnavailable: 'down',
}

/** The code of an error of AWS; `null` when it has none. */
export function codeOf(error: unknown): string | null {
  const name = error instanceof Error ? error.name : ''
  return /^[A-Za-z0-9.]{1,64}$/.test(name) ? name : null
}

/** Sends once and waits for the answer, no longer than the signal does. */
export async function sent<T>(
  answer: Promise<T>,
  what: string,
  signal: AbortSignal,
  expected: readonly string[] = [],
): Promise<T> {
  try {
    return await underSignal(answer, what, signal)
  } catch (error) {
    if (error instanceof StoreFault) throw error
    if (signal.aborted) throw givenUp(what)
    const code = codeOf(error)
    if (code !== null && expected.includes(code)) throw new Expected(code)
    throw faultOf(what, error)
  }
}

/** What was answered, or this when it was an error that `sent` was told to expect. */
export const otherwise = <T, const Other>(
  other: Other,
  answer: Promise<T>,
  code: string | null = null,
): Promise<T | Other> =>
  instead(
    (error) => error instanceof Expected && (code ?? error.code) === error.code,
    other,
    answer,
  )

/** An error that the caller of `sent` said it would see to. */
class Expected extends Error {
  override readonly name = 'Expected'
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}

/** What the SDKs tell of an answer; nothing of it is sure to be there. */
interface Told {
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> }
}

function faultOf(what: string, error: unknown): StoreFault {
  const told = error as Told
  const status = told.$metadata?.httpStatusCode
  const code = codeOf(error) ?? 'an error without a code'
  const kind = KINDS[code] ?? kindOf(status)
  const seen = status === undefined ? code : `${code}, status ${status}`
  const after = told.$response?.headers?.['retry-after'] ?? ''
  return new StoreFault(
    kind,
    `${what}: ${seen}`,
    kind === 'throttled' && /^\d{1,5}$/.test(after) ? Number(after) * 1_000 : null,
  )
}

/** A status of success with an error is an answer that could not be read. */
function kindOf(status: number | undefined): StoreFaultKind {
  if (status === undefined || status < 400 || status >= 500) return 'down'
  if (status === 429) return 'throttled'
  return status === 401 || status === 403 ? 'refused' : 'rejected'
}

export const unreadable = (what: string): StoreFault =>
  new StoreFault('down', `${what}: the answer cannot be read`)

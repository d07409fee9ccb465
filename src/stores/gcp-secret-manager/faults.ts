import { StoreFault, type StoreFaultKind } from '#ports/remote-store.ts'
import { instead } from '#stores/instead.ts'

/** The codes of gRPC by their names (google/rpc/code.proto). */
export const CODES = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const
export type Code = keyof typeof CODES

/** A fault that the store told by a code of gRPC. */
export class CallFault extends StoreFault {
  readonly code: Code

  constructor(what: string, code: Code, kind: StoreFaultKind) {
    super(kind, `${what}: the store answered ${code}`)
    this.code = code
  }
}

const KINDS: Readonly<Record<Code, StoreFaultKind>> = {
  CANCELLED: 'down',
  UNKNOWN: 'down',
  INVALID_ARGUMENT: 'rejected',
  DEADLINE_EXCEEDED: 'down',
  NOT_FOUND: 'missing',
  ALREADY_EXISTS: 'rejected',
  PERMISSION_DENIED: 'refused',
  RESOURCE_EXHAUSTED: 'throttled',
  FAILED_PRECONDITION: 'rejected',
  ABORTED: 'down',
  OUT_OF_RANGE: 'rejected',
  UNIMPLEMENTED: 'rejected',
  INTERNAL: 'down',
  UNAVAILABLE: 'down',
  DATA_LOSS: 'down',
  UNAUTHENTICATED: 'refused',
}

/** What the gRPC client itself says of an answer over its own limit, under the store's code for a quota. */
const TOO_LARGE = 'Received message larger than max'

/** What a failed call means; nothing of the store's own words is passed on. */
export function faultOf(what: string, error: unknown): CallFault {
  const { code: number, details } = error as { readonly code?: unknown; readonly details?: unknown }
  const code = (Object.keys(CODES) as Code[]).find((name) => CODES[name] === number) ?? 'UNKNOWN'
  const tooLarge = code === 'RESOURCE_EXHAUSTED' && String(details).startsWith(TOO_LARGE)
  return new CallFault(what, code, tooLarge ? 'down' : KINDS[code])
}

/** `work`, or what stands for it when the store answers one of these codes. */
export const unless = <T, const Other>(
  codes: readonly Code[],
  other: Other,
  work: Promise<T>,
): Promise<T | Other> =>
  instead((error) => error instanceof CallFault && codes.includes(error.code), other, work)

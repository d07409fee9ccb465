import { StoreFault, type StoreFaultKind } from '#ports/remote-store.ts'
import { instead } from '#stores/instead.ts'

/** A fault that the vault told by an HTTP status. */
export class VaultFault extends StoreFault {
  readonly status: number
  /** Whether the vault itself says that there is no such secret; any other 404 is of what stands before it. */
  readonly absent: boolean
  /** What a conflict or a refusal is about, as the vault's `innererror` has it. */
  readonly inner: string | null

  constructor(what: string, told: Told, kind: StoreFaultKind, retryAfterMs: number | null) {
    const { status, code, inner } = told
    const codes = [code, inner].filter((one) => one !== null).join(', ')
    super(kind, `${what}: the store answered ${status} ${codes}`.trimEnd(), retryAfterMs)
    this.status = status
    this.absent = absentIn(told)
    this.inner = inner
  }
}

interface Told {
  readonly status: number
  readonly code: string | null
  readonly inner: string | null
}

interface Coded {
  readonly code?: unknown
}

/** What the vendor's client throws (its `RestError`), as far as it is looked at. */
interface Thrown extends Coded {
  readonly details?: {
    readonly error?: { readonly innerError?: Coded; readonly innererror?: Coded }
  }
}

/** What was seen of the last answer. */
export interface Seen {
  readonly status: number
  readonly retryAfter: string | null
}

/** What a failed call means; nothing of the vault's own words is passed on, as they may hold what was sent. */
export function faultOf(
  what: string,
  error: unknown,
  seen: Seen | null,
  now: () => number,
): StoreFault {
  if (error instanceof StoreFault) return error
  if (seen === null) return new StoreFault('down', `${what}: no answer`)
  const { status, retryAfter } = seen
  if (status < 400) return new StoreFault('down', `${what}: the answer cannot be read`)
  const told = { status, code: codeIn((error as Thrown).code), inner: innerIn(error) }
  const kind = kindOf(told)
  const after = kind === 'throttled' && retryAfter !== null ? wait(retryAfter, now) : null
  return new VaultFault(what, told, kind, after)
}

/** What a conflict or a refusal is about; the vendor's client has changed how it spells that. */
export function innerIn(error: unknown): string | null {
  const told = (error as Thrown).details?.error
  return codeIn((told?.innerError ?? told?.innererror)?.code)
}

const codeIn = (code: unknown): string | null =>
  typeof code === 'string' && /^[A-Z][A-Za-z]{2,48}$/.test(code) ? code : null

/** A conflict passes: a deletion, a recovery or a purge that is under way. */
function kindOf(told: Told): StoreFaultKind {
  const { status } = told
  if (status === 401 || status === 403) return 'refused'
  if (absentIn(told)) return 'missing'
  if (status === 429) return 'throttled'
  return status === 408 || status === 409 || status >= 500 ? 'down' : 'rejected'
}

const absentIn = ({ status, code }: Told): boolean => status === 404 && code === 'SecretNotFound'

/** As long as any other store may ask for; more digits than a number has would be no number. */
const WAIT_MS_MAX = 99_999_000

/** Seconds or a date (RFC 9110, 10.2.3). */
function wait(after: string, now: () => number): number | null {
  const ms = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - now()
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), WAIT_MS_MAX)
}

/** `work`, or what stands for it when the vault answers one of these statuses; 404 only as its own. */
export const unless = <T, const Other>(
  statuses: readonly number[],
  other: Other,
  work: Promise<T>,
): Promise<T | Other> => instead((error) => isOneOf(error, statuses), other, work)

const isOneOf = (error: unknown, statuses: readonly number[]): boolean =>
  error instanceof VaultFault &&
  statuses.includes(error.status) &&
  (error.status !== 404 || error.absent)

import { parseId } from '#domain/ids.ts'
import { StoreFault } from '#ports/remote-store.ts'
import type { Mark } from '#ports/remote-store.ts'

/** What the parts of a mark are called where they stand beside a secret. */
export const MARK_KEYS = {
  installation: 'strongroom-installation',
  account: 'strongroom-account',
  secret: 'strongroom-secret',
} as const

/** A mark as it is written beside a secret: three keys with an id each. */
export const wordsOf = (mark: Mark): Readonly<Record<string, string>> => ({
  [MARK_KEYS.installation]: mark.installation,
  [MARK_KEYS.account]: mark.account,
  [MARK_KEYS.secret]: mark.secret,
})

/** The mark in what stands beside a secret; `null` when it is none of ours. */
export function markIn(words: Readonly<Record<string, unknown>> | null | undefined): Mark | null {
  const word = (key: string): string => {
    const found = words?.[key]
    return typeof found === 'string' ? found : ''
  }
  const installation = parseId<'installation'>(word(MARK_KEYS.installation))
  const account = parseId<'account'>(word(MARK_KEYS.account))
  const secret = parseId<'secret'>(word(MARK_KEYS.secret))
  if (installation === null || account === null || secret === null) return null
  return { installation, account, secret }
}

/** Throws `not_ours` unless what was found is this mark. */
export function mustBear(found: Mark | null, mark: Mark): void {
  const same =
    found?.installation === mark.installation &&
    found.account === mark.account &&
    found.secret === mark.secret
  if (!same) throw new StoreFault('not_ours', 'what is at this path does not bear our mark')
}

/** Throws `rejected` unless what was found bears no mark of any Strongroom: those are never read as foreign. */
export function mustBearNone(found: Mark | null, what: string): void {
  if (found === null) return
  throw new StoreFault('rejected', `${what}: it belongs to a Strongroom, which alone gives it out`)
}

import type { StoreFaultKind } from './store.ts'

/** What can be wrong with one part of a request; a dialect puts it into its own words. */
export type Problem = {
  /** Where: `body`, `query` or `path`, then the members down to the part. */
  readonly at: readonly (string | number)[]
} & (
  | { readonly rule: 'missing' }
  | { readonly rule: 'unknown' }
  | { readonly rule: 'type'; readonly expected: string }
  | { readonly rule: 'too_short'; readonly limit: number }
  | {
      readonly rule: 'too_long'
      readonly limit: number
      readonly unit: 'characters' | 'bytes' | 'items'
    }
  | { readonly rule: 'too_small'; readonly limit: number }
  | { readonly rule: 'too_large'; readonly limit: number }
  | { readonly rule: 'pattern'; readonly pattern: string }
  | { readonly rule: 'one_of'; readonly allowed: readonly string[] }
  | { readonly rule: 'not_json' }
  | { readonly rule: 'not_text'; readonly why: string }
  | { readonly rule: 'number_precision' }
  | { readonly rule: 'reserved' }
  | { readonly rule: 'duplicate' }
  | { readonly rule: 'cursor' }
  | { readonly rule: 'exclusive'; readonly other: string }
)

/** What a thing is called when it is missing or taken. */
export type Thing =
  | 'account'
  | 'subject'
  | 'team'
  | 'member'
  | 'token'
  | 'group'
  | 'environment'
  | 'secret'
  | 'version'
  | 'link'
  | 'variable'
  | 'store'
  | 'binding'
  | 'login'
  | 'slug'
  | 'entry'

/**
 * A refusal, as data, in domain words. It never holds anything that was sent. A refusal to one
 * tenant is `not_found`: the same as absence.
 */
export type Fault =
  | { readonly kind: 'no_token' }
  | { readonly kind: 'bad_token' }
  | { readonly kind: 'two_tokens' }
  | { readonly kind: 'other_account' }
  | { readonly kind: 'denied'; readonly needs: string }
  | { readonly kind: 'not_found'; readonly thing: Thing }
  /** There, in the caller's own account, but not for the caller: most APIs say it is not there. */
  | { readonly kind: 'hidden'; readonly thing: Thing }
  | { readonly kind: 'name_taken'; readonly thing: Thing }
  | { readonly kind: 'in_use'; readonly thing: Thing; readonly why: string }
  | { readonly kind: 'changed'; readonly current: number }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }
  | { readonly kind: 'malformed'; readonly why: string }
  | { readonly kind: 'too_large'; readonly limit: number }
  | { readonly kind: 'unsupported_encoding' }
  | { readonly kind: 'no_route' }
  | { readonly kind: 'no_method'; readonly allow: readonly string[] }
  /** More than the caller, or who is at its address, may ask in this time. */
  | { readonly kind: 'too_many'; readonly retryAfterS: number }
  | { readonly kind: 'busy'; readonly retryAfterS: number }
  | { readonly kind: 'unavailable'; readonly retryAfterS: number }
  /** A store beside our database did not do it; `said` is in its words, never with what was sent. */
  | {
      readonly kind: 'store_failed'
      readonly cause: StoreFaultKind
      readonly said: string
      readonly retryAfterS: number
    }
  | { readonly kind: 'broken' }

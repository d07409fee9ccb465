import type { Call } from '#test/support/calls/call.ts'
import type { Estate } from '#test/support/estate.ts'
import { twin } from '#test/support/foreign.ts'

/**
 * What names no thing that is there, or nothing of one account alone: the name of a personal token is
 * one's own, and a login is nobody's until it is approved.
 */
const NAMES_NOTHING = ['mark', 'adminName', 'storeUrl', 'login', 'loginToken', 'personalTokenName']
const TOKENS = ['userToken', 'serviceToken']

/** What everyone in the account is told. */
export const KNOWN_INSIDE = ['id', 'name', 'storeFqn']

/** The names in an estate with those of nothing, but for `known`. */
const twinNames = (estate: Estate, known: readonly string[]): readonly (readonly string[])[] => {
  const kept = new Set([...NAMES_NOTHING, ...TOKENS, ...known])
  return Object.entries(estate).flatMap(([name, held]) =>
    typeof held === 'string' && !kept.has(name) ? [[name, held, twin(held)]] : [],
  )
}

/** An estate of which nothing is there; its things are called almost as those of `estate` are. */
export const twinOf = (estate: Estate, known: readonly string[] = []): Estate => ({
  ...estate,
  ...Object.fromEntries(twinNames(estate, known).map(([name = '', , other]) => [name, other])),
})

/** The text with the names of `estate` changed to those of its twin. */
export const renamed = (text: string, estate: Estate): string =>
  twinNames(estate, []).reduce(
    (all, [, held = '', other = '']) => all.replaceAll(held, other),
    text,
  )

export const sameCall = (one: Call, other: Call): boolean =>
  JSON.stringify({ ...one, token: null }) === JSON.stringify({ ...other, token: null })

import type { Route } from '#dialects/dialect.ts'
import type { Answer } from '#test/support/api.ts'
import type { Estate } from '#test/support/estate.ts'
import { renamed } from './twins.ts'
import type { Seen } from './watch.ts'

/** What is wrong with how a request was met; nothing, as a rule. */
export type Complaints = readonly string[]

const UNKNOWN = 401
const REFUSED = 400
const BROKEN = 500

export const isRefused = ({ answer }: Seen): boolean => answer.status >= REFUSED

const when = (wrong: boolean, complaint: string): Complaints => (wrong ? [complaint] : [])

const SHOWN_CHARACTERS = 120

export const short = ({ status, text }: Answer): string =>
  `${status} ${text.slice(0, SHOWN_CHARACTERS)}`

export const CHANGED = 'what the account holds has changed'

/** Of no request by a stranger may any of this be true. */
export function alwaysWrong(seen: Seen): Complaints {
  const { answer, entries } = seen
  const refused = isRefused(seen)
  return [
    ...when(answer.status >= BROKEN, `it broke: ${short(answer)}`),
    ...when(entries.length === 0, 'it is not on the record'),
    ...when(refused && entries.length > 1, `it has ${entries.length} entries`),
    ...entries
      .filter(({ outcome }) => (outcome === 'refused') !== refused)
      .map(({ outcome }) => `answered ${answer.status}, it is on the record as ${outcome}`),
  ]
}

/** What other accounts have alike, or begins alike. */
const NO_CANARY = new Set(['adminName', 'name'])

/** The values of an estate, without its mark; those that are sent anew have other names. */
const VALUES = ['1', '2', '3', 'p', 'g', 'me', 'team', 'e', 'd', 't']

const valuesOf = ({ mark }: Estate): readonly string[] =>
  VALUES.map((value) => `value-${value}-${mark}`)

const namesOf = (estate: Estate): readonly string[] =>
  Object.entries(estate).flatMap(([name, text]) =>
    typeof text === 'string' && !NO_CANARY.has(name) ? [text] : [],
  )

const told = (texts: readonly string[], all: string): Complaints =>
  texts.filter((text) => all.includes(text)).map((text) => `${text} is told`)

const answered = ({ headers, text }: Answer): string => `${text}\n${JSON.stringify(headers)}`

/** Neither the answer nor, of others, the record holds anything of the estate that was not sent. */
export function leaks({ answer, entries, texts, sent }: Seen, estate: Estate): Complaints {
  const canaries = [...valuesOf(estate), ...namesOf(estate)].filter((text) => !sent.includes(text))
  const others = texts.filter((_text, n) => entries[n]?.account !== estate.id)
  return told(canaries, `${answered(answer)}\n${others.join('\n')}`)
}

/** The answer holds no value of the estate. */
export const leaksValues = ({ answer }: Seen, estate: Estate): Complaints =>
  told(valuesOf(estate), answered(answer))

/** All of an answer but when it was given. */
const allOf = ({ status, headers, text }: Answer): string =>
  JSON.stringify([status, { ...headers, date: '' }, text])

/** A request of nobody is answered as that of any unknown token, and put on the record as such. */
export const asNobody = ({ answer, entries }: Seen, known: Answer, reason: string): Complaints => [
  ...when(answer.status !== UNKNOWN, `it is answered ${short(answer)}`),
  ...when(allOf(answer) !== allOf(known), `it differs from what nobody is told: ${short(answer)}`),
  ...entries
    .filter(({ reason: said, target }) => said !== reason || target !== undefined)
    .map(({ outcome, reason: said, target }) => `on the record as ${said ?? outcome} ${target}`),
]

/** Of what is there the answer says what it says of what is not, but for the names that were sent. */
export const asAbsent = ({ answer }: Seen, absent: Answer, estate: Estate): Complaints =>
  when(
    renamed(allOf(answer), estate) !== allOf(absent),
    `there: ${short(answer)}; not there: ${short(absent)}`,
  )

/** What is done or refused is put down to the account of who asks. */
export const inOwnName = (
  { entries }: Seen,
  { asked: { by } }: Route,
  account: string,
): Complaints =>
  entries
    .filter((entry) => by === 'caller' && entry.account !== account)
    .map((entry) => `an entry is in the name of ${entry.account ?? 'nobody'}`)

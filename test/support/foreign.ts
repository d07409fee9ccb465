import type { Dialect, Route } from '#dialects/dialect.ts'
import { absentStatus, callOf, namingParamsOf, paramIn } from './calls.ts'
import type { Call } from './calls/call.ts'
import type { Estate } from './estate.ts'
import { referencesIn } from './references.ts'

/** Requests that name something of another account's, at one place each. */

/** A call with something of another account's in it, and its twin with what never was. */
export interface Case {
  readonly what: string
  readonly foreign: Call
  readonly absent: Call
  readonly headers?: readonly [foreign: Headers, absent: Headers]
  readonly status: number
}

type Headers = Readonly<Record<string, string>>

/** The same text with another last character: the name of nothing, at the same place of a list. */
export const twin = (text: string): string =>
  text.replace(/.(?=$|@)/, (last) => (last === 'z' ? 'y' : last === '9' ? '8' : 'z'))

const FORBIDDEN = 403

/** Parameters that name a part of what stands before them, and nothing without it. */
const ofItsParent = new Set(['variables/:variable', 'versions/:n'])

function pathCases(route: Route, mine: Estate, theirs: Estate): readonly Case[] {
  const call = callOf(route, mine)
  const status = absentStatus(route)
  const names = namingParamsOf(route).filter(({ key }) => !ofItsParent.has(key))
  const foreign = names.map(({ key, name }) => [name, paramIn(route, key, name, theirs)] as const)
  const one = foreign.map(([name, value]) => ({
    what: `:${name}`,
    foreign: { ...call, params: { ...call.params, [name]: value } },
    absent: { ...call, params: { ...call.params, [name]: twin(value) } },
    status,
  }))
  if (foreign.length < 2) return one
  const all = Object.fromEntries(foreign)
  const none = Object.fromEntries(foreign.map(([name, value]) => [name, twin(value)]))
  const both = {
    what: 'every parameter',
    foreign: { ...call, params: { ...call.params, ...all } },
    absent: { ...call, params: { ...call.params, ...none } },
    status,
  }
  return [...one, both]
}

function bodyCases(route: Route, mine: Estate, theirs: Estate): readonly Case[] {
  const call = callOf(route, mine)
  return referencesIn('body', route).flatMap(({ place, status, of, put }) => {
    const withName = (value: string): Call => ({
      ...call,
      body: put === undefined ? { ...call.body, [place]: value } : put(value, mine),
    })
    return of(theirs).map((value) => ({
      what: `body ${place}`,
      foreign: withName(value),
      absent: withName(twin(value)),
      status,
    }))
  })
}

function queryCases(route: Route, mine: Estate, theirs: Estate): readonly Case[] {
  const call = callOf(route, mine)
  return referencesIn('query', route).flatMap(({ place, status, of }) =>
    of(theirs).map((value) => ({
      what: `query ${place}`,
      foreign: { ...call, query: { ...call.query, [place]: value } },
      absent: { ...call, query: { ...call.query, [place]: twin(value) } },
      status,
    })),
  )
}

/** The header that selects an account, on every route of the dialect that has one. */
function headerCases(
  dialect: Dialect,
  route: Route,
  mine: Estate,
  theirs: Estate,
): readonly Case[] {
  if (dialect.name !== 'scale-sgp') return []
  const call = callOf(route, mine)
  const select = (id: string): Headers => ({ 'x-selected-account-id': id })
  const status = FORBIDDEN
  return [
    {
      ...{ what: 'account header', foreign: call, absent: call, status },
      headers: [select(theirs.id), select(twin(theirs.id))],
    },
  ]
}

/** Every place of a route at which something of another account's can be named. */
export const foreignCases = (
  dialect: Dialect,
  route: Route,
  mine: Estate,
  theirs: Estate,
): readonly Case[] => [
  ...pathCases(route, mine, theirs),
  ...bodyCases(route, mine, theirs),
  ...queryCases(route, mine, theirs),
  ...headerCases(dialect, route, mine, theirs),
]

import type { Dialect, Route } from '#dialects/dialect.ts'
import { callOf } from '#test/support/calls.ts'
import type { Estate } from '#test/support/estate.ts'

/** Half of what is asked is about things that are there; the rest is whatever else may be sent. */
const KNOWN_SHARE = 0.5

/** Every other method on every path is for `test/api/paths`. */
const PHASES = ['[phases.coverage]', 'unexpected-methods = ["OPTIONS", "TRACE"]']

/** The token as the document says that it is shown. */
function auth({ security }: Dialect, token: string): readonly string[] {
  const [name, scheme] = Object.entries(security)[0] ?? []
  if (name === undefined) throw new Error('a document says no way to show a token')
  const member = (scheme as { readonly type: string }).type === 'apiKey' ? 'api_key' : 'bearer'
  return [`[auth.openapi.${name}]`, `${member} = ${JSON.stringify(token)}`]
}

interface Known {
  readonly operationId: string
  readonly place: string
  readonly value: string | number
}

const isPlain = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number'

/** What is sent by whoever knows this estate, member by member. */
function knownOf(route: Route, estate: Estate): readonly Known[] {
  const { params, query, body } = callOf(route, estate)
  return Object.entries({ path: params, query, body: body ?? {} }).flatMap(([part, members]) =>
    Object.entries(members).flatMap(([name, value]: [string, unknown]) =>
      isPlain(value) ? [{ operationId: route.operationId, place: `${part}.${name}`, value }] : [],
    ),
  )
}

/** The settings of a run: the token, and what is known of an estate. */
export function settingsFor(dialect: Dialect, estate: Estate, token: string): string {
  const known = dialect.routes.flatMap((route) => knownOf(route, estate))
  const values = [...new Set(known.map(({ value }) => value))]
  const nameOf = (value: Known['value']): string => `known-${values.indexOf(value)}`
  const dictionaries = values.map((value) => [
    `[dictionaries.${nameOf(value)}]`,
    `values = ${JSON.stringify([value])}`,
  ])
  const operations = Map.groupBy(known, ({ operationId }) => operationId)
  const bound = [...operations].map(([operationId, places]) => [
    '[[operations]]',
    `include-operation-id = ${JSON.stringify(operationId)}`,
    '[operations.parameters]',
    ...places.map(({ place, value }) => {
      const binding = `{ dictionary = "${nameOf(value)}", probability = ${KNOWN_SHARE} }`
      return `${JSON.stringify(place)} = ${binding}`
    }),
  ])
  return [PHASES, auth(dialect, token), ...dictionaries, ...bound].flat().join('\n')
}

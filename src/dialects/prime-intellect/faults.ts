import Type from 'typebox'
import type { Fault, Problem, Thing } from '#domain/fault.ts'
import { assertNever } from '#domain/result.ts'
import type { Refusals, Reply, Words } from '#dialects/dialect.ts'
import { closed, sharing } from '#dialects/schema.ts'

/**
 * The client prints texts through a renderer of markup: none may hold a square bracket before a
 * lower-case letter, `/`, `#` or `@`.
 */
const MARKUP = /\[(?=[a-z/#@])/

/** A rule in signs, or in the route's words where the client would take its brackets for markup. */
const patternText = (pattern: string, { signs }: Words): string =>
  MARKUP.test(pattern) ? `Must hold only ${signs ?? 'plain signs'}` : `Must match ${pattern}`

const articles: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'an integer',
  boolean: 'true or false',
  object: 'an object',
}

interface Said {
  readonly msg: string
  readonly type: string
}

function sayProblem(problem: Problem, words: Words): Said {
  switch (problem.rule) {
    case 'missing':
      return { msg: 'Field required', type: 'missing' }
    case 'unknown':
      return { msg: 'This member is not known here', type: 'extra_forbidden' }
    case 'type':
      return {
        msg: `Must be ${articles[problem.expected] ?? problem.expected}`,
        type: 'type_error',
      }
    case 'too_short':
      return { msg: `Must have at least ${problem.limit} character(s)`, type: 'string_too_short' }
    case 'too_long':
      return { msg: `Must have at most ${problem.limit} ${problem.unit}`, type: 'string_too_long' }
    case 'too_small':
      return { msg: `Must be at least ${problem.limit}`, type: 'greater_than_equal' }
    case 'too_large':
      return { msg: `Must be at most ${problem.limit}`, type: 'less_than_equal' }
    case 'pattern':
      return { msg: patternText(problem.pattern, words), type: 'string_pattern_mismatch' }
    case 'one_of':
      return { msg: `Must be one of: ${problem.allowed.join(', ')}`, type: 'enum' }
    case 'not_json':
      return { msg: 'Must be JSON text: the secret has the type json', type: 'json_invalid' }
    case 'not_text':
      return { msg: `Must be text: ${problem.why}`, type: 'string_unicode' }
    case 'number_precision':
      return { msg: 'Holds a number that cannot be kept digit by digit', type: 'number_precision' }
    case 'reserved':
      return { msg: 'This name is reserved', type: 'value_error' }
    case 'duplicate':
      return { msg: 'This is there twice', type: 'value_error' }
    case 'cursor':
      return { msg: 'Not a place in this list', type: 'value_error' }
    case 'exclusive':
      return { msg: `Cannot be given together with ${problem.other}`, type: 'value_error' }
    default:
      return assertNever(problem)
  }
}

interface Told extends Said {
  readonly loc: readonly (string | number)[]
}

/** A 422 in both shapes: `errors` is the documented one, `detail` the one that the client reads. */
function unprocessable(problems: readonly Told[]): Reply {
  const errors = problems.map(({ loc, msg }) => ({
    param: loc.slice(1).join('.') || loc.join('.'),
    details: msg,
  }))
  return { status: 422, body: { errors, detail: problems } }
}

const toldOf = (problem: Problem, words: Words): Told => {
  const [part = 'body', ...rest] = problem.at
  return { loc: [part, ...rest.map((one) => words[one] ?? one)], ...sayProblem(problem, words) }
}

const detail = (status: number, text: string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  body: { detail: text },
})

const retry = (seconds: number) => ({ 'retry-after': String(seconds) })

/** The same of a team that is not there and of somebody else's. */
const noTeam = detail(403, 'Not allowed: name yourself or a team that you are in')

/** The same again; a service account gets here without a team. */
const noScope = detail(
  403,
  'Not allowed: name a team that you are in as teamId, or none for your own secrets (service accounts have none)',
)

const noSlug = detail(
  400,
  'The owner of the environment is missing a username: set one with PATCH /api/v1/user/slug',
)

const noLogin = detail(404, 'No such login waits: it is over, or was never begun')

/** Where it takes more than to say that a thing is not there. */
const missing: Readonly<Partial<Record<Thing, Reply>>> = {
  group: noScope,
  login: noLogin,
  slug: noSlug,
  team: noTeam,
}

function notFound(thing: Thing, { group }: Words): Reply {
  if (thing === 'group' && group !== undefined) return detail(404, `No such ${group}`)
  return missing[thing] ?? detail(404, `No such ${thing}`)
}

const taken: Readonly<Partial<Record<Thing, string>>> = {
  link: 'This secret is linked, or a linked secret has this name: unlink it or take another name',
  variable: 'A variable with this name already exists here: rename or delete one of the two',
  slug: 'This username is already taken',
}

const Told = closed({
  loc: Type.Array(Type.Union([Type.String(), Type.Integer()])),
  msg: Type.String(),
  type: Type.String(),
})

export const refusals: Refusals = {
  ...sharing(closed({ detail: Type.String() }), [
    ...[400, 401, 403, 404, 405, 409, 413, 415, 429, 500, 502, 503],
  ]),
  422: closed({
    errors: Type.Array(closed({ param: Type.String(), details: Type.String() })),
    detail: Type.Array(Told),
  }),
}

/** A refusal in the voice of this API; the word `group` is what the groups of a route are called. */
export function refusal(fault: Fault, words: Words): Reply {
  switch (fault.kind) {
    case 'no_token':
      return detail(401, 'Not authenticated: send an API key as Authorization: Bearer')
    case 'bad_token':
      return detail(401, 'The API key is not valid, or no longer')
    case 'two_tokens':
      return detail(400, 'Send one Authorization header')
    case 'other_account':
      return detail(403, 'This API key has no access to the account')
    case 'denied':
      return detail(403, `Not allowed: this needs ${fault.needs}`)
    case 'not_found':
    case 'hidden':
      return notFound(fault.thing, words)
    case 'name_taken':
      return detail(409, taken[fault.thing] ?? `The name is taken: another ${fault.thing} has it`)
    case 'in_use':
      return detail(409, `Not possible now: ${fault.why}`)
    case 'changed':
      return detail(409, 'It was changed meanwhile')
    case 'invalid':
      return unprocessable(fault.problems.map((problem) => toldOf(problem, words)))
    case 'malformed':
      return unprocessable([
        { loc: ['body'], msg: `Not readable as JSON: ${fault.why}`, type: 'json_invalid' },
      ])
    case 'too_large':
      return detail(413, `The body is larger than ${fault.limit} bytes`)
    case 'unsupported_encoding':
      return detail(415, 'A body must not be compressed')
    case 'no_route':
      return detail(404, 'Not found: there is no such path')
    case 'no_method':
      return detail(405, 'This path does not take this method', { allow: fault.allow.join(', ') })
    case 'too_many':
      return detail(429, 'Too many requests: try again later', retry(fault.retryAfterS))
    case 'busy':
      return detail(503, 'Too much at once: try again', retry(fault.retryAfterS))
    case 'unavailable':
      return detail(503, 'The vault cannot answer now: try again', retry(fault.retryAfterS))
    case 'store_failed':
      return fault.cause === 'down' || fault.cause === 'throttled'
        ? detail(503, `The secret store cannot answer now: ${fault.said}`, retry(fault.retryAfterS))
        : detail(502, `The secret store did not do it: ${fault.said}`)
    case 'broken':
      return detail(500, 'Something is broken in this server; its log says what')
    default:
      return assertNever(fault)
  }
}

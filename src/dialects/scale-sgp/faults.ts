import Type from 'typebox'
import type { Fault, Problem, Thing } from '#domain/fault.ts'
import { assertNever } from '#domain/result.ts'
import type { Refusals, Reply, Words } from '#dialects/dialect.ts'
import { closed, sharing } from '#dialects/schema.ts'

/** Where a member of a command stands on this wire. */
const wireNames: Readonly<Record<string, string>> = {
  after: 'starting_after',
  before: 'ending_before',
}

interface ValidationError {
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly type: string
}

/** One entry of the 422 list. The optional members that echo what was sent are never there. */
export function validationError(problem: Problem, words: Words): ValidationError {
  const [part = 'body', ...rest] = problem.at
  const loc = [part, ...rest.map((member) => words[member] ?? wireNames[member] ?? member)]
  return { loc, ...sayProblem(problem) }
}

const articles: Readonly<Record<string, string>> = {
  string: 'a valid string',
  integer: 'a valid integer',
  boolean: 'a valid boolean',
  object: 'a valid object',
}

function sayProblem(problem: Problem): { msg: string; type: string } {
  switch (problem.rule) {
    case 'missing':
      return { msg: 'Field required', type: 'missing' }
    case 'unknown':
      return { msg: 'This member is not known here', type: 'extra_forbidden' }
    case 'type':
      return {
        msg: `Must be ${articles[problem.expected] ?? problem.expected}`,
        type: `${problem.expected}_type`,
      }
    case 'too_short':
      return { msg: `Must have at least ${problem.limit} character(s)`, type: 'string_too_short' }
    case 'too_long':
      return {
        msg: `Must have at most ${problem.limit} ${problem.unit}`,
        type: 'string_too_long',
      }
    case 'too_small':
      return { msg: `Must be at least ${problem.limit}`, type: 'greater_than_equal' }
    case 'too_large':
      return { msg: `Must be at most ${problem.limit}`, type: 'less_than_equal' }
    case 'pattern':
      return { msg: `Must match the pattern ${problem.pattern}`, type: 'string_pattern_mismatch' }
    case 'one_of':
      return { msg: `Must be one of: ${problem.allowed.join(', ')}`, type: 'enum' }
    case 'not_json':
      return { msg: 'Must be JSON text', type: 'json_invalid' }
    case 'not_text':
      return { msg: `Must be text: ${problem.why}`, type: 'string_unicode' }
    case 'number_precision':
      return { msg: 'Holds a number that cannot be kept digit by digit', type: 'number_precision' }
    case 'reserved':
      return { msg: 'This name is reserved', type: 'value_error' }
    case 'duplicate':
      return { msg: 'This is there twice', type: 'value_error' }
    case 'cursor':
      return { msg: 'Not the id of an item of this list', type: 'value_error' }
    case 'exclusive':
      return { msg: `Cannot be given together with ${problem.other}`, type: 'value_error' }
    default:
      return assertNever(problem)
  }
}

const things: Readonly<Partial<Record<Thing, string>>> = { version: 'current version' }

const detail = (status: number, text: string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  body: { detail: text },
})

const retry = (seconds: number) => ({ 'retry-after': String(seconds) })

const ValidationError = closed({
  loc: Type.Array(Type.Union([Type.String(), Type.Integer()])),
  msg: Type.String(),
  type: Type.String(),
})

/** The vendor's document names these two shapes. */
export const refusals: Refusals = {
  ...sharing(closed({ detail: Type.String() }), [
    ...[400, 401, 403, 404, 405, 409, 413, 415, 429, 500, 502, 503],
  ]),
  422: closed({ detail: Type.Array(ValidationError) }),
}

/** A refusal in the voice of this API; `words` are those of the route. */
export function refusal(fault: Fault, words: Words): Reply {
  const thing = words['thing'] ?? 'secret'
  switch (fault.kind) {
    case 'no_token':
      return detail(401, 'Not authenticated: send an API key in the x-api-key header')
    case 'bad_token':
      return detail(401, 'The API key is not valid, or no longer')
    case 'two_tokens':
      return detail(400, 'Send one credential: x-api-key or Authorization, not both')
    case 'other_account':
      return detail(403, 'This API key has no access to the selected account')
    case 'denied':
      return detail(403, `Not allowed: this needs ${fault.needs}`)
    case 'not_found':
    case 'hidden':
      return detail(404, `No such ${things[fault.thing] ?? thing}`)
    case 'name_taken':
      // The client would send a refused create twice more.
      return detail(409, `A ${thing} with this ${words['name'] ?? 'name'} already exists`, {
        'x-should-retry': 'false',
      })
    case 'in_use':
      return detail(409, `It is in use: ${fault.why}`, { 'x-should-retry': 'false' })
    case 'changed':
      return detail(409, 'It was changed meanwhile', { 'x-should-retry': 'false' })
    case 'invalid':
      return {
        status: 422,
        body: { detail: fault.problems.map((problem) => validationError(problem, words)) },
      }
    case 'malformed':
      return {
        status: 422,
        body: {
          detail: [{ loc: ['body'], msg: `Invalid JSON: ${fault.why}`, type: 'json_invalid' }],
        },
      }
    case 'too_large':
      return detail(413, `The body is larger than ${fault.limit} bytes`)
    case 'unsupported_encoding':
      return detail(415, 'A body must not be compressed')
    case 'no_route':
      return detail(404, 'Not found: no such path')
    case 'no_method':
      return detail(405, 'This path does not take this method', { allow: fault.allow.join(', ') })
    case 'too_many':
      return detail(429, 'Too many requests: try again later', retry(fault.retryAfterS))
    case 'busy':
      return detail(503, 'Too many changes at once: try again', retry(fault.retryAfterS))
    case 'unavailable':
      return detail(503, 'The vault cannot answer now: try again', retry(fault.retryAfterS))
    case 'store_failed':
      return fault.cause === 'down' || fault.cause === 'throttled'
        ? detail(503, `The secret store cannot answer now: ${fault.said}`, retry(fault.retryAfterS))
        : detail(502, `The secret store did not do it: ${fault.said}`, {
            'x-should-retry': 'false',
          })
    case 'broken':
      return detail(500, 'Something is broken in this server; its log says what')
    default:
      return assertNever(fault)
  }
}

import Type from 'typebox'
import type { Fault, Problem, Thing } from '#domain/fault.ts'
import { assertNever } from '#domain/result.ts'
import type { Refusals, Reply } from '#dialects/dialect.ts'
import { closed, sharing } from '#dialects/schema.ts'

/** What is wrong with one part of a request, in words. */
export function sayProblem(problem: Problem): string {
  const where = problem.at.slice(1).join('.') || problem.at.join('.')
  switch (problem.rule) {
    case 'missing':
      return `${where} is missing`
    case 'unknown':
      return `${where} is not known here`
    case 'type':
      return `${where} must be of the type ${problem.expected}`
    case 'too_short':
      return `${where} must not be empty: at least ${problem.limit}`
    case 'too_long':
      return `${where} is too long: at most ${problem.limit} ${problem.unit}`
    case 'too_small':
      return `${where} is too small: at least ${problem.limit}`
    case 'too_large':
      return `${where} is too large: at most ${problem.limit}`
    case 'pattern':
      return `${where} must match ${problem.pattern}`
    case 'one_of':
      return `${where} must be one of ${problem.allowed.join(', ')}`
    case 'not_json':
      return `${where} must be JSON text`
    case 'not_text':
      return `${where} must be text: ${problem.why}`
    case 'number_precision':
      return `${where} holds a number that cannot be kept digit by digit: send it as text`
    case 'reserved':
      return `${where} is a reserved name`
    case 'duplicate':
      return `${where} is there twice`
    case 'cursor':
      return `${where} is not a place in this list`
    case 'exclusive':
      return `${where} cannot be given together with ${problem.other}`
    default:
      return assertNever(problem)
  }
}

const say = (
  status: number,
  code: Fault['kind'],
  message: string,
  headers: Record<string, string> = {},
): Reply => ({ status, headers, body: { error: { code, message } } })

const base = { code: Type.String(), message: Type.String() }

export const refusals: Refusals = {
  ...sharing(closed({ error: closed(base) }), [
    ...[400, 401, 403, 404, 405, 409, 413, 415, 424, 429, 500, 503],
  ]),
  422: closed({ error: closed({ ...base, problems: Type.Array(Type.String()) }) }),
}

/** Where it takes more than to say that it is not there. */
const missing: Readonly<Partial<Record<Thing, string>>> = {
  login: 'no such login waits: it was approved, is over, or was never begun',
  slug: 'the owner of the environment has no slug yet: set one first',
}

const aOrAn = (thing: string): string => `${/^[aeiou]/.test(thing) ? 'an' : 'a'} ${thing}`

/** A refusal in the voice of our own API: `{"error": {"code", "message", "problems"?}}`. */
export function refusal(fault: Fault): Reply {
  const { kind } = fault
  switch (kind) {
    case 'no_token':
      return say(401, kind, 'send a token: Authorization: Bearer <token>')
    case 'bad_token':
      return say(401, kind, 'the token is not valid, or no longer: log in again, or ask an admin')
    case 'two_tokens':
      return say(400, kind, 'send one token, in one header')
    case 'other_account':
      return say(403, kind, 'this token has no access to the selected account')
    case 'denied':
      return say(403, kind, `not allowed: this needs ${fault.needs}`)
    case 'not_found':
    case 'hidden':
      return say(404, 'not_found', missing[fault.thing] ?? `no such ${fault.thing}`)
    case 'name_taken':
      return say(409, kind, `there is ${aOrAn(fault.thing)} of this name already`)
    case 'in_use':
      return say(409, kind, `the ${fault.thing} stays as it is: ${fault.why}`)
    case 'changed':
      return say(409, kind, `it was changed meanwhile: its version is ${fault.current} now`)
    case 'invalid':
      return invalid(fault.problems)
    case 'malformed':
      return say(400, kind, fault.why)
    case 'too_large':
      return say(413, kind, `the body is larger than ${fault.limit} bytes`)
    case 'unsupported_encoding':
      return say(415, kind, 'a body must not be compressed')
    case 'no_route':
      return say(404, kind, 'no such path: see /strongroom/v1/openapi.json')
    case 'no_method':
      return say(405, kind, 'this path does not take this method', {
        allow: fault.allow.join(', '),
      })
    case 'too_many':
      return say(429, kind, 'too many requests: try again later', {
        'retry-after': String(fault.retryAfterS),
      })
    case 'busy':
    case 'unavailable':
      return say(503, kind, 'the vault cannot answer now: try again', {
        'retry-after': String(fault.retryAfterS),
      })
    case 'store_failed':
      return fault.cause === 'down' || fault.cause === 'throttled'
        ? say(503, kind, `the store cannot answer now: ${fault.said}`, {
            'retry-after': String(fault.retryAfterS),
          })
        : say(424, kind, `the store did not do it: ${fault.said}`)
    case 'broken':
      return say(500, kind, 'something is broken in this server; its log says what')
    default:
      return assertNever(fault)
  }
}

function invalid(problems: readonly Problem[]): Reply {
  const said = problems.map(sayProblem)
  const code = 'invalid' satisfies Fault['kind']
  return { status: 422, body: { error: { code, message: said.join('; '), problems: said } } }
}

import Type from 'typebox'
import type { Fault, Problem, Thing } from '#domain/fault.ts'
import { assertNever } from '#domain/result.ts'
import type { Refusals, Reply, Words } from '#dialects/dialect.ts'
import { closed, sharing } from '#dialects/schema.ts'

/** What the things of the vault are called here. */
const things: Readonly<Partial<Record<Thing, string>>> = {
  account: 'tenant',
  group: 'secret group',
  member: 'team member',
  store: 'secret store integration',
  binding: 'role binding',
}

const nameOf = (thing: Thing, words: Words): string => words[thing] ?? things[thing] ?? thing

const aOrAn = (thing: string): string => `${/^(?!user)[aeiou]/.test(thing) ? 'an' : 'a'} ${thing}`

/**
 * Where a member of a command stands on this wire, such as `manifest.name`. A word may be for a
 * member wherever it is (`name`), or for one at a place (`secrets.name`).
 */
const whereIs = ({ at }: Problem, words: Words): string => {
  const [part = 'body', ...members] = at
  const said = members.map((member, n) => {
    const place = members.slice(0, n + 1).filter((one) => typeof one === 'string')
    return words[place.join('.')] ?? words[member] ?? member
  })
  return said.join('.') || String(part)
}

function sayProblem(problem: Problem): string {
  switch (problem.rule) {
    case 'missing':
      return 'is required'
    case 'unknown':
      return 'is not known here'
    case 'type':
      return `must be of the type ${problem.expected}`
    case 'too_short':
      return `must not be empty: at least ${problem.limit}`
    case 'too_long':
      return `is too long: at most ${problem.limit} ${problem.unit}`
    case 'too_small':
      return `is too small: at least ${problem.limit}`
    case 'too_large':
      return `is too large: at most ${problem.limit}`
    case 'pattern':
      return `must match ${problem.pattern}`
    case 'one_of':
      return `must be one of ${problem.allowed.join(', ')}`
    case 'not_json':
      return 'must be JSON text'
    case 'not_text':
      return `must be text: ${problem.why}`
    case 'number_precision':
      return 'holds a number that cannot be kept digit by digit: send it as text'
    case 'reserved':
      return 'is a reserved name: choose another'
    case 'duplicate':
      return 'is there twice: name it once'
    case 'cursor':
      return 'is not a place in this list'
    case 'exclusive':
      return `cannot be given together with ${problem.other}`
    default:
      return assertNever(problem)
  }
}

const say = (
  statusCode: number,
  code: Fault['kind'],
  message: string,
  headers: Record<string, string> = {},
): Reply => ({ status: statusCode, headers, body: { statusCode, message, code } })

function invalid(problems: readonly Problem[], words: Words): Reply {
  const details = problems.map((problem) => ({
    path: whereIs(problem, words),
    message: sayProblem(problem),
  }))
  const message = details.map((detail) => `${detail.path} ${detail.message}`).join('; ')
  const code = 'invalid' satisfies Fault['kind']
  return { status: 422, body: { statusCode: 422, message, code, details } }
}

const base = { statusCode: Type.Integer(), message: Type.String(), code: Type.String() }

export const refusals: Refusals = {
  ...sharing(closed(base), [400, 401, 403, 404, 405, 409, 413, 415, 424, 429, 500, 503]),
  422: closed({
    ...base,
    details: Type.Array(closed({ path: Type.String(), message: Type.String() })),
  }),
}

/**
 * A refusal in the voice of this API, `{statusCode, message, code, details?}`; `words` are those of
 * the route. What a route calls its `dependency` is answered with 424 when it is not there, and what
 * it calls a `badRequest` with 400 when it is in use.
 */
export function refusal(fault: Fault, words: Words): Reply {
  const { kind } = fault
  switch (kind) {
    case 'no_token':
      return say(401, kind, 'Not authenticated: send Authorization: Bearer <token>')
    case 'bad_token':
      return say(401, kind, 'The token is not valid, or no longer: log in again')
    case 'two_tokens':
      return say(400, kind, 'Send one token, in one Authorization header')
    case 'other_account':
      return say(403, kind, 'This token has no access to the selected tenant')
    case 'denied':
      return say(403, kind, `Not allowed: this needs ${fault.needs}`)
    case 'hidden':
      return say(403, kind, `Not allowed: this needs a role in the ${nameOf(fault.thing, words)}`)
    case 'not_found':
      return say(
        words['dependency'] === fault.thing ? 424 : 404,
        kind,
        `No such ${nameOf(fault.thing, words)}`,
      )
    case 'name_taken':
      return say(
        409,
        kind,
        `There is ${aOrAn(nameOf(fault.thing, words))} of this name already: choose another name`,
      )
    case 'in_use':
      return say(
        words['badRequest'] === fault.thing ? 400 : 409,
        kind,
        `The ${nameOf(fault.thing, words)} cannot be changed: ${fault.why}`,
      )
    case 'changed':
      return say(409, kind, 'It was changed meanwhile: read it again')
    case 'invalid':
      return invalid(fault.problems, words)
    case 'malformed':
      return say(400, kind, `The request cannot be read: ${fault.why}`)
    case 'too_large':
      return say(413, kind, `The body is larger than ${fault.limit} bytes`)
    case 'unsupported_encoding':
      return say(415, kind, 'A body must not be compressed')
    case 'no_route':
      return say(404, kind, 'No such path: see /api/svc/v1/openapi.json')
    case 'no_method':
      return say(405, kind, 'This path does not take this method', {
        allow: fault.allow.join(', '),
      })
    case 'too_many':
      return say(429, kind, 'Too many requests: try again later', {
        'retry-after': String(fault.retryAfterS),
      })
    case 'busy':
    case 'unavailable':
      return say(503, kind, 'The vault cannot answer now: try again', {
        'retry-after': String(fault.retryAfterS),
      })
    case 'store_failed':
      return say(424, kind, `The secret store did not do it: ${fault.said}`, {
        'retry-after': String(fault.retryAfterS),
      })
    case 'broken':
      return say(500, kind, 'Something is broken in this server; its log says what')
    default:
      return assertNever(fault)
  }
}

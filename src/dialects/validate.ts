import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Problem } from '#domain/fault.ts'

type Part = 'params' | 'query' | 'body'

const partNames: Readonly<Record<Part, string>> = { params: 'path', query: 'query', body: 'body' }

/** Checks one part of a request; gives what is wrong with it, the first problem of each member. */
export type Check = (value: unknown) => readonly Problem[]

/** The check of a schema, compiled once. */
export function checkOf(part: Part, schema: TSchema): Check {
  const validator = Compile(schema)
  return (value) => {
    if (validator.Check(value)) return []
    const problems: Problem[] = []
    const seen = new Set<string>()
    for (const error of validator.Errors(value)) {
      for (const problem of toProblems(partNames[part], error)) {
        const key = problem.at.join('\0')
        if (!seen.has(key)) problems.push(problem)
        seen.add(key)
      }
    }
    return problems
  }
}

interface SchemaError {
  readonly keyword: string
  readonly instancePath: string
  readonly params: object
}

/** A JSON pointer (RFC 6901) as its members, numbers for places in a list. */
const members = (pointer: string): (string | number)[] =>
  pointer
    .split('/')
    .slice(1)
    .map((member) => member.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((member) => (/^(?:0|[1-9][0-9]*)$/.test(member) ? Number(member) : member))

function toProblems(part: string, { keyword, instancePath, params }: SchemaError): Problem[] {
  const at = [part, ...members(instancePath)]
  const said = params as Readonly<Record<string, unknown>>
  const limit = Number(said['limit'])
  switch (keyword) {
    case 'required':
      return (said['requiredProperties'] as string[]).map((name) => ({
        at: [...at, name],
        rule: 'missing',
      }))
    case 'minLength':
    case 'minItems':
      return [{ at, rule: 'too_short', limit }]
    case 'maxLength':
    case 'maxItems':
      return [{ at, rule: 'too_long', limit, unit: 'characters' }]
    case 'minimum':
      return [{ at, rule: 'too_small', limit }]
    case 'maximum':
      return [{ at, rule: 'too_large', limit }]
    case 'pattern':
      return [{ at, rule: 'pattern', pattern: String(said['pattern']) }]
    case 'additionalProperties':
      return [{ at, rule: 'type', expected: 'object with no other members' }]
    // A member that may not be there. Its name is what was sent and is not told: the object around it
    // stands for it, and must, since of many such errors no other is given.
    case 'boolean':
      return [{ at: at.slice(0, -1), rule: 'type', expected: 'object with no other members' }]
    case 'enum':
      return [{ at, rule: 'one_of', allowed: (said['allowedValues'] as unknown[]).map(String) }]
    default:
      return [{ at, rule: 'type', expected: expected(said['type']) }]
  }
}

const expected = (type: unknown): string =>
  (Array.isArray(type) ? type.filter((one) => one !== 'null') : [type]).map(String).join(' or ')

/** Query text as the types its schema asks for; what does not fit stays text and fails the check. */
export function coerceQuery(schema: TSchema, query: Readonly<Record<string, unknown>>): unknown {
  const properties =
    (schema as { properties?: Record<string, { type?: unknown }> }).properties ?? {}
  const coerced: Record<string, unknown> = {}
  for (const [name, { type }] of Object.entries(properties)) {
    const raw = query[name]
    if (raw === undefined) continue
    const types: unknown[] = Array.isArray(type) ? type : [type]
    coerced[name] = typeof raw === 'string' ? coerce(raw, types) : raw
  }
  return coerced
}

function coerce(raw: string, types: readonly unknown[]): unknown {
  if (types.includes('integer') && /^-?[0-9]{1,15}$/.test(raw)) return Number(raw)
  if (types.includes('boolean') && (raw === 'true' || raw === 'false')) return raw === 'true'
  return raw
}

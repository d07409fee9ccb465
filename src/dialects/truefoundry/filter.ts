import type { Fault } from '#domain/fault.ts'
import { err, ok, type Result } from '#domain/result.ts'

/** What a filter looks at: texts by the name of their column. */
export type Columns = Readonly<Record<string, string | Readonly<Record<string, unknown>>>>

export type Filter = (of: Columns) => boolean

const AT = ['query', 'filter'] as const
const DEPTH_MAX = 8

const invalid = (expected: string): Result<never, Fault> =>
  err({ kind: 'invalid', problems: [{ at: AT, rule: 'type', expected }] })

/** Comparisons by their names; the ones that people use go without a word of the vendor's. */
const operators = new Map<string, (text: string, value: string) => boolean>([
  ['STRING_CONTAINS', (text, value) => text.toLowerCase().includes(value.toLowerCase())],
  ['STRING_NOT_CONTAINS', (text, value) => !text.toLowerCase().includes(value.toLowerCase())],
  ['STRING_STARTS_WITH', (text, value) => text.startsWith(value)],
  ['STRING_ENDS_WITH', (text, value) => text.endsWith(value)],
  ['EQUAL', (text, value) => text === value],
  ['NOT_EQUAL', (text, value) => text !== value],
])

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function leaf(node: Readonly<Record<string, unknown>>): Result<Filter, Fault> {
  const { column, key, op, value } = node
  const compare = typeof op === 'string' ? operators.get(op) : undefined
  if (typeof column !== 'string' || typeof value !== 'string' || compare === undefined) {
    return invalid(`filter, its leaves column, op (${[...operators.keys()].join(', ')}) and value`)
  }
  return ok((of) => {
    const found = of[column]
    const text = isObject(found) ? (typeof key === 'string' ? found[key] : undefined) : found
    return typeof text === 'string' && compare(text, value)
  })
}

function tree(node: unknown, depth: number): Result<Filter, Fault> {
  if (!isObject(node) || depth > DEPTH_MAX) return invalid('filter, a tree of AND, OR and leaves')
  const { type, children } = node
  if (children === undefined) return leaf(node)
  if (!Array.isArray(children) || (type !== 'AND' && type !== 'OR')) {
    return invalid('filter, its groups type (AND, OR) and children')
  }
  const parts: Filter[] = []
  for (const child of children as readonly unknown[]) {
    const part = tree(child, depth + 1)
    if (!part.ok) return part
    parts.push(part.value)
  }
  return ok((of) =>
    type === 'AND' ? parts.every((part) => part(of)) : parts.some((part) => part(of)),
  )
}

/**
 * The filter in a parameter: JSON text of a tree (AND and OR over leaves of column, op and value), or
 * plain text, which is looked for in the column `plain`.
 */
export function readFilter(text: string | null | undefined, plain: string): Result<Filter, Fault> {
  if (text === null || text === undefined || text === '') return ok(() => true)
  if (!text.trimStart().startsWith('{')) {
    return tree({ column: plain, op: 'STRING_CONTAINS', value: text }, 0)
  }
  try {
    return tree(JSON.parse(text), 0)
  } catch {
    return err({ kind: 'invalid', problems: [{ at: AT, rule: 'not_json' }] })
  }
}

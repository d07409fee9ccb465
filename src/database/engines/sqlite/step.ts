import type { StatementSync } from 'node:sqlite'
import type { SqlValue } from '#database/statement.ts'

/** SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE (sqlite.org/rescode.html). */
const UNIQUE = new Set([1555, 2067])

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'errcode' in error ? error.errcode : undefined

/** Rows written, or `taken` when a unique index refused; any other failure is thrown. */
export function runStep(statement: StatementSync, values: readonly SqlValue[]): number | 'taken' {
  try {
    return Number(statement.run(...values).changes)
  } catch (error) {
    const code = codeOf(error)
    if (typeof code === 'number' && UNIQUE.has(code)) return 'taken'
    throw error
  }
}

/** What a column or a parameter may hold, the same on both engines. */
export type SqlValue = string | number | Uint8Array | null

export type Params = Readonly<Record<string, SqlValue>>

export type NoParams = Readonly<Record<string, never>>

/**
 * One named SQL statement, written once in the subset that SQLite and PostgreSQL share, with
 * `:name` parameters of the type `P` and rows of the type `R`.
 */
export interface Statement<P extends Params = Params, R = unknown> {
  readonly name: string
  readonly sql: string
  /** The parameters in the order in which the SQL uses them. */
  readonly order: readonly (keyof P & string)[]
  /** Makes a row of its values in the order of the columns, where names would cost too much. */
  readonly row?: (values: readonly SqlValue[]) => R
}

const registered = new Map<string, Statement>()

/** Every statement of the room, for the test that looks at their plans. */
export const statements = (): ReadonlyMap<string, Statement> => registered

export function statement<P extends Params, R = never>(
  name: string,
  sql: string,
  row?: (values: readonly SqlValue[]) => R,
): Statement<P, R> {
  const order = [...sql.matchAll(/:([a-z_]+)/g)].map((match) => match[1] ?? '')
  const bare = { name, sql: sql.trim(), order }
  const made: Statement<P, R> = row === undefined ? bare : { ...bare, row }
  if (registered.has(name)) throw new Error(`two statements are called ${name}`)
  registered.set(name, made as Statement)
  return made
}

/** One statement of a transaction, with what must come of it. */
export interface Step {
  readonly statement: Statement
  readonly values: readonly SqlValue[]
  /** `one`: exactly one row must be written. */
  readonly expect: 'one' | 'any'
}

/** A step; its parameters are checked against its statement here, once. */
export const step = <P extends Params>(
  of: Statement<P>,
  params: P,
  expect: Step['expect'] = 'one',
): Step => ({ statement: of as Statement, values: bind(of, params), expect })

/** The values of `params` in the order in which the statement uses them. */
export const bind = <P extends Params>(of: Statement<P>, params: P): SqlValue[] =>
  of.order.map((name) => params[name] as SqlValue)

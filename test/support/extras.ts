import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import type { Route } from '#dialects/dialect.ts'
import { routes } from './calls.ts'
import type { Body } from './calls/call.ts'
import type { Estate } from './estate.ts'

/** Members that a request has no business to hold: what the server keeps, and what it answers with. */

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
}

/** The names of all members, at any depth. */
function namesIn(shape: Shape | null): readonly string[] {
  if (shape === null) return []
  const { properties = {}, items = null } = shape
  return [
    ...Object.keys(properties),
    ...Object.values(properties).flatMap(namesIn),
    ...(items === null ? [] : namesIn(items)),
  ]
}

const answered = routes.flatMap(({ success }) => namesIn(success.schema))
const taken = routes.flatMap(({ schemas }) => namesIn(schemas.body))

/** A database read beside the server that has it open. */
export class Rows {
  readonly #db: DatabaseSync

  constructor(dataDir: string) {
    this.#db = new DatabaseSync(join(dataDir, 'strongroom.db'), { readOnly: true })
  }

  tables(): readonly string[] {
    const all = this.#db.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).all()
    return all.map(({ name }) => String(name))
  }

  columns(): readonly string[] {
    return this.tables().flatMap((table) =>
      this.#db
        .prepare(`SELECT name FROM pragma_table_info(?)`)
        .all(table)
        .map(({ name }) => String(name)),
    )
  }

  /** Every row as text, sorted, behind the name of its table. */
  all(): readonly string[] {
    return this.tables().flatMap((table) =>
      this.#db
        .prepare(`SELECT * FROM ${table}`)
        .all()
        .map((row) => `${table} ${JSON.stringify(row, plain)}`)
        .toSorted(),
    )
  }

  close(): void {
    this.#db.close()
  }
}

const plain = (_name: string, value: unknown): unknown =>
  value instanceof Uint8Array ? 'bytes' : value

/** Values that would do harm where they were taken; any other member holds a word to look for. */
const harmful = ({ id, user, team, group, secret, token }: Estate): Body => ({
  ...{ id: secret, account: id, account_id: id, accountId: id, tenantName: id, tenantId: id },
  ...{ group_id: group, team_id: team, owner_id: user, subject_id: user, created_by: user },
  ...{ createdBy: user, user_id: user, userId: user, token_id: token, operator: true },
  ...{ role: 'admin', roles: ['tenant-admin'], state: 'active', kind: 'user', scopes: null },
  ...{ created_at: 1, updated_at: 1, createdAt: '1970-01-01T00:00:00Z', expires_at: 1 },
  ...{ revision: 999, authority: 999, current_n: 999, latest_n: 999, version: 999, linked: true },
})

export const CANARY = 'canary-of-an-extra-member'

/** All of them but these, with what belongs to `theirs`. */
export function extras(columns: readonly string[], not: readonly string[], theirs: Estate): Body {
  const known = harmful(theirs)
  const names = new Set([...columns, ...answered, ...Object.keys(known)]).difference(new Set(not))
  return Object.fromEntries([...names].map((name) => [name, known[name] ?? `${CANARY}-${name}`]))
}

/** The body with extra members beside its own. */
export const withExtras = (
  body: Body,
  { schemas }: Route,
  columns: readonly string[],
  theirs: Estate,
): Body => ({
  ...extras(columns, [...namesIn(schemas.body)], theirs),
  ...body,
})

/** The body with extra members in every object that is in it; what a manifest may hold is none. */
export function withExtrasWithin(body: Body, columns: readonly string[], theirs: Estate): Body {
  const more = extras(columns, taken, theirs)
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill)
    if (typeof value !== 'object' || value === null) return value
    return { ...more, ...(filled(value) as object) }
  }
  const filled = (value: object): Body =>
    Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fill(one)]))
  return filled(body)
}

import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import postgres from 'postgres'
import type { House } from '#test/support/house.ts'

/** All that an account holds, read beside the server, as one hash: looking leaves no entry. */
export interface Holdings {
  of(account: string): Promise<string>
  close(): Promise<void>
}

const ACCOUNT = 'account_id = $1'
const within = (column: string, table: string) =>
  `${column} IN (SELECT id FROM ${table} WHERE ${ACCOUNT})`

/**
 * Which rows of each table are an account's; `null` for what is no account's. The record is looked at by
 * itself, and a login is nobody's until it is approved.
 */
const OWNED: Readonly<Record<string, string | null>> = {
  account: 'id = $1',
  account_key: ACCOUNT,
  collaborator: within('group_id', 'secret_group'),
  manifest: `owner_id IN (SELECT id FROM secret_group WHERE ${ACCOUNT} UNION SELECT id FROM team
    WHERE ${ACCOUNT} UNION SELECT id FROM subject WHERE ${ACCOUNT}
    UNION SELECT id FROM role_binding WHERE ${ACCOUNT} UNION SELECT id FROM store WHERE ${ACCOUNT})`,
  role_binding: ACCOUNT,
  secret: ACCOUNT,
  secret_group: ACCOUNT,
  slug: ACCOUNT,
  store: ACCOUNT,
  store_task: ACCOUNT,
  subject: ACCOUNT,
  team: ACCOUNT,
  team_member: within('team_id', 'team'),
  token: ACCOUNT,
  variable: ACCOUNT,
  version: within('secret_id', 'secret'),
  audit_checkpoint: null,
  audit_entry: null,
  audit_place: null,
  installation: null,
  login_challenge: null,
  strongroom_schema: null,
}

type Row = Readonly<Record<string, unknown>>

/** A new table that nobody has judged is found here, not left out. */
function queriesFor(tables: readonly string[]): readonly string[] {
  const unknown = tables.filter((table) => OWNED[table] === undefined)
  if (unknown.length > 0) throw new Error(`nobody says whose rows are in ${unknown.join()}`)
  return tables.flatMap((table) => {
    const where = OWNED[table]
    return where == null ? [] : [`SELECT '${table}' AS "table", t.* FROM ${table} t WHERE ${where}`]
  })
}

/** Rows come in no order of their own. */
const hashOf = (rows: readonly Row[]): string =>
  createHash('sha256')
    .update(
      rows
        .map((row) => JSON.stringify(row))
        .sort()
        .join('\n'),
    )
    .digest('hex')

function sqliteHoldings(dataDir: string): Holdings {
  const db = new DatabaseSync(join(dataDir, 'strongroom.db'), { readOnly: true })
  const tables = db.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'
    AND name NOT LIKE 'sqlite%'`)
  const names = (tables.all() as { readonly name: string }[]).map(({ name }) => name)
  const queries = queriesFor(names).map((query) => db.prepare(query.replaceAll('$1', '?1')))
  return {
    of: (account) =>
      Promise.resolve(hashOf(queries.flatMap((query) => query.all(account) as Row[]))),
    close: () => {
      db.close()
      return Promise.resolve()
    },
  }
}

async function postgresHoldings(url: string): Promise<Holdings> {
  const sql = postgres(url, { max: 1 })
  const tables = await sql<{ readonly name: string }[]>`
    SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`
  const queries = queriesFor(tables.map(({ name }) => name)).map(
    (query) => `SELECT to_jsonb(of) AS row FROM (${query}) of`,
  )
  const all = queries.join(' UNION ALL ')
  return {
    of: async (account) => hashOf(await sql.unsafe<Row[]>(all, [account], { prepare: true })),
    close: () => sql.end(),
  }
}

export const holdingsIn = ({ engine, server, database }: House): Promise<Holdings> => {
  if (engine === 'SQLite') return Promise.resolve(sqliteHoldings(server.dataDir))
  if (database === null) throw new Error('a house on PostgreSQL has no database')
  return postgresHoldings(database)
}

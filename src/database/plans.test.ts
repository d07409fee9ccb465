import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import postgres from 'postgres'
import { ownDirectory } from '#test/support/directory.ts'
import { sharedPostgres } from '#test/support/postgres.ts'
import { openDatabase } from './database.ts'
import { SqliteEngine } from './engines/sqlite/engine.ts'
import { statements, type Statement } from './statement.ts'
import { positional } from './words.ts'

/**
 * Every statement finds its rows by an index and in its order: none reads a whole table, none sorts.
 * A list that sorted cost twenty times as much as one that did not.
 */

/** What SQLite says it does that no statement may do. One row made up on the spot is no table. */
const sqliteFaults = (plan: readonly string[]): readonly string[] =>
  plan.filter((line) => /^SCAN (?!CONSTANT ROW)|USE TEMP B-TREE/.test(line))

/** The trap: no index gives this order, so the whole group is sorted for each page. */
const trap: Statement = {
  name: 'trap',
  sql: `SELECT id FROM secret WHERE group_id = :group AND deleted_at IS NULL
    ORDER BY description LIMIT 100`,
  order: ['group'],
}

const scan: Statement = {
  name: 'scan',
  sql: 'SELECT id FROM secret WHERE description = :description',
  order: ['description'],
}

async function openSqlite(t: TestContext): Promise<SqliteEngine> {
  const engine = SqliteEngine.open(join(await ownDirectory(), 'a.db'))
  t.after(() => engine.close())
  return engine
}

test('plans, sqlite: no statement scans a table or sorts', async (t) => {
  const engine = await openSqlite(t)
  assert.ok(statements().size > 60, `${statements().size} statements`)
  const faults = [...statements().values()].flatMap((one) =>
    sqliteFaults(engine.plan(one)).map((line) => `${one.name}: ${line}`),
  )
  assert.deepEqual(faults, [])
})

test('plans, sqlite: a scan and a sort are seen', async (t) => {
  const engine = await openSqlite(t)
  assert.deepEqual(sqliteFaults(engine.plan(trap)), ['USE TEMP B-TREE FOR ORDER BY'])
  assert.deepEqual(sqliteFaults(engine.plan(scan)), ['SCAN secret'])
})

/** Rows enough that an index is worth its while, and statistics that say so. */
const FILL = `
  ${['subject', 'team', 'team_member', 'token', 'secret_group'].map((name) => `ALTER TABLE ${name} ALTER seal SET DEFAULT '';`).join('\n  ')}
  INSERT INTO account SELECT 'a' || n, 'n' || n, 1, 1 FROM generate_series(1, 50) n;
  INSERT INTO account_key SELECT 'a' || n, g, '', 'r' || n % 7, 1
    FROM generate_series(1, 50) n, generate_series(1, 4) g;
  INSERT INTO subject SELECT 's' || n, 'a' || 1 + n % 50, 'user', 'member', 'x', 'e' || n, 'active', 1
    FROM generate_series(1, 2000) n;
  INSERT INTO team SELECT 't' || n, 'a' || 1 + n % 50, 'n' || n, 1, 's1', NULL
    FROM generate_series(1, 1000) n;
  INSERT INTO team_member SELECT 't' || n, 's' || m, 1
    FROM generate_series(1, 1000) n, generate_series(1, 20) m;
  INSERT INTO token SELECT 'k' || n, 'a' || 1 + n % 50, 's' || n, 'i' || n, '', 'x', NULL, 1, NULL, NULL, 1
    FROM generate_series(1, 2000) n;
  INSERT INTO secret_group SELECT 'g' || n, 'a' || 1 + n % 50, 'named', 'n' || n, 'account',
    'a' || 1 + n % 50, 'embedded', 0, 1, 's1', NULL FROM generate_series(1, 500) n;
  INSERT INTO secret SELECT 'x' || n, 'a' || 1 + n % 50, 'g' || 1 + n % 500, 'n' || n,
    CASE WHEN n > 15000 THEN 'x' || n - 15000 END, NULL, NULL, NULL, 0, 1, 1, 1, 's1', 'user', n,
    NULL, NULL, NULL, 1, NULL FROM generate_series(1, 20000) n;
  INSERT INTO version SELECT 'x' || n, v, 'live', 'embedded', 1, '', 1, 's1', 'user', NULL
    FROM generate_series(1, 20000) n, generate_series(1, 2) v;
  INSERT INTO store SELECT 'o' || n, 'a' || 1 + n % 50, 'n' || n, 'vault', '{}', NULL, NULL, 1, 1, 1, NULL
    FROM generate_series(1, 2000) n;
  INSERT INTO store_task SELECT 'u' || n, 'a' || 1 + n % 50, 'o' || 1 + n % 2000, 'x' || n, 'p', n, 0, 0
    FROM generate_series(1, 5000) n;
  INSERT INTO audit_entry (account_id, target_id, record, seq)
    SELECT 'a' || 1 + n % 50, 'x' || n, '{}', n FROM generate_series(1, 20000) n;
  INSERT INTO audit_place SELECT 'a' || 1 + n % 50, n, '' FROM generate_series(1, 5000) n;
  INSERT INTO audit_checkpoint SELECT n, 1, '', '' FROM generate_series(1, 5000) n;
  ANALYZE;
  SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off;
`

interface Node {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly Plans?: readonly Node[]
}

const nodesOf = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

type Explain = (of: Statement) => Promise<readonly string[]>

/** Nodes of a plan that no statement may have, when PostgreSQL was told to do without if it can. */
async function explainer(t: TestContext): Promise<Explain> {
  const url = await (await sharedPostgres()).newDatabase()
  await (await openDatabase({ engine: 'postgres', url })).close()
  const sql = postgres(url, { max: 1 })
  t.after(() => sql.end())
  await sql.unsafe(FILL)
  return async (of) => {
    const text = positional(of.sql, (n) => `$${n}`)
    const [row] = await sql.unsafe(`EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${text}`)
    const [top] = row?.['QUERY PLAN'] as readonly { readonly Plan: Node }[]
    assert.ok(top)
    return nodesOf(top.Plan)
      .filter((node) => /Seq Scan|Sort/.test(node['Node Type']))
      .map((node) => `${node['Node Type']} ${node['Relation Name'] ?? ''}`.trim())
  }
}

test('plans, postgres: no statement scans a table or sorts', async (t) => {
  const explain = await explainer(t)
  const faults: string[] = []
  for (const one of statements().values()) {
    for (const node of await explain(one)) faults.push(`${one.name}: ${node}`)
  }
  assert.deepEqual(faults, [])
})

test('plans, postgres: a scan and a sort are seen', async (t) => {
  const explain = await explainer(t)
  assert.ok((await explain(trap)).includes('Sort'))
  assert.deepEqual(await explain(scan), ['Seq Scan secret'])
})

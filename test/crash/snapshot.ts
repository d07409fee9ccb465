import { DatabaseSync } from 'node:sqlite'
import postgres from 'postgres'

export interface Entry {
  readonly action: string
  readonly id?: string
  readonly outcome: 'allowed' | 'refused'
}

export interface SecretRow {
  readonly id: string
  readonly name: string
  readonly group: string
  readonly description: string | null
  readonly deleted: boolean
  readonly revision: number
  readonly latest: number
}

/** What the database holds, read beside the vault. */
export interface Snapshot {
  /** What the engine itself finds wrong. */
  readonly damage: readonly string[]
  readonly secrets: readonly SecretRow[]
  /** Versions by secret: how many, and how many of them still have a value. */
  readonly versions: ReadonlyMap<string, { readonly rows: number; readonly sealed: number }>
  readonly groupSizes: ReadonlyMap<string, number>
  /** The record, in the order of its places; entries without a place yet come last. */
  readonly entries: readonly Entry[]
  readonly places: readonly (number | null)[]
  /** The size of the newest checkpoint. */
  readonly sealed: number
}

type Row = Readonly<Record<string, string | number | null>>
type Ask = (query: string) => Promise<readonly Row[]>

async function read(ask: Ask, damage: readonly string[], place: string): Promise<Snapshot> {
  const secrets = await ask(`SELECT id, name, group_id, description, deleted_at, revision, latest_n
    FROM secret WHERE links_to IS NULL`)
  const versions = await ask(
    'SELECT secret_id, COUNT(*) AS rows, COUNT(sealed) AS sealed FROM version GROUP BY secret_id',
  )
  const groups = await ask('SELECT id, size FROM secret_group WHERE deleted_at IS NULL')
  const entries = await ask(`SELECT seq, record FROM audit_entry ORDER BY ${place}`)
  const [checkpoint] = await ask('SELECT COALESCE(MAX(size), 0) AS size FROM audit_checkpoint')
  return {
    damage,
    secrets: secrets.map((row) => ({
      id: String(row['id']),
      name: String(row['name']),
      group: String(row['group_id']),
      description: row['description'] === null ? null : String(row['description']),
      deleted: row['deleted_at'] !== null,
      revision: Number(row['revision']),
      latest: Number(row['latest_n']),
    })),
    versions: new Map(
      versions.map((row) => [
        String(row['secret_id']),
        { rows: Number(row['rows']), sealed: Number(row['sealed']) },
      ]),
    ),
    groupSizes: new Map(groups.map((row) => [String(row['id']), Number(row['size'])])),
    entries: entries.map((row) => JSON.parse(String(row['record'])) as Entry),
    places: entries.map(({ seq }) => (seq === null ? null : Number(seq))),
    sealed: Number(checkpoint?.['size']),
  }
}

/** The database file of a vault that was killed, before it is started again. */
export async function sqliteSnapshot(path: string): Promise<Snapshot> {
  const db = new DatabaseSync(path, { readOnly: true })
  const ask: Ask = (query) => Promise.resolve(db.prepare(query).all() as Row[])
  const checked = (await ask('PRAGMA integrity_check')).map((row) => String(row['integrity_check']))
  const snapshot = await read(
    ask,
    checked.filter((line) => line !== 'ok'),
    'seq',
  )
  db.close()
  return snapshot
}

/** The database of a vault that was killed, once PostgreSQL has noticed that. */
export async function postgresSnapshot(url: string): Promise<Snapshot> {
  const sql = postgres(url, { max: 1 })
  const ask: Ask = async (query) => await sql.unsafe<Row[]>(query)
  const deadline = Date.now() + 20_000
  for (;;) {
    const left = await ask(`SELECT pid FROM pg_stat_activity
      WHERE application_name = 'strongroom' AND datname = current_database()`)
    if (left.length === 0) break
    if (Date.now() > deadline) throw new Error('PostgreSQL still works for the vault that is gone')
  }
  const snapshot = await read(ask, [], 'arrival')
  await sql.end()
  return snapshot
}

import { DatabaseSync } from 'node:sqlite'
import { Failure } from './failure.ts'
import { clean } from './text.ts'
import type { CheckpointRow, LogRow, PlaceRow, Rows } from './verify-words.ts'

/** The log of a database, at one moment. */
export interface LogSource {
  readonly entries: Rows<LogRow>
  readonly checkpoints: Rows<CheckpointRow>
  readonly places: Rows<PlaceRow>
  /** Entries that were committed but have no place in the log yet. */
  readonly unplaced: number
}

type Use<T> = (source: LogSource) => Promise<T>

const ENTRIES = 'SELECT seq, account_id, target_id, record FROM audit_entry'
const CHECKPOINTS = 'SELECT size, note, frontier FROM audit_checkpoint'
const PLACES = 'SELECT key, first_seq, seqs FROM audit_place ORDER BY first_seq'

/** Reads the log of a SQLite file, without writing to it; a server may be running on it. */
export async function withSqliteLog<T>(path: string, use: Use<T>): Promise<T> {
  let db: DatabaseSync | null = null
  try {
    db = new DatabaseSync(path, { readOnly: true })
    // One transaction, so that entries and checkpoints are of one moment.
    db.exec('BEGIN')
    const entries = db.prepare(`${ENTRIES} ORDER BY seq`).iterate()
    const checkpoints = db.prepare(`${CHECKPOINTS} ORDER BY size`).iterate()
    const places = db.prepare(PLACES).iterate()
    return await use({
      entries: entries as unknown as Iterable<LogRow>,
      checkpoints: checkpoints as unknown as Iterable<CheckpointRow>,
      places: places as unknown as Iterable<PlaceRow>,
      unplaced: 0,
    })
  } catch (error) {
    if (error instanceof Failure || !isSqliteError(error)) throw error
    throw new Failure(`cannot read the log in ${clean(path)}: ${error.errstr}`)
  } finally {
    db?.close()
  }
}

const isSqliteError = (error: unknown): error is Error & { readonly errstr: string } =>
  error instanceof Error && 'errstr' in error && typeof error.errstr === 'string'

const BATCH = 5_000

/** Fewer: one row holds the places of up to 20,000 entries. */
const PLACES_BATCH = 250

/** Reads the log of a PostgreSQL server, in one transaction that only reads. */
export async function withPostgresLog<T>(url: string, use: Use<T>): Promise<T> {
  const { default: pg } = await import('pg')
  const types = new pg.TypeOverrides()
  types.setTypeParser(pg.types.builtins.INT8, Number)
  const client = new pg.Client({ connectionString: url, types, connectionTimeoutMillis: 5_000 })
  // What ends the connection is told by the query that it ends.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const batches = (text: string) => async (after: number) =>
      (await client.query<Record<string, unknown>>(text, [after, BATCH])).rows
    const waiting = await client.query<{ n: number }>(
      'SELECT COUNT(*) AS n FROM audit_entry WHERE seq IS NULL',
    )
    await client.query(`DECLARE places NO SCROLL CURSOR FOR ${PLACES}`)
    const more = `FETCH ${PLACES_BATCH} FROM places`
    return await use({
      entries: rows(batches(`${ENTRIES} WHERE seq > $1 ORDER BY seq LIMIT $2`), 'seq'),
      checkpoints: rows(batches(`${CHECKPOINTS} WHERE size > $1 ORDER BY size LIMIT $2`), 'size'),
      places: fetched(async () => (await client.query<PlaceRow>(more)).rows),
      unplaced: waiting.rows[0]?.n ?? 0,
    })
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new Failure(`cannot read the log of the database: ${error.code}`)
  } finally {
    await client.end().catch(() => undefined)
  }
}

const isSystemError = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'

/** Rows in the order of `place`, batch by batch. */
async function* rows<T>(
  read: (after: number) => Promise<Record<string, unknown>[]>,
  place: string,
): AsyncGenerator<T> {
  let after = -1
  for (;;) {
    const batch = await read(after)
    yield* batch as T[]
    const last = batch.at(-1)
    if (last === undefined) return
    after = Number(last[place])
  }
}

/** Rows of a cursor, batch by batch: no index gives them in their order. */
async function* fetched<T>(fetch: () => Promise<readonly T[]>): AsyncGenerator<T> {
  for (let batch = await fetch(); batch.length > 0; batch = await fetch()) yield* batch
}

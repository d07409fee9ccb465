import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { DatabaseDown } from '#ports/database.ts'
import type { Batch, Engine, Ran } from '#database/engine.ts'
import { pending } from '#database/migrations.ts'
import { bind, type Params, type SqlValue, type Statement } from '#database/statement.ts'
import { positional, spell, type Words } from '#database/words.ts'
import { Flusher } from './flusher.ts'
import { runStep } from './step.ts'

/** The row id is the place in the log: one process writes, so there are no gaps to settle. */
const words: Words = {
  text: 'TEXT',
  bytes: 'BLOB',
  integer: 'INTEGER',
  log_place: 'seq INTEGER PRIMARY KEY',
  strict: ' STRICT',
}

interface Prepared {
  readonly prepared: StatementSync
  readonly columns: readonly string[]
}

/** A row by its names. The driver's own named rows are slow to make, and slower to read from. */
function named(columns: readonly string[], values: readonly SqlValue[]): Record<string, SqlValue> {
  const row: Record<string, SqlValue> = {}
  for (let n = 0; n < columns.length; n++) row[columns[n] ?? ''] = values[n] ?? null
  return row
}

interface Waiting {
  readonly batch: Batch
  readonly resolve: (ran: Ran) => void
  readonly reject: (error: Error) => void
}

/**
 * SQLite in WAL mode. All commits of one turn of the event loop share one transaction and one
 * flush (group commit), each undone by itself if it fails. Their promises resolve once the log
 * file is on disk up to and beyond them: the promise of `synchronous = FULL`, while the next turn
 * already works (docs/decisions/0004-flush-off-the-loop.md).
 */
export class SqliteEngine implements Engine {
  readonly kind = 'sqlite'
  readonly #db: DatabaseSync
  readonly #lock: DatabaseSync
  readonly #flusher: Flusher
  readonly #prepared = new Map<string, Prepared>()
  #waiting: Waiting[] = []
  #closed = false

  private constructor(db: DatabaseSync, lock: DatabaseSync, flusher: Flusher) {
    this.#db = db
    this.#lock = lock
    this.#flusher = flusher
  }

  /** Opens (or makes) the database file and brings its schema up to date. */
  static open(path: string): SqliteEngine {
    const lock = takeLock(`${path}.lock`, path)
    try {
      return new SqliteEngine(openFile(path), lock, new Flusher(`${path}-wal`))
    } catch (cause) {
      lock.close()
      throw cause
    }
  }

  all<P extends Params, R>(of: Statement<P, R>, params: P): Promise<readonly R[]> {
    return this.#read(() => {
      const { prepared, columns } = this.#prepare(of as Statement)
      const rows = prepared.all(...bind(of, params)) as unknown as SqlValue[][]
      return rows.map((values) => of.row?.(values) ?? (named(columns, values) as R))
    })
  }

  get<P extends Params, R>(of: Statement<P, R>, params: P): Promise<R | null> {
    return this.#read(() => {
      const { prepared, columns } = this.#prepare(of as Statement)
      const values = prepared.get(...bind(of, params)) as unknown as SqlValue[] | undefined
      return values === undefined ? null : (of.row?.(values) ?? (named(columns, values) as R))
    })
  }

  run(batch: Batch): Promise<Ran> {
    if (this.#closed) return Promise.reject(new DatabaseDown('the database is closed'))
    if (this.#flusher.failure !== null) return Promise.reject(this.#flusher.failure)
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ batch, resolve, reject }) === 1) setImmediate(() => this.#turn())
    })
  }

  settle(): Promise<void> {
    return Promise.resolve()
  }

  async close(): Promise<void> {
    this.#turn()
    this.#closed = true
    await this.#flusher.close()
    this.#prepared.clear()
    this.#db.close()
    this.#lock.close()
  }

  #read<T>(read: () => T): Promise<T> {
    try {
      return Promise.resolve(read())
    } catch (cause) {
      return Promise.reject(new DatabaseDown('the database cannot be read', { cause }))
    }
  }

  #turn(): void {
    const turn = this.#waiting
    if (turn.length === 0) return
    this.#waiting = []
    try {
      const ran = this.#together(turn) ?? this.#apart(turn)
      this.#flusher.flush((failure) => {
        for (const [n, { resolve, reject }] of turn.entries()) {
          const one = ran[n]
          if (failure === null && one !== undefined) resolve(one)
          else reject(failure ?? new DatabaseDown('a commit was passed over'))
        }
      })
    } catch (cause) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      const down = new DatabaseDown('the database cannot be written', { cause })
      for (const { reject } of turn) reject(down)
    }
  }

  /**
   * The turn in one transaction without savepoints, which make SQLite copy every page they touch.
   * `null`, and nothing done, when a batch failed after it had written: then savepoints are needed.
   */
  #together(turn: readonly Waiting[]): readonly Ran[] | null {
    const done: Ran[] = []
    this.#prepareText('BEGIN IMMEDIATE').run()
    for (const { batch } of turn) {
      const ran = this.#steps(batch)
      if (ran.kind !== 'committed' && ran.step > 0) {
        this.#prepareText('ROLLBACK').run()
        return null
      }
      done.push(ran)
    }
    this.#prepareText('COMMIT').run()
    return done
  }

  /** The turn in one transaction, each batch behind a savepoint of its own. */
  #apart(turn: readonly Waiting[]): readonly Ran[] {
    this.#prepareText('BEGIN IMMEDIATE').run()
    const done = turn.map(({ batch }) => {
      this.#prepareText('SAVEPOINT one').run()
      const ran = this.#steps(batch)
      if (ran.kind !== 'committed') this.#prepareText('ROLLBACK TO one').run()
      this.#prepareText('RELEASE one').run()
      return ran
    })
    this.#prepareText('COMMIT').run()
    return done
  }

  #steps({ steps }: Batch): Ran {
    for (const [n, step] of steps.entries()) {
      const outcome = runStep(this.#prepare(step.statement).prepared, step.values)
      if (outcome === 'taken') return { kind: 'taken', step: n }
      if (step.expect === 'one' && outcome !== 1) return { kind: 'missed', step: n }
    }
    return { kind: 'committed' }
  }

  #prepare(of: Statement): Prepared {
    const known = this.#prepared.get(of.name)
    if (known !== undefined) return known
    return this.#keep(of.name, inSqlite(of))
  }

  #prepareText(sql: string): StatementSync {
    return (this.#prepared.get(sql) ?? this.#keep(sql, sql)).prepared
  }

  #keep(name: string, sql: string): Prepared {
    const prepared = this.#db.prepare(sql)
    prepared.setReturnArrays(true)
    const columns = prepared.columns().map((column) => column.name)
    const kept = { prepared, columns }
    this.#prepared.set(name, kept)
    return kept
  }

  /** How SQLite would run a statement: for the test that no statement scans or sorts. */
  plan(of: Statement): readonly string[] {
    const query = this.#db.prepare(`EXPLAIN QUERY PLAN ${inSqlite(of)}`)
    const rows = query.all(...of.order.map(() => null))
    return rows.map((row) => String(row['detail']))
  }
}

/**
 * The text of a statement for SQLite. It plans by the number that is bound to LIMIT, so that it would
 * compile the statement again at each run; by one that is computed it does not.
 */
const inSqlite = (of: Statement): string =>
  positional(spell(of.sql, words), () => '?').replaceAll('LIMIT ?', 'LIMIT +?')

function openFile(path: string): DatabaseSync {
  // Foreign keys are checked by the suites on PostgreSQL; here they would cost look-ups per write.
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false })
  db.exec('PRAGMA journal_mode = WAL')
  // A commit writes to the log file without waiting for the disk; `Flusher` waits, off the loop.
  db.exec('PRAGMA synchronous = NORMAL')
  db.exec('PRAGMA secure_delete = ON')
  db.exec('PRAGMA wal_autocheckpoint = 16384')
  db.exec('PRAGMA cache_size = -65536')
  db.exec('PRAGMA temp_store = MEMORY')
  try {
    migrate(db)
  } catch (cause) {
    db.close()
    throw cause
  }
  return db
}

/** One process at a time: the operating system drops the lock with the process, however it ends. */
function takeLock(path: string, database: string): DatabaseSync {
  const lock = new DatabaseSync(path)
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE')
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock.close()
    throw new DatabaseDown(
      `another Strongroom has ${database} open: stop it first, or give this one a data folder of its own`,
      { cause },
    )
  }
  return lock
}

function migrate(db: DatabaseSync): void {
  const applied = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  const founded = applied > 0 && db.prepare('SELECT id FROM installation').get() !== undefined
  for (const migration of pending(applied, founded)) {
    db.exec('BEGIN IMMEDIATE')
    db.exec(spell(migration.sql, words))
    db.exec(`PRAGMA user_version = ${migration.number}`)
    db.exec('COMMIT')
  }
}

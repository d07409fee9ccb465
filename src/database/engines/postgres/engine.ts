import postgres from 'postgres'
import { DatabaseDown } from '#ports/database.ts'
import type { Batch, Engine, Ran } from '#database/engine.ts'
import { pending } from '#database/migrations.ts'
import { bind, type Params, type SqlValue, type Statement, type Step } from '#database/statement.ts'
import { positional, spell, type Words } from '#database/words.ts'

/** Text is compared by its bytes, as SQLite does; an entry's place is given after its commit. */
const words: Words = {
  text: 'TEXT COLLATE "C"',
  bytes: 'BYTEA',
  integer: 'BIGINT',
  log_place: 'seq BIGINT UNIQUE, arrival BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
  strict: '',
}

const SCHEMA_LOCK = 7_306_927
const LOG_LOCK = 7_306_928

/** A change that is undone by deadlocks this many times in a row gives way. */
const ATTEMPTS_MAX = 5

const connect = (url: string) =>
  postgres(url, {
    max: 8,
    // A database that is gone is said to be gone, soon; the next request tries again.
    connect_timeout: 3,
    backoff: () => 0.2,
    onnotice: () => undefined,
    connection: { application_name: 'strongroom' },
    types: { integer: { to: 20, from: [20], serialize: String, parse: Number } },
  })

type Sql = ReturnType<typeof connect>

/** PostgreSQL: each commit in a transaction of its own, its statements sent together. */
export class PostgresEngine implements Engine {
  readonly kind = 'postgres'
  readonly #sql: Sql
  readonly #texts = new Map<string, string>()

  private constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Connects and brings the schema up to date; several nodes may start at once. */
  static async open(url: string): Promise<PostgresEngine> {
    const sql = connect(url)
    try {
      await migrate(sql)
    } catch (cause) {
      await sql.end({ timeout: 1 })
      if (cause instanceof DatabaseDown) throw cause
      throw new DatabaseDown('PostgreSQL cannot be used: look at the URL in --database', { cause })
    }
    return new PostgresEngine(sql)
  }

  async all<P extends Params, R>(of: Statement<P, R>, params: P): Promise<readonly R[]> {
    const values = bind(of, params)
    // Text here never holds NUL, so nothing that is stored can match text that does.
    if (values.some((value) => typeof value === 'string' && value.includes('\0'))) return []
    try {
      return (await this.#query(this.#sql, of as Statement, values)) as unknown as R[]
    } catch (cause) {
      throw new DatabaseDown('the database cannot be read', { cause })
    }
  }

  async get<P extends Params, R>(of: Statement<P, R>, params: P): Promise<R | null> {
    const rows = await this.all(of, params)
    return rows[0] ?? null
  }

  async run(batch: Batch): Promise<Ran> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(batch)
      } catch (cause) {
        if (cause instanceof Undone) return cause.ran
        if (attempt < ATTEMPTS_MAX && codeOf(cause) === DEADLOCK_DETECTED) continue
        throw new DatabaseDown('the database cannot be written', { cause })
      }
    }
  }

  /** A deadlock undoes one of those that wait for each other: that one goes again. */
  async #attempt({ steps }: Batch): Promise<Ran> {
    const [only] = steps
    if (only === undefined || steps.length > 1) return this.#transact(steps)
    await this.#step(this.#sql, only, 0)
    return { kind: 'committed' }
  }

  /** One settler at a time, on any node, so that a place is given once and none is left out. */
  async settle(): Promise<void> {
    try {
      await this.#sql.begin(async (tx) => {
        await tx`SELECT pg_advisory_xact_lock(${LOG_LOCK})`
        await tx`
          UPDATE audit_entry SET seq = placed.seq
          FROM (
            SELECT arrival,
              (SELECT COALESCE(MAX(seq), 0) FROM audit_entry) + ROW_NUMBER() OVER (ORDER BY arrival) AS seq
            FROM audit_entry WHERE seq IS NULL
          ) placed
          WHERE audit_entry.arrival = placed.arrival`
      })
    } catch (cause) {
      throw new DatabaseDown('the database cannot be written', { cause })
    }
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 5 })
  }

  async #transact(steps: Batch['steps']): Promise<Ran> {
    return this.#sql.begin(async (tx) => {
      // Answers come in the order of the steps, so the first that fails is the first that is told.
      await Promise.all(steps.map((step, n) => this.#step(tx, step, n)))
      return { kind: 'committed' } as const
    })
  }

  /** Throws `Undone` when the step at place `n` did not do what it had to. */
  async #step(on: Pick<Sql, 'unsafe'>, step: Step, n: number): Promise<void> {
    try {
      const { count } = await this.#query(on, step.statement, step.values)
      if (step.expect === 'one' && count !== 1) throw new Undone({ kind: 'missed', step: n })
    } catch (error) {
      throw codeOf(error) === UNIQUE_VIOLATION ? new Undone({ kind: 'taken', step: n }) : error
    }
  }

  #query(on: Pick<Sql, 'unsafe'>, of: Statement, values: readonly SqlValue[]) {
    let text = this.#texts.get(of.name)
    if (text === undefined) {
      text = positional(spell(of.sql, words), (n) => `$${n}`)
      this.#texts.set(of.name, text)
    }
    return on.unsafe(text, values as SqlValue[], { prepare: true })
  }
}

class Undone extends Error {
  readonly ran: Ran

  constructor(ran: Ran) {
    super('undone')
    this.ran = ran
  }
}

/** Codes of PostgreSQL's (its appendix A). */
const UNIQUE_VIOLATION = '23505'
const DEADLOCK_DETECTED = '40P01'

const codeOf = (error: unknown): string | null =>
  error instanceof postgres.PostgresError ? error.code : null

async function migrate(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(${SCHEMA_LOCK})`
    await tx`CREATE TABLE IF NOT EXISTS strongroom_schema (number BIGINT PRIMARY KEY)`
    const [row] = await tx<{ applied: number }[]>`
      SELECT COALESCE(MAX(number), 0) AS applied FROM strongroom_schema`
    for (const migration of pending(row?.applied ?? 0)) {
      await tx.unsafe(spell(migration.sql, words))
      await tx`INSERT INTO strongroom_schema (number) VALUES (${migration.number})`
    }
  })
}

import pg, { type ClientBase, type QueryConfig } from 'pg'
import { DatabaseDown } from '#ports/database.ts'
import type { Batch, Engine, Ran } from '#database/engine.ts'
import { pending } from '#database/migrations.ts'
import { bind, type Params, type SqlValue, type Statement, type Step } from '#database/statement.ts'
import { positional, spell, type Words } from '#database/words.ts'
import { Connections } from './connections.ts'

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

/** PostgreSQL: each commit in a transaction of its own, its statements sent together. */
export class PostgresEngine implements Engine {
  readonly kind = 'postgres'
  readonly #connections: Connections
  readonly #texts = new Map<string, string>()

  private constructor(connections: Connections) {
    this.#connections = connections
  }

  /** Connects and brings the schema up to date; several nodes may start at once. */
  static async open(url: string): Promise<PostgresEngine> {
    const connections = new Connections(url)
    try {
      await connections.withWriter(migrate)
    } catch (cause) {
      await connections.close()
      if (cause instanceof DatabaseDown) throw cause
      throw new DatabaseDown('PostgreSQL cannot be used: look at the URL in --database', { cause })
    }
    return new PostgresEngine(connections)
  }

  async all<P extends Params, R>(of: Statement<P, R>, params: P): Promise<readonly R[]> {
    const values = bind(of, params)
    // Text here never holds NUL, so nothing that is stored can match text that does.
    if (values.some((value) => typeof value === 'string' && value.includes('\0'))) return []
    const query = this.#query(of as Statement, values)
    try {
      if (of.row === undefined) return (await this.#connections.read(query)) as R[]
      const rows = await this.#connections.read<SqlValue[]>({ ...query, rowMode: 'array' })
      return rows.map(of.row)
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
    if (only !== undefined && steps.length === 1) return this.#alone(only)
    await this.#transact((client) => steps.map((step, n) => this.#step(client, step, n)))
    return { kind: 'committed' }
  }

  /** A statement is a transaction by itself. */
  #alone(step: Step): Promise<Ran> {
    return this.#connections.withWriter(async (client) => {
      try {
        await this.#step(client, step, 0)
        return { kind: 'committed' }
      } catch (error) {
        if (error instanceof Undone) return error.ran
        throw error
      }
    })
  }

  /** One settler at a time, on any node, so that a place is given once and none is left out. */
  async settle(): Promise<void> {
    try {
      await this.#transact((client) => [
        client.query(`SELECT pg_advisory_xact_lock(${LOG_LOCK})`),
        client.query(`
          UPDATE audit_entry SET seq = placed.seq
          FROM (
            SELECT arrival,
              (SELECT COALESCE(MAX(seq), 0) FROM audit_entry) + ROW_NUMBER() OVER (ORDER BY arrival) AS seq
            FROM audit_entry WHERE seq IS NULL
          ) placed
          WHERE audit_entry.arrival = placed.arrival`),
      ])
    } catch (cause) {
      throw new DatabaseDown('the database cannot be written', { cause })
    }
  }

  close(): Promise<void> {
    return this.#connections.close()
  }

  /**
   * Sends all of a transaction but its end at once. Answers come in the order of what was sent, so
   * the first that fails is the first that is told; what comes after it does nothing.
   */
  async #transact(send: (client: ClientBase) => readonly Promise<unknown>[]): Promise<void> {
    const undone = await this.#connections.withWriter(async (client) => {
      try {
        await Promise.all([client.query('BEGIN'), ...send(client)])
      } catch (error) {
        await client.query('ROLLBACK')
        return { error }
      }
      const { command } = await client.query('COMMIT')
      if (command !== 'COMMIT') throw new Error('the transaction was undone')
      return null
    })
    if (undone !== null) throw undone.error
  }

  /** Throws `Undone` when the step at place `n` did not do what it had to. */
  async #step(client: ClientBase, step: Step, n: number): Promise<void> {
    try {
      const { rowCount } = await client.query(this.#query(step.statement, step.values))
      if (step.expect === 'one' && rowCount !== 1) throw new Undone({ kind: 'missed', step: n })
    } catch (error) {
      throw codeOf(error) === UNIQUE_VIOLATION ? new Undone({ kind: 'taken', step: n }) : error
    }
  }

  #query(of: Statement, values: readonly SqlValue[]): QueryConfig {
    let text = this.#texts.get(of.name)
    if (text === undefined) {
      text = positional(spell(of.sql, words), (n) => `$${n}`)
      this.#texts.set(of.name, text)
    }
    return { name: of.name, text, values: values as SqlValue[] }
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

const codeOf = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.code : undefined

async function migrate(client: ClientBase): Promise<void> {
  await client.query('BEGIN')
  await client.query(`SELECT pg_advisory_xact_lock(${SCHEMA_LOCK})`)
  await client.query('CREATE TABLE IF NOT EXISTS strongroom_schema (number BIGINT PRIMARY KEY)')
  const { rows } = await client.query<{ applied: number }>(
    'SELECT COALESCE(MAX(number), 0) AS applied FROM strongroom_schema',
  )
  const applied = rows[0]?.applied ?? 0
  const founded = applied > 0 && (await client.query('SELECT id FROM installation')).rows.length > 0
  for (const migration of pending(applied, founded)) {
    await client.query(spell(migration.sql, words))
    await client.query('INSERT INTO strongroom_schema (number) VALUES ($1)', [migration.number])
  }
  await client.query('COMMIT')
}

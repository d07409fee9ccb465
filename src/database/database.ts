import { encodeEntry } from '#domain/audit.ts'
import type { AuditEntry } from '#domain/audit.ts'
import type { Change, Committed, Database, Resting } from '#ports/database.ts'
import type { Engine } from './engine.ts'
import { SqliteEngine } from './engines/sqlite/engine.ts'
import { logOn } from './log.ts'
import { reads } from './reads.ts'
import * as log from './sql/log.ts'
import { step, type Step } from './statement.ts'
import { inOrder, thingOf, toStep } from './writes.ts'

/** Where the records live: a file of SQLite's, or a PostgreSQL server. */
export type DatabaseAddress =
  | { readonly engine: 'sqlite'; readonly path: string }
  | { readonly engine: 'postgres'; readonly url: string }

/** Opens the database and brings its schema up to date. The driver of PostgreSQL loads only when used. */
export async function openDatabase(address: DatabaseAddress): Promise<Database> {
  if (address.engine === 'sqlite') return databaseOn(SqliteEngine.open(address.path))
  const { PostgresEngine } = await import('./engines/postgres/engine.ts')
  return databaseOn(await PostgresEngine.open(address.url))
}

/** The Database port over an engine. */
export const databaseOn = (engine: Engine): Database => ({
  engine: engine.kind,
  reads: reads(engine),
  log: logOn(engine),
  commit: (change) => commit(engine, change),
  close: () => engine.close(),
})

async function commit(engine: Engine, change: Change): Promise<Committed> {
  const entries = change.entries.map((entry, n) =>
    entryStep(entry, n === 0 ? change.resting : null),
  )
  const writes = inOrder(change.writes)
  const ran = await engine.run({ steps: [...entries, ...writes.map(toStep)] })
  if (ran.kind === 'committed') return ran
  if (ran.step === 0 && change.resting !== null) return { kind: 'ground_moved' }
  if (ran.kind === 'missed') return { kind: 'row_moved' }
  return { kind: 'taken', thing: thingOf(writes[ran.step - entries.length]) }
}

/** The first entry carries the guard; the others are in the same transaction. */
function entryStep(entry: AuditEntry, resting: Resting | null): Step {
  const row = {
    account: entry.account,
    target: entry.target?.id ?? null,
    record: encodeEntry(entry),
  }
  if (resting === null) return step(log.addEntry, row)
  const { account: of, authority, token, revision, secret } = resting
  const guarded = { ...row, of, authority, token, revision }
  return secret === null
    ? step(log.addGuardedEntry, guarded)
    : step(log.addEntryOnSecret, {
        ...guarded,
        secret: secret.id,
        secret_revision: secret.revision,
      })
}

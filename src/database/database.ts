import { encodeEntry } from '#domain/audit.ts'
import type { AuditEntry } from '#domain/audit.ts'
import type { Change, Committed, Database, Installation, Resting } from '#ports/database.ts'
import type { RightsSeal } from '#ports/rights-seal.ts'
import type { Engine } from './engine.ts'
import { SqliteEngine } from './engines/sqlite/engine.ts'
import { logOn } from './log.ts'
import { reads, unsealedInstallation } from './reads.ts'
import { Seals } from './seals.ts'
import * as log from './sql/log.ts'
import { step, type Step } from './statement.ts'
import { inOrder, thingOf, toStep } from './writes.ts'

/** Where the records live: a file of SQLite's, or a PostgreSQL server. */
export type DatabaseAddress =
  | { readonly engine: 'sqlite'; readonly path: string }
  | { readonly engine: 'postgres'; readonly url: string }

/** A database whose seals cannot be made or looked at yet: their key is in it, wrapped. */
export interface OpenedDatabase {
  /** Its installation, as it stands there; `null` when it has none yet. */
  installation(): Promise<Installation | null>
  /** The Database port on it, with the seals of this key over rows that say who may read. */
  sealedBy(rights: RightsSeal): Database
  close(): Promise<void>
}

/** Opens the database and brings its schema up to date. The driver of PostgreSQL loads only when used. */
export async function openDatabase(address: DatabaseAddress): Promise<OpenedDatabase> {
  if (address.engine === 'sqlite') return openedOn(SqliteEngine.open(address.path))
  const { PostgresEngine } = await import('./engines/postgres/engine.ts')
  return openedOn(await PostgresEngine.open(address.url))
}

const openedOn = (engine: Engine): OpenedDatabase => ({
  installation: () => unsealedInstallation(engine),
  sealedBy: (rights) => databaseOn(engine, new Seals(rights)),
  close: () => engine.close(),
})

/** The Database port over an engine. */
const databaseOn = (engine: Engine, seals: Seals): Database => ({
  engine: engine.kind,
  reads: reads(engine, seals),
  log: logOn(engine),
  commit: (change) => commit(engine, seals, change),
  close: () => engine.close(),
})

async function commit(engine: Engine, seals: Seals, change: Change): Promise<Committed> {
  const entries = change.entries.map((entry, n) =>
    entryStep(entry, n === 0 ? change.resting : null),
  )
  const writes = inOrder(change.writes)
  const ran = await engine.run({
    steps: [...entries, ...writes.map((write) => toStep(write, seals))],
  })
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

import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import postgres from 'postgres'

/** An entry of the record as it is stored (docs/formats/audit-log.md). */
export interface Entry {
  readonly account?: string
  readonly subject?: string
  readonly token?: string
  readonly api: string
  readonly action: string
  readonly target?: string
  readonly id?: string
  readonly name?: string
  readonly version?: number
  readonly outcome: 'allowed' | 'refused'
  readonly reason?: string
}

/** The record of a running server, read beside it: looking leaves no entry, and none is hidden. */
export interface Witness {
  /** The entries since the last look, in the order of their commits, as they are stored. */
  texts(): Promise<readonly string[]>
  entries(): Promise<readonly Entry[]>
  close(): Promise<void>
}

type Read = (
  place: number,
) => Promise<readonly { readonly place: number; readonly record: string }[]>

async function recordBy(read: Read, close: () => Promise<void>): Promise<Witness> {
  let seen = 0
  const texts = async () => {
    const rows = await read(seen)
    seen = rows.at(-1)?.place ?? seen
    return rows.map(({ record }) => record)
  }
  await texts()
  return {
    texts,
    entries: async () => (await texts()).map((text) => JSON.parse(text) as Entry),
    close,
  }
}

/** From now on. */
export function sqliteRecord(dataDir: string): Promise<Witness> {
  const db = new DatabaseSync(join(dataDir, 'strongroom.db'), { readOnly: true })
  const after = db.prepare(
    'SELECT seq AS place, record FROM audit_entry WHERE seq > ? ORDER BY seq',
  )
  const read = (place: number) =>
    Promise.resolve(after.all(place) as { place: number; record: string }[])
  return recordBy(read, () => {
    db.close()
    return Promise.resolve()
  })
}

/** From now on. */
export function postgresRecord(url: string): Promise<Witness> {
  const sql = postgres(url, { max: 1 })
  const read: Read = (place) => sql<{ place: number; record: string }[]>`
    SELECT arrival::INT AS place, record FROM audit_entry WHERE arrival > ${place} ORDER BY arrival`
  return recordBy(read, () => sql.end())
}

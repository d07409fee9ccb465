import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after } from 'node:test'
import postgres from 'postgres'
import { exerciseSeals, type Written } from '#test/contract/database/seals.ts'
import { someRights } from '#test/support/database.ts'
import { sharedPostgres } from '#test/support/postgres.ts'
import { openDatabase, type OpenedDatabase } from './database.ts'

const folder = await mkdtemp(join(tmpdir(), 'strongroom-'))
after(() => rm(folder, { recursive: true, force: true }))
let files = 0

/** Constraints stand in nobody's way who writes to a database past its vault. */
const written = (opened: OpenedDatabase, sql: Written['sql']): Written => ({
  database: opened.sealedBy(someRights),
  careless: opened.sealedBy({ ...someRights, holds: () => true }),
  sql,
})

exerciseSeals('sqlite', async () => {
  const path = join(folder, `${++files}.db`)
  return written(await openDatabase({ engine: 'sqlite', path }), (text) => {
    const db = new DatabaseSync(path, { enableForeignKeyConstraints: false })
    db.exec(text)
    db.close()
    return Promise.resolve()
  })
})

exerciseSeals('postgres', async () => {
  const url = await (await sharedPostgres()).newDatabase()
  return written(await openDatabase({ engine: 'postgres', url }), async (text) => {
    const sql = postgres(url, { max: 1 })
    await sql.unsafe(`SET session_replication_role = replica; ${text}`)
    await sql.end()
  })
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { exerciseDatabase } from '#test/contract/database.ts'
import { sharedPostgres } from '#test/support/postgres.ts'
import { openDatabase } from './database.ts'

const folder = await mkdtemp(join(tmpdir(), 'strongroom-'))
after(() => rm(folder, { recursive: true, force: true }))
let files = 0

exerciseDatabase('sqlite', () =>
  openDatabase({ engine: 'sqlite', path: join(folder, `${++files}.db`) }),
)

exerciseDatabase('postgres', async () =>
  openDatabase({ engine: 'postgres', url: await (await sharedPostgres()).newDatabase() }),
)

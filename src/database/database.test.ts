import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { exerciseDatabase } from '#test/contract/database.ts'
import { openSealed } from '#test/support/database.ts'
import { sharedPostgres } from '#test/support/postgres.ts'

const folder = await mkdtemp(join(tmpdir(), 'strongroom-'))
after(() => rm(folder, { recursive: true, force: true }))
let files = 0

exerciseDatabase('sqlite', () =>
  openSealed({ engine: 'sqlite', path: join(folder, `${++files}.db`) }),
)

exerciseDatabase('postgres', async () =>
  openSealed({ engine: 'postgres', url: await (await sharedPostgres()).newDatabase() }),
)

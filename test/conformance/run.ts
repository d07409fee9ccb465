import { join } from 'node:path'
import { startPostgres } from '#test/support/postgres.ts'
import { startServer } from '#test/support/server.ts'
import { must, virtualEnvironment } from './python.ts'

/**
 * The vendors' own clients, unmodified, against a running server: once on each database engine. Takes
 * the names of families to run (`scale-sgp`); all by default.
 */
const here = new URL('.', import.meta.url).pathname

const families = ['scale-sgp', 'prime-intellect', 'truefoundry'] as const

async function drive(family: string, database?: string): Promise<void> {
  const engine = database === undefined ? 'SQLite' : 'PostgreSQL'
  process.stdout.write(`\n${family} on ${engine}\n`)
  const server = await startServer(database === undefined ? {} : { database })
  try {
    must(
      virtualEnvironment(family, join(here, family, 'requirements.txt')),
      ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', join(here, family)],
      {
        STRONGROOM_URL: server.url,
        STRONGROOM_TOKEN: server.token,
        STRONGROOM_ACCOUNT_ID: server.accountId,
        PYTHONDONTWRITEBYTECODE: '1',
      },
    )
  } finally {
    await server.stop()
  }
}

const wanted = process.argv.slice(2)
const postgres = await startPostgres()
for (const family of families) {
  if (wanted.length > 0 && !wanted.includes(family)) continue
  await drive(family)
  await drive(family, await postgres.newDatabase())
}
await postgres.stop()

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startPostgres } from '#test/support/postgres.ts'
import { startServer } from '#test/support/server.ts'

/**
 * The vendors' own clients, unmodified, against a running server: once on each database engine. Takes
 * the names of families to run (`scale-sgp`); all by default.
 */
const here = new URL('.', import.meta.url).pathname
const root = join(here, '..', '..')

const families = ['scale-sgp'] as const

function must(command: string, args: readonly string[], env: Record<string, string> = {}): void {
  const done = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  if (done.status !== 0) {
    process.stderr.write(`${command} ${args.slice(0, 3).join(' ')} … failed\n`)
    process.exit(1)
  }
}

/** A virtual environment with the pinned packages of a family, made once for each list of them. */
function environment(family: string): string {
  const requirements = join(here, family, 'requirements.txt')
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex')
  const folder = join(root, '.venv', family)
  const stamp = join(folder, 'installed')
  const python = join(folder, 'bin', 'python')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return python
  must('python3', ['-m', 'venv', '--clear', folder])
  must(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    requirements,
  ])
  writeFileSync(stamp, digest)
  return python
}

async function drive(family: string, database?: string): Promise<void> {
  const engine = database === undefined ? 'SQLite' : 'PostgreSQL'
  process.stdout.write(`\n${family} on ${engine}\n`)
  const server = await startServer(database === undefined ? {} : { database })
  try {
    must(
      environment(family),
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

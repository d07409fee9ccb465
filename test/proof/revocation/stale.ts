import { copyFile, mkdir } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { startServer, type RunningServer } from '#test/support/server.ts'

/** A server on a copy of what another has now: it hears of nothing that is taken away from then on. */
export async function staleServer(
  { dataDir }: RunningServer,
  folder: string,
): Promise<RunningServer> {
  const copy = join(folder, 'stale')
  await mkdir(copy, { mode: 0o700 })
  await copyFile(`${dataDir}.key`, `${copy}.key`)
  const db = new DatabaseSync(join(dataDir, 'strongroom.db'), { readOnly: true })
  db.prepare('VACUUM INTO ?').run(join(copy, 'strongroom.db'))
  db.close()
  return startServer({ dataDir: copy })
}

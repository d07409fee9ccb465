import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export type Built = { readonly program: string } | { readonly why: string }

/**
 * The program of a folder with a `Cargo.toml`, `Cargo.lock` and `src`, built once for each state of
 * them into the user's cache; gives its path, or why there is none when this machine has no cargo.
 * Any number of processes may ask for it at once: each builds one, and the last one stays, which is
 * the same. Rejects when cargo refuses.
 */
export async function builtByCargo(name: string, folder: string): Promise<Built> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const programs = join(cache, 'strongroom')
  const place = join(programs, `${name}-${await digestOf(folder)}`)
  if (await isThere(place)) return { program: place }
  if (!(await hasCargo())) return { why: 'cargo is not on this machine' }
  await mkdir(programs, { recursive: true })
  const draft = await mkdtemp(join(programs, 'draft-'))
  try {
    await build(folder, draft)
    await copyFile(join(draft, 'debug', name), join(draft, name))
    await rename(join(draft, name), place)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return { program: place }
}

const hasCargo = (): Promise<boolean> =>
  run('cargo', ['--version']).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
      throw error
    },
  )

async function build(folder: string, target: string): Promise<void> {
  const options = ['--locked', '--quiet', '--target-dir', target]
  await run('cargo', ['build', ...options], { cwd: folder })
}

async function digestOf(folder: string): Promise<string> {
  const sources = (await readdir(join(folder, 'src'))).toSorted().map((file) => join('src', file))
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  for (const file of ['Cargo.toml', 'Cargo.lock', ...sources]) {
    hash.update(`${file}\n`).update(await readFile(join(folder, file)))
  }
  return hash.digest('hex').slice(0, 32)
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

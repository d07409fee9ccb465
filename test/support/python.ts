import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = new URL('../..', import.meta.url).pathname
const run = promisify(execFile)

/**
 * A folder of pinned Python packages, made once for each list of them; gives the path of its Python.
 * Any number of processes may ask for it at once: each makes one, and the first one stays.
 */
export async function pythonWith(name: string, requirements: string): Promise<string> {
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
  const folder = join(root, '.venv', name)
  if (!(await isMade(folder, digest))) await make(folder, requirements, digest)
  return join(folder, 'bin', 'python')
}

const isMade = async (folder: string, digest: string): Promise<boolean> =>
  (await readFile(join(folder, 'installed'), 'utf8').catch(() => null)) === digest

async function make(folder: string, requirements: string, digest: string): Promise<void> {
  await mkdir(join(root, '.venv'), { recursive: true })
  const draft = await mkdtemp(`${folder}-`)
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
  await run('python3', ['-m', 'venv', join(draft, 'made')])
  await run(join(draft, 'made', 'bin', 'python'), [...pip, '-r', requirements])
  await writeFile(join(draft, 'made', 'installed'), digest)
  await place(join(draft, 'made'), folder, digest)
  await rm(draft, { recursive: true, force: true })
}

/** Renames it into place, unless another process was first; what is of another list goes. */
async function place(made: string, folder: string, digest: string): Promise<void> {
  try {
    await rename(made, folder)
  } catch (error) {
    if (await isMade(folder, digest)) return
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOTEMPTY')) throw error
    await rename(folder, `${made}-old`)
    await place(made, folder, digest)
  }
}

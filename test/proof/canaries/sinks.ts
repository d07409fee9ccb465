import { existsSync, readdirSync, readFileSync, type Dirent } from 'node:fs'
import { join } from 'node:path'

/** Something that a secret could have come to, and what is in it. */
export interface Sink {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Every file under a folder, and the names of all. */
export function* filesIn(folder: string): Generator<Sink> {
  const names: string[] = []
  for (const entry of entriesOf(folder)) {
    names.push(entry.name)
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = bytesOf(path)
    if (bytes !== null) yield { name: path, bytes }
  }
  yield { name: `names of files in ${folder}`, bytes: Buffer.from(names.join('\n')) }
}

/** None of a folder that is gone by now. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
  } catch {
    return []
  }
}

/** `null` for what is gone by now. */
function bytesOf(path: string): Uint8Array | null {
  try {
    return readFileSync(path)
  } catch {
    return null
  }
}

/** The arguments, the environment and the name of a process and of all that it started, on Linux. */
export function* processesOf(root: number): Generator<Sink> {
  if (!existsSync('/proc/self/stat')) return
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? bytesOf(`/proc/${name}/stat`) : null
    // After the name, which may hold anything: the state, then the parent.
    const parent = /\) \S (\d+)/.exec(Buffer.from(stat ?? []).toString('latin1'))?.[1]
    if (parent !== undefined) parents.set(Number(name), Number(parent))
  }
  const isOurs = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === root || isOurs(parents.get(pid)))
  for (const pid of [...parents.keys()].filter(isOurs)) {
    for (const what of ['cmdline', 'environ', 'comm']) {
      const bytes = bytesOf(`/proc/${pid}/${what}`)
      if (bytes !== null) yield { name: `/proc/PID/${what}`, bytes }
    }
  }
}

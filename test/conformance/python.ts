import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = new URL('../..', import.meta.url).pathname

/** Runs a command to its end, in sight; the process ends with it if it fails. */
export function must(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): void {
  const done = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  if (done.status !== 0) {
    process.stderr.write(`${command} ${args.slice(0, 3).join(' ')} … failed\n`)
    process.exit(1)
  }
}

/**
 * The same while this process goes on: what the command talks to may be in it, and others may run
 * beside it, so that what it says is said in one piece at its end. Throws if it fails.
 */
export async function watched(
  title: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => said.push(chunk))
  }
  const [status] = (await once(child, 'close')) as [number | null]
  process.stdout.write(`\n${title}\n${Buffer.concat(said).toString()}`)
  if (status !== 0) throw new Error(`${title} failed`)
}

/**
 * A virtual environment with pinned packages, made once for each list of them; gives the path of
 * its Python.
 */
export function virtualEnvironment(name: string, requirements: string): string {
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex')
  const folder = join(root, '.venv', name)
  const stamp = join(folder, 'installed')
  const python = join(folder, 'bin', 'python')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return python
  process.stderr.write(`installing the clients for ${name} (once)\n`)
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
  must('python3', ['-m', 'venv', '--clear', folder])
  must(python, [...pip, '-r', requirements])
  writeFileSync(stamp, digest)
  return python
}

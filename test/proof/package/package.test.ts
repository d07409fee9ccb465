import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { ownDirectory } from '#test/support/directory.ts'
import { figures } from '#test/support/tier.ts'
import { installedIn, runsAnything, type Installed } from './installed.ts'

/**
 * What is released: a tarball that is the same wherever it is made of a commit, that runs as it is,
 * and with it nothing that runs at its installation, nothing native, and nothing unnamed.
 */

const root = new URL('../../../', import.meta.url).pathname
const run = promisify(execFile)

/** Makes the release in a clone of its own, elsewhere and otherwise than the one before. */
async function packed(timeZone: string): Promise<string> {
  const folder = await ownDirectory()
  await run('git', ['clone', '--quiet', root, join(folder, 'clone')])
  const env = { ...process.env, TZ: timeZone, LC_ALL: 'C' }
  const script = join(folder, 'clone/scripts/pack.mjs')
  await run(process.execPath, [script, join(folder, 'dist')], { env, cwd: '/' })
  return join(folder, 'dist')
}

async function contentsOf(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const names = (await readdir(folder)).sort()
  const files = names.map(async (name) => [name, await readFile(join(folder, name))] as const)
  return new Map(await Promise.all(files))
}

test('the release of a commit is the same bytes wherever it is made', async () => {
  const one = await contentsOf(await packed('UTC'))
  const two = await contentsOf(await packed('Asia/Tokyo'))
  assert.deepEqual([...two.keys()], [...one.keys()])
  for (const [name, bytes] of one) assert.ok(two.get(name)?.equals(bytes), name)
  assert.equal(one.size, 3)
})

/** Unpacks a release and starts it by the command of its README; gives what it says and where it is. */
async function started(t: TestContext): Promise<{ folder: string; url: string }> {
  const dist = await packed('UTC')
  const tarball = [...(await contentsOf(dist)).keys()].find((name) => name.endsWith('.tar.gz'))
  assert.ok(tarball)
  const into = await ownDirectory()
  await run('tar', ['-xzf', join(dist, tarball), '-C', into])
  const folder = join(into, tarball.replace('.tar.gz', ''))
  await run('cp', [join(dist, tarball.replace('.tar.gz', '.cdx.json')), join(folder, 'sbom.json')])
  const child = spawn(
    'npm',
    ['start', '--silent', '--', '--data', join(into, 'data'), '--listen', '127.0.0.1:0', '--json'],
    { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] },
  )
  t.after(async () => {
    const ended = once(child, 'exit')
    child.kill()
    await ended
  })
  for await (const line of createInterface({ input: child.stdout })) {
    return { folder, url: (JSON.parse(line) as { readonly url: string }).url }
  }
  throw new Error('the release ended before it answered')
}

const nameOf = ({ name, version }: Installed): string => `${name}@${version}`

/** The runtime for other platforms, which is named and never installed here. */
const elsewhere = /^node-(?:bin-)?(?:darwin|linux|win)-/

test('a release runs as it is, and brings what its list names and nothing that runs', async (t) => {
  const { folder, url } = await started(t)
  assert.equal((await fetch(`${url}/health`)).status, 200)
  const installed = await installedIn(join(folder, 'node_modules'))
  assert.deepEqual(
    installed.flatMap((one) => runsAnything(one).map((what) => `${one.path}: ${what}`)),
    [],
  )
  const { components } = JSON.parse(await readFile(join(folder, 'sbom.json'), 'utf8')) as {
    readonly components: readonly Installed[]
  }
  const there = new Set(installed.map(nameOf))
  const named = new Set(components.map(nameOf))
  assert.deepEqual([...there].filter((one) => !named.has(one)).sort(), [])
  assert.deepEqual([...named].filter((one) => !there.has(one) && !elsewhere.test(one)).sort(), [])
  figures(t, 'package', { packages: there.size, 'that run at their installation': 0, native: 0 })
})

test('a script of an installation, and native code, are seen', async () => {
  const harmless = {
    path: 'a',
    name: 'a',
    version: '1.0.0',
    scripts: { test: 'x' },
    files: ['a.js'],
  }
  assert.deepEqual(runsAnything(harmless), [])
  for (const script of ['preinstall', 'install', 'postinstall']) {
    assert.equal(runsAnything({ ...harmless, scripts: { [script]: 'x' } }).length, 1, script)
  }
  for (const file of ['a.node', 'binding.gyp', 'lib/a.so']) {
    assert.equal(runsAnything({ ...harmless, files: [file] }).length, 1, file)
  }
  const [typescript] = (await installedIn(join(root, 'node_modules'))).filter(
    ({ name }) => name === 'typescript',
  )
  assert.equal(typescript?.path, join(root, 'node_modules/typescript'))
})

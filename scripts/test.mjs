import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { compileCache, root, runtime } from './runtime.mjs'

const node = runtime({ forTests: true })
const quiet = '--disable-warning=ExperimentalWarning'

const module = (path) => join(root, 'node_modules', path)

const WHOLE = process.argv.includes('--whole')

/** What hangs is a failure, not a gate that never ends: a file ends with its tests, whatever they left running. */
const limits = ['--test-force-exit', ...(WHOLE ? [] : ['--test-timeout=600000'])]

/** Two files at a time: a test waits for servers, disks and clients for most of its own. */
const tests = ['--test', '--test-concurrency=2', ...limits]

/** Every suite by name; without a name all of `npm test` runs, in this order. */
const suites = {
  types: [module('typescript/bin/tsc'), '-p', '.'],
  lint: [module('eslint/bin/eslint.js'), '.'],
  format: [module('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'],
  unit: [...tests, 'src/**/*.test.ts', 'test/{api,cli,tree,wire,support}/**/*.test.ts'],
}

/** What takes longer, each by one command of its own; `.ci/run` runs them too. */
const longer = {
  conformance: ['test/conformance/run.ts'],
  crash: [...tests, 'test/crash/*.test.ts'],
  stores: [...tests, 'test/stores/*.test.ts'],
  proof: [...tests, 'test/proof/**/*.test.ts'],
}

function run(name, args) {
  process.stderr.write(`\n── ${name}\n`)
  const env = { ...process.env, ...compileCache() }
  const done = spawnSync(node, [quiet, ...args], { cwd: root, stdio: 'inherit', env })
  if (done.status !== 0) {
    process.stderr.write(`\n${name} failed\n`)
    process.exit(done.status ?? 1)
  }
}

const given = process.argv.slice(2)
const [only, ...rest] = given.filter((word) => word !== '--whole')
if (WHOLE) process.env.STRONGROOM_WHOLE = '1'
const all = { ...suites, ...longer }
if (only === undefined) {
  for (const [name, args] of Object.entries(suites)) run(name, args)
} else if (only in all) {
  run(only, [...all[only], ...rest])
} else {
  process.stderr.write(`no such suite; there are: ${Object.keys(all).join(', ')}\n`)
  process.exit(2)
}

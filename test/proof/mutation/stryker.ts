import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ownDirectory } from '#test/support/directory.ts'
import { mutantsIn, type Mutant, type Report } from './report.ts'

const execute = promisify(execFile)

const here = new URL('stryker/', import.meta.url).pathname
const root = new URL('../../../', import.meta.url).pathname
const program = join(here, 'node_modules/@stryker-mutator/core/bin/stryker.js')

/** What the tests of the rooms read; the packages are linked. */
const TREE = [
  ...['package.json', 'tsconfig.json', 'src'],
  ...['test/support', 'test/contract', 'test/vectors', 'test/cli'],
]

/** What is mutated (a file, or `file:from-to` by its lines), and the test files that may see it. */
export interface Trial {
  readonly mutate: readonly string[]
  readonly tests: readonly string[]
}

/** Installs the mutation tester as locked, unless it is there: it is no package of the project's. */
async function install(): Promise<void> {
  const lock = await readFile(join(here, 'package-lock.json'))
  const digest = createHash('sha256').update(lock).digest('hex')
  const mark = join(here, 'node_modules/.installed')
  if ((await readFile(mark, 'utf8').catch(() => null)) === digest) return
  await execute('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: here })
  await writeFile(mark, digest)
}

/** A copy of the project that may be mutated. */
export async function ownTree(): Promise<string> {
  const tree = await ownDirectory()
  await mkdir(join(tree, 'test'))
  for (const path of TREE) await cp(join(root, path), join(tree, path), { recursive: true })
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'))
  return tree
}

const settingsOf = ({ mutate, tests }: Trial, concurrency: number) => ({
  ...{ testRunner: 'tap', plugins: ['@stryker-mutator/tap-runner'], checkers: [] },
  ...{ coverageAnalysis: 'perTest', inPlace: true, concurrency, timeoutMS: 5_000 },
  ...{ mutate, tempDirName: 'mutated', reporters: ['json'] },
  jsonReporter: { fileName: 'mutated.json' },
  tap: {
    testFiles: tests,
    // Without a reporter named, Node says it in words that are not TAP.
    nodeArgs: [
      ...['--disable-warning=ExperimentalWarning', '--test-reporter=tap'],
      ...['-r', '{{hookFile}}', '{{testFile}}'],
    ],
    forceBail: true,
  },
})

/** The tests run by this Node, on their own: not as a part of the run that this is. */
const environment = (tree: string): NodeJS.ProcessEnv => ({
  ...process.env,
  ...{ NODE_TEST_CONTEXT: undefined, STRONGROOM_WHOLE: undefined },
  PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
  NODE_COMPILE_CACHE: join(tree, 'compiled'),
})

/** Mutates the tree piece by piece, runs the tests that reach each piece, and puts it back. */
export async function mutate(
  tree: string,
  trial: Trial,
  concurrency: number,
): Promise<readonly Mutant[]> {
  await install()
  await writeFile(join(tree, 'mutated.config.json'), JSON.stringify(settingsOf(trial, concurrency)))
  await execute(process.execPath, [program, 'run', 'mutated.config.json'], {
    ...{ cwd: tree, env: environment(tree), maxBuffer: 64 * 1024 * 1024 },
  })
  const report = JSON.parse(await readFile(join(tree, 'mutated.json'), 'utf8')) as Report
  return mutantsIn(report)
}

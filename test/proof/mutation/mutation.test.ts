import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { figures, sized, WHOLE } from '#test/support/tier.ts'
import { sample, whole } from './draw.ts'
import { scoreOf, stale, told, type Mutant } from './report.ts'
import { ROOMS } from './rooms.ts'
import { mutate, ownTree, type Trial } from './stryker.ts'

/**
 * What decides, what is proven of the record, and what seals, each changed in one place at a time: the
 * tests beside it must see at least nine of ten such faults. What no test can see, because it is no
 * fault, is listed with the reason.
 */

const SEED = 20_261_121

/** Lines of each room that are drawn for the gate. */
const LINES = 6

const ENOUGH = 90

const percent = (mutants: readonly Mutant[]): string => {
  const { killed, survivors, percent: of } = scoreOf(mutants)
  return `${of.toFixed(1)} % (${killed} of ${killed + survivors.length})`
}

test('nine of ten faults in what decides, records and seals are seen by its tests', async (t) => {
  const trial = WHOLE ? whole(ROOMS) : sample(SEED, LINES)
  const mutants = await mutate(await ownTree(), trial, sized(1, 2))
  const score = scoreOf(mutants)
  const of = (file: string): readonly Mutant[] => mutants.filter((one) => one.file === file)
  const files = [...new Set(mutants.map(({ file }) => file))]
  figures(t, 'mutation', {
    mutants: mutants.length,
    killed: score.killed,
    'listed as equivalent': score.equivalent.length,
    survived: score.survivors.length,
    score: percent(mutants),
    ...Object.fromEntries(files.map((file) => [`\`${file}\``, percent(of(file))])),
  })
  for (const one of score.survivors) t.diagnostic(`survived: ${told(one)}`)
  assert.ok(mutants.length >= sized(15, 1_200), `${mutants.length} mutants`)
  assert.ok(score.percent >= ENOUGH, percent(mutants))
  if (!WHOLE) return
  assert.deepEqual(stale(mutants), [], 'listed as equivalent, but not so')
})

const ASSERT = "import assert from 'node:assert/strict'"

/** The same tests, run to their end, but whatever they assert is taken as so. */
function emptied(text: string): string {
  assert.ok(text.includes(ASSERT))
  const nothing = 'const assert = new Proxy(() => undefined, { get: () => () => undefined })'
  return text.replace(ASSERT, nothing)
}

test('control: the tests of a file that assert nothing see too little', async (t) => {
  const trial: Trial = { mutate: ['src/domain/audit.ts'], tests: ['src/domain/audit.test.ts'] }
  const tree = await ownTree()
  const full = scoreOf(await mutate(tree, trial, 1))
  for (const path of trial.tests.map((test) => join(tree, test))) {
    await writeFile(path, emptied(await readFile(path, 'utf8')))
  }
  const empty = scoreOf(await mutate(tree, trial, 1))
  figures(t, 'mutation', {
    'with what they assert': `${full.percent} %`,
    'without it': `${empty.percent} %`,
  })
  assert.ok(full.percent >= ENOUGH, `${full.percent} %`)
  assert.ok(empty.percent < ENOUGH, `${empty.percent} %`)
})

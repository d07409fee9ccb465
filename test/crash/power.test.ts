import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ownDirectory } from '#test/support/directory.ts'
import { figures, sized } from '#test/support/tier.ts'
import { compilePower, PoweredGround, torn } from './power.ts'
import { newTally, report, runRounds } from './rounds.ts'

/**
 * The power goes while 16 writers write: of every file only what was flushed is left, and every
 * other time a random part of the rest. Whatever was acknowledged is there after that.
 */

const ROUNDS = sized(50, 1_000)
/** Each vault so many: what it holds is looked at after every one. */
const ROUNDS_A_VAULT = 50
const CONTROL_ROUNDS = 4

const folder = await mkdtemp(join(tmpdir(), 'strongroom-'))
after(() => rm(folder, { recursive: true, force: true }))
const compiled = compilePower(folder)
const library = 'library' in compiled ? compiled.library : ''
const skip = 'why' in compiled ? compiled.why : false

test('power loss while 16 writers write: nothing acknowledged is lost', { skip }, async (t) => {
  const tally = newTally()
  let checkpoints = 0
  while (tally.rounds < ROUNDS) {
    const ground = new PoweredGround(await ownDirectory(), { library, settled: true })
    await runRounds(ground, ROUNDS_A_VAULT, tally)
    checkpoints += ground.checkpoints
  }
  report(t, 'power', tally, { 'rounds with a checkpoint': checkpoints })
  assert.ok(checkpoints > 0, 'no checkpoint was cut off')
})

test(
  'power loss in the first minute of a vault: nothing acknowledged is lost',
  { skip },
  async (t) => {
    const tally = newTally()
    for (let n = 0; n < ROUNDS / 10; n++) {
      const ground = new PoweredGround(await ownDirectory(), { library, settled: false })
      await runRounds(ground, 1, tally)
    }
    report(t, 'power', tally)
  },
)

test(
  'power loss: a vault that does not wait for its flushes is seen to lose',
  { skip },
  async (t) => {
    const tally = newTally()
    const options = { library, ignore: 'threads', settled: true } as const
    const ground = new PoweredGround(await ownDirectory(), options)
    await runRounds(ground, CONTROL_ROUNDS, tally)
    figures(t, 'power', { rounds: tally.rounds, faults: tally.faults.length })
    const rounds = new Set(tally.faults.map((fault) => fault.split(':')[0]))
    assert.equal(rounds.size, CONTROL_ROUNDS, 'a loss in every round')
  },
)

test('power loss: a torn file is a mixture of what was flushed and what was written', () => {
  const [flushed, written] = [Buffer.alloc(512 * 20, 1), Buffer.alloc(512 * 40 + 7, 2)]
  const mixed = torn(flushed, written)
  const sectors = Array.from({ length: 20 }, (_, n) => mixed.subarray(512 * n, 512 * (n + 1)))
  for (const sector of sectors)
    assert.ok([1, 2].some((byte) => sector.every((one) => one === byte)))
  assert.ok(mixed.length >= flushed.length && mixed.length <= written.length)
  assert.deepEqual(torn(flushed, flushed), flushed)
})

import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Api } from '#test/support/api.ts'
import { figures, type Figures } from '#test/support/tier.ts'
import { inconsistencies, settle } from './check.ts'
import { Ledger } from './ledger.ts'
import type { Snapshot } from './snapshot.ts'
import { startWriting, unlikeAnswers } from './writers.ts'

/** A vault that runs. */
export interface Vault {
  readonly url: string
  readonly token: string
  kill(): Promise<void>
}

/** Where the rounds of one vault take place. */
export interface Ground {
  /** Starts the vault on what is there; it is new when no token is given. */
  start(token?: string): Promise<Vault>
  /** What else happens when it is killed. */
  cut?(): Promise<void>
  /** What the database holds while no vault runs on it. */
  snapshot(): Promise<Snapshot>
}

export interface Tally {
  rounds: number
  acknowledged: number
  /** Requests that were cut off before their answer, and how many of them were done. */
  inDoubt: number
  done: number
  readonly faults: string[]
}

export const newTally = (): Tally => ({
  ...{ rounds: 0, acknowledged: 0, inDoubt: 0, done: 0 },
  faults: [],
})

const ACTIVE_MS = [20, 151] as const

/** Writes, kills and looks, so many times on one vault; what is found goes into the tally. */
export async function runRounds(ground: Ground, rounds: number, tally: Tally): Promise<Ledger> {
  const ledger = new Ledger()
  let vault = await ground.start()
  const { token } = vault
  try {
    for (let round = 0; round < rounds; round++) {
      const before = ledger.items.length
      await writeAndKill(vault, ledger, round)
      await ground.cut?.()
      tally.inDoubt += ledger.inDoubt.length
      const snapshot = await ground.snapshot()
      const { lost, done } = settle(ledger, snapshot)
      vault = await ground.start(token)
      const api = new Api(vault.url, token)
      const wrong = await unlikeAnswers(api, ledger.items.slice(before))
      tally.faults.push(
        ...[...inconsistencies(snapshot), ...lost, ...wrong].map(
          (fault) => `round ${tally.rounds}: ${fault}`,
        ),
      )
      tally.done += done
      tally.rounds++
    }
  } finally {
    await vault.kill()
    tally.acknowledged += ledger.acknowledged
  }
  return ledger
}

async function writeAndKill(vault: Vault, ledger: Ledger, round: number): Promise<void> {
  const writing = startWriting(new Api(vault.url, vault.token), ledger, `r${round}`)
  await Promise.race([writing.first, writing.ended])
  await delay(randomInt(...ACTIVE_MS))
  await vault.kill()
  await writing.ended
}

/** Says what came of it, and fails if anything is wrong. */
export function report(
  t: TestContext,
  suite: string,
  { rounds, acknowledged, inDoubt, done, faults }: Tally,
  more: Figures = {},
): void {
  figures(t, suite, {
    ...{ rounds, 'acknowledged writes': acknowledged, faults: faults.length },
    ...{ 'requests cut off before their answer': inDoubt, 'of them done': done },
    ...more,
  })
  assert.deepEqual(faults.slice(0, 20), [])
  assert.ok(acknowledged > rounds, 'too few writes to mean anything')
}

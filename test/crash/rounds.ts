import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { Api } from '#test/support/api.ts'
import { startServer, type RunningServer } from '#test/support/server.ts'
import { inconsistencies, settle } from './check.ts'
import { Ledger } from './ledger.ts'
import type { Snapshot } from './snapshot.ts'
import { startWriting, unlikeAnswers } from './writers.ts'

/** Where the rounds of one vault take place. */
export interface Ground {
  readonly dataDir: string
  readonly database?: string
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
  const { dataDir, database } = ground
  const place = { dataDir, ...(database === undefined ? {} : { database }) }
  const ledger = new Ledger()
  let server = await startServer(place)
  const { token } = server
  try {
    for (let round = 0; round < rounds; round++) {
      const before = ledger.items.length
      await writeAndKill(server, ledger, round)
      tally.inDoubt += ledger.inDoubt.length
      const snapshot = await ground.snapshot()
      const { lost, done } = settle(ledger, snapshot)
      server = await startServer({ ...place, token })
      const api = new Api(server.url, token)
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
    await server.kill()
    tally.acknowledged += ledger.acknowledged
  }
  return ledger
}

async function writeAndKill(server: RunningServer, ledger: Ledger, round: number): Promise<void> {
  const writing = startWriting(new Api(server.url, server.token), ledger, `r${round}`)
  await Promise.race([writing.first, writing.ended])
  await delay(randomInt(...ACTIVE_MS))
  await server.kill()
  await writing.ended
}

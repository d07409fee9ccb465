import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { Api, type Answer } from '#test/support/api.ts'
import { inconsistencies, settle } from './check.ts'
import { Ledger } from './ledger.ts'
import type { Fault } from './fault.ts'
import type { PoweredGround } from './power.ts'
import { startWriting, unlikeAnswers } from './writers.ts'

/** How long the disk may take to come to its fault, and a vault to work again after it. */
const FAULT_WITHIN_MS = 30_000
const BACK_WITHIN_MS = 5_000

/** A running vault with a value of its own to read. */
export interface Subject {
  readonly api: Api
  readonly ledger: Ledger
  /** Reads that value: that is put on the record, so it needs the disk. */
  readonly read: () => Promise<Answer>
}

/** What is done to a vault at one point while its writers write; gives what was wrong. */
export type Trial = (subject: Subject, n: number) => Promise<readonly string[]>

export interface DiskTally {
  points: number
  acknowledged: number
  /** Requests that were not acknowledged, and how many of them were done all the same. */
  refused: number
  done: number
  readonly faults: string[]
}

export const newDiskTally = (): DiskTally => ({
  ...{ points: 0, acknowledged: 0, refused: 0, done: 0 },
  faults: [],
})

export const VALUE = 'value of the witness'

const problem = (error: unknown): string =>
  error instanceof Error ? error.message.split('\n').slice(0, 3).join(' ') : String(error)

/** A vault on a disk that can be broken. */
export interface Disk {
  readonly fault: Fault
  readonly ground: PoweredGround
}

/** Tries the points of each round on one vault, then cuts its power and looks at what is left. */
export async function runPoints(
  { ground, fault }: Disk,
  rounds: readonly (readonly number[])[],
  trial: Trial,
  tally: DiskTally,
): Promise<void> {
  const ledger = new Ledger()
  let vault = await ground.start()
  const { token } = vault
  const made = await new Api(vault.url, token).post('/v5/credentials', {
    ...{ type: 'key', name: 'witness', payload: VALUE },
  })
  const path = `/v5/credentials/${made.expect(200).str('id')}/secret`
  try {
    for (const points of rounds) {
      const before = ledger.items.length
      const api = new Api(vault.url, token)
      const subject = { api, ledger, read: () => api.post(path) }
      const wrong: string[] = []
      for (const n of points) {
        wrong.push(...(await writeThrough(subject, n, trial)).map((what) => `point ${n}: ${what}`))
      }
      await vault.kill()
      fault.mend()
      await ground.cut()
      tally.refused += ledger.inDoubt.length
      const snapshot = await ground.snapshot()
      const { lost, done } = settle(ledger, snapshot)
      vault = await ground.start(token)
      const again = new Api(vault.url, token)
      wrong.push(
        ...[
          ...[...inconsistencies(snapshot), ...lost],
          ...(await unlikeAnswers(again, ledger.items.slice(before))),
          ...unlikeValue(await again.post(path)),
        ].map((what) => `after points ${points.join(', ')}: ${what}`),
      )
      tally.faults.push(...wrong)
      tally.done += done
      tally.points += points.length
    }
  } finally {
    await vault.kill()
    tally.acknowledged += ledger.acknowledged
  }
}

export const unlikeValue = (opened: Answer): readonly string[] =>
  opened.status === 200 && opened.str('result') === VALUE ? [] : [`the witness: ${opened.text}`]

async function writeThrough(subject: Subject, n: number, trial: Trial): Promise<string[]> {
  const stop = new AbortController()
  // A point may come again on the same vault, and names may not.
  const mark = `p${n}-${subject.ledger.items.length}`
  const writing = startWriting(subject.api, subject.ledger, mark, { until: stop.signal })
  const ended = writing.ended.then(
    () => [],
    (error: unknown) => [`a writer: ${problem(error)}`],
  )
  await Promise.race([writing.first, ended])
  const wrong = await trial(subject, n).catch((error: unknown) => [problem(error)])
  stop.abort()
  return [...wrong, ...(await ended)]
}

/** Asks again and again until the answer has another status than this; gives it. */
export async function untilNot(status: number, ask: () => Promise<Answer>): Promise<Answer> {
  const deadline = Date.now() + FAULT_WITHIN_MS
  for (;;) {
    const answer = await ask()
    if (answer.status !== status) return answer
    assert.ok(Date.now() < deadline, `it is still answered ${status}`)
  }
}

/** Asks until it is answered 200, as long as that may take; gives how long it took. */
export async function untilBack(ask: () => Promise<Answer>): Promise<number> {
  const since = performance.now()
  for (;;) {
    const { status, text } = await ask()
    const took = performance.now() - since
    if (status === 200) return took
    assert.ok(
      took < BACK_WITHIN_MS,
      `nothing is in its way, and after ${Math.round(took)} ms: ${text}`,
    )
    await delay(5)
  }
}

/** What was answered with anything but "unavailable" while nothing can be put on the record. */
export async function answeredAllTheSame(subject: Subject, n: number): Promise<readonly string[]> {
  const { api, read } = subject
  const answers = await Promise.all([
    read(),
    api.get('/v5/sgp/secrets?limit=1'),
    api.get('/v5/credentials?limit=1'),
    api.post('/v5/sgp/secrets', { key: `late-${n}`, value: 'late' }),
    api.as(null).get('/v5/sgp/secrets'),
    api.get('/strongroom/v1/audit?limit=1'),
  ])
  return answers
    .filter(({ status, text }) => status !== 503 || text.includes(VALUE))
    .map(({ status, text }) => `answered ${status} without a record: ${text.slice(0, 200)}`)
}

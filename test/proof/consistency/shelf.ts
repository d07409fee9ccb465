import { randomInt } from 'node:crypto'
import type { Operation, Outcome, Vault } from './operation.ts'

/** The bugs that the judge must find, each in a vault that is right but for it. */
export const BUGS = [
  'a lost update',
  'a stale read',
  'a double create',
  'a resurrected delete',
  'an expected version that is not looked at',
  'a read of what is not committed',
  'an activation of a version that is not there',
  'two winners of one version',
  'a version number given again',
  'a write that is acknowledged and lost at a kill',
] as const

export type Bug = (typeof BUGS)[number]

interface Kept {
  readonly id: string
  readonly current: number
  readonly values: readonly string[]
}

type Found = Kept | undefined

/** How often, out of so many times, a bug shows. */
const SELDOM = 6

const pause = async (): Promise<void> => {
  for (let n = randomInt(4); n > 0; n--) await new Promise((resolve) => setImmediate(resolve))
}

const absent: Outcome = { outcome: 'absent' }
const done = ({ id, current }: Kept) =>
  ({ outcome: 'done', gotId: id, gotNumber: current }) as const

/** A vault in memory, with one bug or none. */
export class Shelf implements Vault {
  readonly #bug: Bug | null
  readonly #kept = new Map<string, Kept>()
  readonly #before = new Map<string, Found>()
  #made = 0
  #asked = 0

  constructor(bug: Bug | null) {
    this.#bug = bug
  }

  async ask(key: string, operation: Operation): Promise<Outcome> {
    await pause()
    if (++this.#asked % 100 === 0) this.#kill(key)
    const outcome = await this.#do(key, operation)
    await pause()
    return outcome
  }

  #do(key: string, operation: Operation): Promise<Outcome> | Outcome {
    switch (operation.kind) {
      case 'create':
        return this.#create(key, operation.value)
      case 'read':
        return this.#read(key)
      case 'cas':
        return this.#cas(key, operation)
      case 'activate':
        return this.#activate(key, operation)
      case 'delete':
        return this.#delete(key, operation.id)
    }
  }

  #shows(bug: Bug): boolean {
    return this.#bug === bug && randomInt(SELDOM) === 0
  }

  #put(key: string, now: Found): void {
    this.#before.set(key, this.#kept.get(key))
    if (now === undefined) this.#kept.delete(key)
    else this.#kept.set(key, now)
  }

  #kill(key: string): void {
    if (this.#bug !== 'a write that is acknowledged and lost at a kill') return
    this.#put(key, this.#before.get(key))
  }

  async #create(key: string, value: string): Promise<Outcome> {
    if (this.#kept.has(key)) return { outcome: 'conflict' }
    if (this.#bug === 'a double create') await pause()
    const made = { id: `id-${++this.#made}`, current: 1, values: [value] }
    this.#put(key, made)
    return done(made)
  }

  #read(key: string): Outcome {
    const found = this.#shows('a stale read') ? this.#before.get(key) : this.#kept.get(key)
    if (found === undefined) return absent
    return { ...done(found), gotValue: found.values[found.current - 1] ?? '' }
  }

  async #cas(key: string, asked: Extract<Operation, { kind: 'cas' }>): Promise<Outcome> {
    const found = this.#kept.get(key)
    if (found?.id !== asked.id) return absent
    const ignored = this.#shows('an expected version that is not looked at')
    if (found.current !== asked.number && !ignored) {
      return { outcome: 'conflict', gotCurrent: found.current }
    }
    const kept = this.#bug === 'a version number given again' ? found.current : found.values.length
    const values = [...found.values.slice(0, kept), asked.value]
    const next = { ...found, values, current: values.length }
    return this.#write(key, found, next)
  }

  async #write(key: string, found: Kept, next: Kept): Promise<Outcome> {
    if (this.#bug === 'two winners of one version') {
      await pause()
      if (this.#kept.get(key)?.id !== found.id) return absent
    }
    if (this.#bug === 'a resurrected delete') {
      await pause()
      const now = this.#kept.get(key)
      if (now !== undefined && now !== found) {
        return now.id === found.id ? { outcome: 'conflict', gotCurrent: now.current } : absent
      }
    }
    if (this.#shows('a read of what is not committed')) {
      this.#kept.set(key, next)
      await pause()
      this.#kept.set(key, found)
      return { outcome: 'open' }
    }
    if (!this.#shows('a lost update')) this.#put(key, next)
    return done(next)
  }

  #activate(key: string, { id, number }: Extract<Operation, { kind: 'activate' }>): Outcome {
    const found = this.#kept.get(key)
    if (found?.id !== id) return absent
    if (number > found.values.length) {
      return this.#bug === 'an activation of a version that is not there'
        ? done({ ...found, current: number })
        : absent
    }
    const next = { ...found, current: number }
    this.#put(key, next)
    return done(next)
  }

  #delete(key: string, id: string): Outcome {
    if (this.#kept.get(key)?.id !== id) return absent
    this.#put(key, undefined)
    return { outcome: 'done' }
  }
}

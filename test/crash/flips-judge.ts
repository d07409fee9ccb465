import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Core } from '#core/core.ts'
import { perform } from '#core/perform.ts'
import { readSecret } from '#core/read-secret.ts'
import { boot } from '#server/boot.ts'
import { readConfig, type Config } from '#server/config.ts'
import { realWorld } from '#server/world.ts'
import type { Ask } from './flips-estate.ts'

/** What was answered: a value with its version, or nothing. */
export type Told = string | null

/** A way to look less closely, for the control. */
export type Blinding = (core: Core) => Core

/** What came of a database that is not as it was written. */
export type Verdict =
  /** The vault does not start on it. */
  | { readonly kind: 'no start' }
  /** Another value than the right one, or one that nobody was given before. */
  | { readonly kind: 'wrong'; readonly what: readonly string[] }
  /** The right value, to who could not read it before. */
  | { readonly kind: 'opened'; readonly what: readonly string[] }
  /** Values are kept back; those that are given are right. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'no effect' }

const ORIGIN = { dialect: 'test', address: 'local' }

/** Asks in a process of a vault: this one. */
async function answers(core: Core, asks: readonly Ask[]): Promise<readonly Told[]> {
  return Promise.all(
    asks.map(async ({ token, ref, version }) => {
      try {
        const found = await core.callers.findAfresh(token)
        if (found === null) return null
        const session = { origin: ORIGIN, token, found }
        const read = await perform(core, session, readSecret, { ref, version })
        if (!read.ok) return null
        return `${read.value.version} ${Buffer.from(read.value.value.reveal()).toString('utf8')}`
      } catch {
        return null
      }
    }),
  )
}

/** A vault on a copy of a database file, over and over. */
export class Judge {
  readonly #folder: string
  readonly #asks: readonly Ask[]
  #right: readonly Told[] = []

  /** `folder` holds the data folder `data` with what is beside it. */
  constructor(folder: string, asks: readonly Ask[]) {
    this.#folder = folder
    this.#asks = asks
  }

  /** What the whole database answers; everything later is held against that. */
  async learn(bytes: Uint8Array): Promise<readonly Told[]> {
    const told = await this.#ask(bytes, (core) => core)
    if (told === null) throw new Error('the whole database does not open')
    this.#right = told
    return told
  }

  async judge(bytes: Uint8Array, blinding: Blinding = (core) => core): Promise<Verdict> {
    const told = await this.#ask(bytes, blinding)
    if (told === null) return { kind: 'no start' }
    const differing = told.flatMap((value, n) => (value === this.#right[n] ? [] : [n]))
    const given = differing.filter((n) => told[n] !== null)
    const known = new Set(this.#right)
    const wrong = given.filter((n) => this.#right[n] !== null || !known.has(told[n] ?? null))
    if (wrong.length > 0) return { kind: 'wrong', what: this.#names(wrong, told) }
    if (given.length > 0) return { kind: 'opened', what: this.#names(given, told) }
    return { kind: differing.length > 0 ? 'refused' : 'no effect' }
  }

  #names(which: readonly number[], told: readonly Told[]): readonly string[] {
    return which.map((n) => `${this.#asks[n]?.called}: ${told[n]}, not ${this.#right[n]}`)
  }

  /** The database after somebody with a vault of its own, or none, has written to it. */
  async edited(
    bytes: Uint8Array,
    edit: (db: DatabaseSync, core: Core) => unknown,
  ): Promise<Buffer> {
    const path = await this.#copy(bytes)
    const { core } = await boot(this.#config(), realWorld())
    const db = new DatabaseSync(path)
    await edit(db, core)
    db.close()
    await core.database.close()
    return readFile(path)
  }

  async #ask(bytes: Uint8Array, blinding: Blinding): Promise<readonly Told[] | null> {
    await this.#copy(bytes)
    const booted = await boot(this.#config(), realWorld()).catch(() => null)
    if (booted === null) return null
    try {
      return await answers(blinding(booted.core), this.#asks)
    } finally {
      await booted.core.stores.close()
      await booted.core.database.close().catch(() => undefined)
    }
  }

  async #copy(bytes: Uint8Array): Promise<string> {
    const path = join(this.#folder, 'copy', 'strongroom.db')
    await rm(dirname(path), { recursive: true, force: true })
    await mkdir(dirname(path))
    await writeFile(path, bytes)
    return path
  }

  #config(): Config {
    const [data, key] = [join(this.#folder, 'copy'), join(this.#folder, 'data.key')]
    return readConfig(['--data', data, '--key', key, '--private-stores'], {})
  }
}

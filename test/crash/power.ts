import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Fault } from './fault.ts'
import type { Ground, Vault } from './rounds.ts'
import { sqliteSnapshot } from './snapshot.ts'

const MAIN = new URL('../../src/server/main.ts', import.meta.url).pathname

/** What a disk does with what was written and not flushed when the power goes. */
export type Unflushed = 'lost' | 'torn'

export interface PowerOptions {
  /** The compiled `power.c`. */
  readonly library: string
  /** Flushes that only say that they were done: those of Node's own threads. */
  readonly ignore?: 'threads'
  /** The first start is kept, as if long ago; otherwise it can be cut off too. */
  readonly settled: boolean
  /** After how many rounds the log is brought close to a checkpoint; 2 by default. */
  readonly fillEvery?: number
  /** What else goes wrong with this disk. */
  readonly fault?: Fault
}

/** Compiles the disk that loses power; gives why not when it cannot be had here. */
export const compilePower = (folder: string): Compiled => compileLibrary(folder, 'power')

export type Compiled = { readonly library: string } | { readonly why: string }

/** Compiles a library of this folder to preload; gives why not when it cannot be had here. */
export function compileLibrary(folder: string, name: 'power' | 'fault'): Compiled {
  if (process.platform !== 'linux') return { why: 'needs Linux: it is preloaded into the process' }
  const library = join(folder, `${name}.so`)
  const source = new URL(`${name}.c`, import.meta.url).pathname
  const options = ['-O2', '-shared', '-fPIC', '-o', library, source, '-ldl', '-lpthread']
  const done = spawnSync('cc', options)
  if (done.error !== undefined) return { why: 'needs a C compiler (cc)' }
  return done.status === 0 ? { library } : { why: `cc: ${done.stderr.toString()}` }
}

/** A vault on a disk of which, when it is killed, only what was flushed is left. */
export class PoweredGround implements Ground {
  /** Rounds in which a checkpoint brought pages of the log into the database file. */
  checkpoints = 0
  readonly #folder: string
  readonly #options: PowerOptions
  #before: Buffer | null = null
  #rounds = 0

  constructor(folder: string, options: PowerOptions) {
    this.#folder = folder
    this.#options = options
  }

  get #live(): string {
    return join(this.#folder, 'live')
  }

  get #kept(): string {
    return join(this.#folder, 'kept')
  }

  async start(token?: string): Promise<Vault> {
    if (token === undefined) {
      await mkdir(this.#live)
      await mkdir(this.#kept)
    }
    if (token === undefined && this.#options.settled) {
      const first = await this.#run('')
      first.child.kill('SIGTERM')
      await once(first.child, 'exit')
      await rm(this.#kept, { recursive: true })
      await cp(this.#live, this.#kept, { recursive: true })
      return this.start(first.token)
    }
    const { child, url, token: first = token ?? '' } = await this.#run(this.#options.library)
    return {
      url,
      token: first,
      async kill() {
        if (child.exitCode !== null || child.signalCode !== null) return
        const exit = once(child, 'exit')
        child.kill('SIGKILL')
        await exit
      },
    }
  }

  async #run(library: string): Promise<{ child: ChildProcess; url: string; token?: string }> {
    const { ignore, fault } = this.#options
    const preload = library === '' || fault === undefined ? library : `${library}:${fault.library}`
    const data = join(this.#live, 'data')
    const child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        MAIN,
        '--data',
        data,
        '--listen',
        '127.0.0.1:0',
        '--json',
      ],
      {
        // A disk that is full is told of at every request.
        stdio: ['ignore', 'pipe', fault === undefined ? 'inherit' : 'ignore'],
        env: {
          ...{ PATH: process.env['PATH'], LD_PRELOAD: preload, UV_USE_IO_URING: '0' },
          // Written by the first that ends by itself, and read by all that come after it.
          NODE_COMPILE_CACHE: join(dirname(this.#options.library), 'compiled'),
          ...{ POWER_FROM: this.#live, POWER_TO: this.#kept, ...fault?.environment(this.#live) },
          ...(ignore === undefined ? {} : { POWER_IGNORE: ignore }),
        },
      },
    )
    for await (const line of createInterface({ input: child.stdout })) {
      return { child, ...(JSON.parse(line) as { url: string; token?: string }) }
    }
    throw new Error('the vault ended before it answered')
  }

  /** Every other time, some of what was not flushed is there all the same, sector by sector. */
  async cut(): Promise<void> {
    if (randomInt(2) === 0) await this.#tear()
    for (const name of await readdir(this.#kept, { recursive: true })) {
      if (!name.endsWith('.unnamed')) continue
      const lost = name.endsWith('/folder.unnamed') ? dirname(name) : name
      await rm(join(this.#kept, lost), { recursive: true, force: true })
    }
    const file = await this.#databaseFile(this.#kept)
    if (this.#before !== null && file?.equals(this.#before) !== true) this.checkpoints++
    await rm(this.#live, { recursive: true })
    await rename(this.#kept, this.#live)
    if (this.#rounds++ % (this.#options.fillEvery ?? 2) === 0)
      fillLog(join(this.#live, 'data', 'strongroom.db'))
    await cp(this.#live, this.#kept, { recursive: true })
    this.#before = await this.#databaseFile(this.#kept)
  }

  #databaseFile(place: string): Promise<Buffer | null> {
    return readFile(join(place, 'data', 'strongroom.db')).catch(() => null)
  }

  async #tear(): Promise<void> {
    for (const name of ['strongroom.db', 'strongroom.db-wal']) {
      const kept = join(this.#kept, 'data', name)
      const flushed = await readFile(kept).catch(() => null)
      if (flushed === null) continue
      await writeFile(kept, torn(flushed, await readFile(join(this.#live, 'data', name))))
    }
  }

  snapshot() {
    return sqliteSnapshot(join(this.#live, 'data', 'strongroom.db'))
  }
}

/** Frames in the log from which on SQLite brings it into the database file (src/database/engines). */
const CHECKPOINT_FRAMES = 16_384
const NEAR_FRAMES = 200

/** Brings the log file so far that the next writes need a checkpoint, and start it anew. */
function fillLog(path: string): void {
  // An even number: what is changed to and fro is in the end as it was.
  const frames = CHECKPOINT_FRAMES - 2 * randomInt(NEAR_FRAMES / 2)
  const script = `
    const db = new (require('node:sqlite').DatabaseSync)(${JSON.stringify(path)})
    db.exec('PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = OFF')
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    const change = db.prepare('UPDATE installation SET created_at = created_at + ?')
    for (let n = 0; n < ${frames}; n++) change.run(n % 2 === 0 ? 1 : -1)
    process.kill(process.pid, 'SIGKILL')`
  const done = spawnSync(process.execPath, ['--eval', script], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (done.signal !== 'SIGKILL')
    throw new Error(`the log was not filled: ${done.stderr.toString()}`)
}

const SECTOR = 512

/** `flushed`, with a random half of the sectors in which `written` is further. */
export function torn(flushed: Buffer, written: Buffer): Buffer {
  const length = Math.max(flushed.length, written.length)
  const mixed = Buffer.alloc(length)
  flushed.copy(mixed)
  let end = flushed.length
  for (let at = 0; at < written.length; at += SECTOR) {
    const sector = written.subarray(at, at + SECTOR)
    if (sector.equals(flushed.subarray(at, at + SECTOR)) || randomInt(2) === 0) continue
    sector.copy(mixed, at)
    end = Math.max(end, at + sector.length)
  }
  return mixed.subarray(0, end)
}

import { closeSync, fdatasync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseDown } from '#ports/database.ts'

type Told = (failure: DatabaseDown | null) => void

/**
 * Brings SQLite's log file to disk, off the event loop. One flush runs at a time; each covers every
 * commit written before it began. What a failed flush left on disk nobody can know (the kernel
 * drops the error with the pages), so after one nothing is ever acknowledged again by this process.
 */
export class Flusher {
  readonly #fd: number
  #waiting: Told[] = []
  #running = false
  #failure: DatabaseDown | null = null
  #idle: (() => void) | null = null

  /** `path`: the log file, which SQLite made when it first wrote in WAL mode. */
  constructor(path: string) {
    this.#fd = openSync(path, 'r+')
    // The file's name must be on disk too, or a flushed file is lost with it.
    const folder = openSync(dirname(path), 'r')
    fsyncSync(folder)
    closeSync(folder)
  }

  get failure(): DatabaseDown | null {
    return this.#failure
  }

  /** Calls back once everything written before this call is on disk, or cannot be said to be. */
  flush(told: Told): void {
    this.#waiting.push(told)
    if (!this.#running) this.#start()
  }

  async close(): Promise<void> {
    if (this.#running) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
    closeSync(this.#fd)
  }

  #start(): void {
    const covered = this.#waiting
    this.#waiting = []
    this.#running = true
    fdatasync(this.#fd, (error) => {
      if (error !== null) {
        this.#failure ??= new DatabaseDown('the disk did not take a flush: restart the vault', {
          cause: error,
        })
      }
      for (const told of covered) told(this.#failure)
      this.#running = false
      if (this.#waiting.length > 0) this.#start()
      else this.#idle?.()
    })
  }
}

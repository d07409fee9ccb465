import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure, whySystem } from './failure.ts'
import type { Variable } from './environment.ts'

/** In memory where the system has such a place, so that no value reaches a disk. */
const PLACES = ['/dev/shm', tmpdir()]

/** The files of one run, in a folder that only this user can enter. */
export class SecretFiles {
  #folder: string | null = null

  /** Writes a value as a file; gives its path. Throws `Failure`. */
  add({ name, secret }: Variable): string {
    try {
      this.#folder ??= makeFolder()
      const path = join(this.#folder, name)
      writeFileSync(path, secret.value.reveal(), { mode: 0o600, flag: 'wx' })
      return path
    } catch (error) {
      throw new Failure(`cannot write the file for ${name}: ${whySystem(error)}`)
    }
  }

  /** Removes them all; safe to call again. */
  remove(): void {
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true })
    this.#folder = null
  }
}

function makeFolder(): string {
  for (const place of PLACES.slice(0, -1)) {
    try {
      return mkdtempSync(join(place, 'strongroom-'))
    } catch {
      // Not on this system, or not for us: the next place.
    }
  }
  return mkdtempSync(join(tmpdir(), 'strongroom-'))
}

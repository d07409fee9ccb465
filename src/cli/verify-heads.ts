// The offline verifier (verify*.ts) may use #crypto: it rests on nothing that a server says.
import { readCheckpoint } from '#crypto/checkpoint.ts'
import type { VerifierKey } from '#crypto/note.ts'
import { ok, type Result } from '#domain/result.ts'
import {
  signatureTrouble,
  type CheckpointRow,
  type Head,
  type LogToVerify,
  type Trouble,
} from './verify-words.ts'

/** The checkpoints of the log and the one kept outside, by size. */
export class Heads {
  readonly #rows: AsyncIterator<CheckpointRow> | Iterator<CheckpointRow>
  readonly #key: VerifierKey
  readonly #note: string | null
  #kept: Head | null = null
  #row: Head | null = null
  keptSize: number | null = null

  constructor({ checkpoints, kept, key }: LogToVerify) {
    this.#rows =
      Symbol.asyncIterator in checkpoints
        ? checkpoints[Symbol.asyncIterator]()
        : checkpoints[Symbol.iterator]()
    this.#note = kept
    this.#key = key
  }

  /** Reads the first of the log; the one kept outside must hold before anything is compared to it. */
  async open(): Promise<Result<null, Trouble>> {
    await this.#read()
    if (this.#note === null) return ok(null)
    const { name, publicKey } = this.#key
    const head = readCheckpoint(this.#note, name, publicKey)
    if (!head.ok) return signatureTrouble('the checkpoint kept outside', 0, head.error)
    this.keptSize = head.value.size
    this.#kept = { size: head.value.size, note: this.#note, frontier: null }
    return ok(null)
  }

  get next(): Head | null {
    if (this.#row === null || this.#kept === null) return this.#row ?? this.#kept
    return this.#row.size <= this.#kept.size ? this.#row : this.#kept
  }

  /** Whether the log has a checkpoint of its own that is still to come. */
  get closes(): boolean {
    return this.#row !== null
  }

  async shift(): Promise<void> {
    if (this.next === this.#kept) this.#kept = null
    else await this.#read()
  }

  async #read(): Promise<void> {
    const read = await this.#rows.next()
    this.#row = read.done === true ? null : read.value
  }
}

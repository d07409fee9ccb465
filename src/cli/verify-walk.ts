// The offline verifier (verify*.ts) may use #crypto: it rests on nothing that a server says.
import { readCheckpoint } from '#crypto/checkpoint.ts'
import { emptyRoot, Frontier, frontierYields, leafHash } from '#crypto/merkle.ts'
import type { VerifierKey } from '#crypto/note.ts'
import { ok, type Result } from '#domain/result.ts'
import type { Heads } from './verify-heads.ts'
import { lookCloser } from './verify-tampering.ts'
import {
  called,
  signatureTrouble,
  trouble,
  type Head,
  type LogRow,
  type Trouble,
} from './verify-words.ts'

/** Leaves that are remembered since the last checkpoint, to tell a change of order by. */
const REMEMBERED_MAX = 64

const NOTHING_SEALED = { sealed: 0, before: new Uint8Array(0) }

/** The log as far as it was read. */
export class Walk {
  readonly #key: VerifierKey
  readonly #tree = new Frontier()
  #before: Uint8Array = new Uint8Array(0)
  #leaves: Uint8Array[] = []
  sealed = 0
  checkpoints = 0
  root: Uint8Array = emptyRoot()

  constructor(key: VerifierKey) {
    this.#key = key
  }

  get size(): number {
    return this.#tree.size
  }

  /** Takes in the next entry. */
  add(row: LogRow): Result<null, Trouble> {
    const n = this.#tree.size + 1
    if (row.seq < n) {
      return trouble('reordered', row.seq, row.seq, `entry ${row.seq} comes after entry ${n - 1}`)
    }
    if (row.seq > n) {
      const last = row.seq - 1
      const which = last === n ? `entry ${n} is` : `entries ${n} to ${last} are`
      return trouble('deleted', n, last, `${which} missing: deleted`)
    }
    const why = disagreement(row)
    if (why !== null) return trouble('edited', n, n, `entry ${n} was edited: ${why}`)
    const leaf = leafHash(row.record)
    this.#tree.append(leaf)
    if (this.#leaves.length <= REMEMBERED_MAX) this.#leaves.push(leaf)
    return ok(null)
  }

  /** Whether there is a checkpoint to compare with before the next entry. */
  due({ next }: Heads): boolean {
    return next !== null && next.size <= this.#tree.size
  }

  /** Compares the tree with every checkpoint of its present size. */
  async closeAll(heads: Heads): Promise<Result<null, Trouble>> {
    for (let head = heads.next; head !== null && head.size <= this.size; head = heads.next) {
      const closed = this.#close(head)
      if (!closed.ok) return closed
      await heads.shift()
    }
    return ok(null)
  }

  #close(head: Head): Result<null, Trouble> {
    const { size, note, frontier } = head
    const what = called(head)
    const read = readCheckpoint(note, this.#key.name, this.#key.publicKey)
    if (!read.ok) return signatureTrouble(what, size, read.error)
    const { size: said, root } = read.value
    if (said !== size) return trouble('edited', size, size, `${what} is filed under another size`)
    // Only a head out of order is smaller, and a log's own are read in the order of their sizes.
    if (size < this.size) return trouble('reordered', size, size, `${what} is out of order`)
    if (!Buffer.from(this.#tree.root()).equals(root)) return this.#mismatch(what, root, frontier)
    if (frontier !== null && !Buffer.from(this.#tree.serialise()).equals(frontier)) {
      return trouble(
        'edited',
        size,
        size,
        `${what} was edited: its hashes are not those of its root`,
      )
    }
    this.#sealed(frontier !== null, root)
    return ok(null)
  }

  #sealed(own: boolean, root: Uint8Array): void {
    this.sealed = this.size
    this.root = root
    if (own) this.checkpoints += 1
    this.#before = this.#tree.serialise()
    this.#leaves = []
  }

  #mismatch(what: string, root: Uint8Array, stored: Uint8Array | null) {
    const { size } = this
    const known = stored !== null && frontierYields(size, stored, root)
    // What was kept outside is above the log's own checkpoints: whoever signs can sign those anew.
    const since = stored === null ? NOTHING_SEALED : { sealed: this.sealed, before: this.#before }
    const few = stored !== null && this.#leaves.length <= REMEMBERED_MAX
    const found = lookCloser({
      ...{ ...since, size, root },
      ours: this.#tree.serialise(),
      theirs: known ? stored : null,
      leaves: few ? this.#leaves : null,
    })
    return trouble(found.kind, found.from, found.to, `${found.message}: ${what} closed others`)
  }

  /** The log ends before what a checkpoint closes. */
  cutBefore(head: Head): Result<never, Trouble> {
    const { size, note } = head
    const what = called(head)
    const read = readCheckpoint(note, this.#key.name, this.#key.publicKey)
    if (!read.ok) return signatureTrouble(what, size, read.error)
    const from = this.size + 1
    const message = `the log was cut: it ends at entry ${this.size}, and ${what} closes ${size}`
    return trouble('cut', from, size, message)
  }
}

/** In what a row's columns differ from its record; `null` if in nothing. */
function disagreement({ record, account_id, target_id }: LogRow): string | null {
  let said: { account?: unknown; id?: unknown } | null
  try {
    said = JSON.parse(record) as typeof said
  } catch {
    return 'its record is not JSON'
  }
  if (typeof said !== 'object' || said === null) return 'its record is not an entry'
  if ((said.account ?? null) !== account_id) return 'its account is not that of its record'
  if ((said.id ?? null) !== target_id) return 'its target is not that of its record'
  return null
}

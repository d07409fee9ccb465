// The offline verifier (verify*.ts) may use #crypto: it rests on nothing that a server says.
import { ok, type Result } from '#domain/result.ts'
import { clean } from './text.ts'
import { trouble, type LogRow, type PlaceRow, type Rows, type Trouble } from './verify-words.ts'

/** Longer than any id; what is filed under more is cut where it is told. */
const KEY_SHOWN = 64

const PLACE_BYTES = 8

/**
 * Holds the index of the log to its entries: a filtered search finds what this leads to, and nothing
 * else. Remembers the first difference, and of the index what leads past the entry it is at.
 */
export class Places {
  readonly #rows: AsyncIterator<PlaceRow> | Iterator<PlaceRow>
  #next: PlaceRow | null = null
  /** Under what the entries to come are filed, by their numbers. */
  readonly #due = new Map<number, string[]>()
  /** Where the list of a key ends that is not yet passed. */
  readonly #ends = new Map<string, number>()
  #trouble: Result<never, Trouble> | null = null
  count = 0

  /** `rows` in the order of `first_seq`. */
  constructor(rows: Rows<PlaceRow>) {
    this.#rows =
      Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]()
  }

  async open(): Promise<void> {
    await this.#read()
  }

  /** Takes in the next entry; what no checkpoint of the log closes has no place yet. */
  async add(row: LogRow, sealed: boolean): Promise<void> {
    while (this.#next !== null && this.#next.first_seq <= row.seq) await this.#take(this.#next)
    if (this.#trouble !== null) return
    const filed = this.#due.get(row.seq) ?? []
    this.#due.delete(row.seq)
    this.#compare(row, filed, sealed)
    for (const key of filed) if (this.#ends.get(key) === row.seq) this.#ends.delete(key)
    this.count += filed.length
  }

  /** What is left leads to no entry. */
  async close(): Promise<Result<null, Trouble>> {
    while (this.#next !== null) await this.#take(this.#next)
    if (this.#trouble !== null) return this.#trouble
    const [left] = this.#due
    return left === undefined ? ok(null) : unclosed(left[1][0] ?? '', left[0])
  }

  #compare(row: LogRow, filed: readonly string[], sealed: boolean): void {
    const { seq } = row
    const own = sealed ? keysOf(row) : []
    const missing = own.find((key) => !filed.includes(key))
    const foreign = filed.find((key) => !own.includes(key))
    if (missing !== undefined) {
      const message = `entry ${seq} has no place under ${missing}: a search for that passes it over`
      this.#trouble = trouble('place_missing', seq, seq, message)
    } else if (foreign !== undefined) {
      this.#trouble = sealed ? astray(foreign, seq) : unclosed(foreign, seq)
    }
  }

  async #take({ key, first_seq: first, seqs }: PlaceRow): Promise<void> {
    await this.#read()
    // Nothing is remembered any more once there is something to tell.
    if (this.#trouble !== null) return
    const places = unpack(seqs)
    const end = places.at(-1)
    if (end === undefined || places[0] !== first || !isAscending(places)) {
      this.#trouble = disordered(key, first)
    } else if (this.#ends.has(key)) {
      const twice = this.#due.get(first)?.includes(key) === true
      this.#trouble = twice ? repeated(key, first) : disordered(key, first)
    } else {
      this.#ends.set(key, end)
      for (const seq of places) this.#file(key, seq)
    }
  }

  #file(key: string, seq: number): void {
    const filed = this.#due.get(seq)
    if (filed === undefined) this.#due.set(seq, [key])
    else filed.push(key)
  }

  async #read(): Promise<void> {
    const read = await this.#rows.next()
    this.#next = read.done === true ? null : read.value
  }
}

/** Under what an entry is filed: its account and what it is about. */
function keysOf({ account_id: account, target_id: target }: LogRow): readonly string[] {
  const about = target === account ? null : target
  return [account, about].filter((key) => key !== null)
}

/** Places as they are kept, eight bytes each, little-endian; none of what cannot be such a list. */
function unpack(bytes: Uint8Array): readonly number[] {
  if (bytes.length % PLACE_BYTES !== 0) return []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / PLACE_BYTES }, (_, n) =>
    view.getFloat64(n * PLACE_BYTES, true),
  )
}

const isAscending = (places: readonly number[]): boolean =>
  places.every((seq, n) => Number.isSafeInteger(seq) && seq > (places[n - 1] ?? 0))

const shown = (key: string): string => clean(key.slice(0, KEY_SHOWN))

const repeated = (key: string, seq: number) =>
  trouble('place_extra', seq, seq, `entry ${seq} has more than one place under ${shown(key)}`)

function unclosed(key: string, seq: number) {
  const message = `there is a place under ${shown(key)} for entry ${seq}, which no checkpoint of the log closes`
  return trouble('place_extra', seq, seq, message)
}

function astray(key: string, seq: number) {
  const message = `a place under ${shown(key)} leads to entry ${seq}, which is none of it`
  return trouble('place_astray', seq, seq, message)
}

function disordered(key: string, seq: number) {
  const message = `the places under ${shown(key)} that are to begin with entry ${seq} do not, or are out of order`
  return trouble('place_astray', seq, seq, message)
}

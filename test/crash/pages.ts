import { randomInt } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'

/** A byte of a database file, and what it is part of. */
export interface Place {
  /** The table or index, `header`, `free page`, or `row id in INDEX`. */
  readonly part: string
  readonly at: number
  /** How it is to be flipped; any way without one. */
  readonly mask?: number
}

interface Page {
  readonly part: string
  readonly from: number
  readonly size: number
}

/** The bytes of a database file by what they are part of (sqlite.org/fileformat2). */
export class Pages {
  readonly #bytes: Buffer
  readonly #byPart: ReadonlyMap<string, readonly Page[]>

  constructor(path: string, bytes: Buffer) {
    this.#bytes = bytes
    this.#byPart = pagesOf(path, bytes)
  }

  get parts(): readonly string[] {
    return [...this.#byPart.keys()]
  }

  /** A byte that is in use in this part, any as likely as any other of its page. */
  any(part: string): Place {
    const pages = this.#byPart.get(part) ?? []
    const page = pages[randomInt(pages.length)]
    if (page === undefined) throw new Error(`there is no ${part}`)
    const used = this.#used(page)
    return { part, at: used[randomInt(used.length)] ?? page.from }
  }

  /** Each entry of an index, made to lead to the row of each other entry of its page. */
  misled(): readonly Place[] {
    return [...this.#byPart].flatMap(([part, pages]) =>
      pages
        .filter((page) => this.#bytes[head(page)] === LEAF_OF_INDEX)
        .flatMap((page) => this.#swaps(`row id in ${part}`, this.#cells(page))),
    )
  }

  /** The last byte of an entry is the lowest of the id of its row. */
  #swaps(part: string, cells: readonly number[]): readonly Place[] {
    const places = cells.map((cell) => cell + (this.#bytes[cell] ?? 0))
    return places.flatMap((at) =>
      places.flatMap((other) => {
        const mask = (this.#bytes[at] ?? 0) ^ (this.#bytes[other] ?? 0)
        return mask === 0 ? [] : [{ part, at, mask }]
      }),
    )
  }

  #cells(page: Page): readonly number[] {
    const count = this.#bytes.readUInt16BE(head(page) + 3)
    const first = head(page) + HEAD_BYTES
    return Array.from(
      { length: count },
      (_, n) => page.from + this.#bytes.readUInt16BE(first + 2 * n),
    ).filter((at) => (this.#bytes[at] ?? 0) < ONE_BYTE_VARINT)
  }

  /** Without the gap between the pointers of a page and its cells. */
  #used(page: Page): readonly number[] {
    const all = Array.from({ length: page.size }, (_, n) => page.from + n)
    if (!LEAVES.has(this.#bytes[head(page)] ?? 0)) return all
    const pointersEnd = head(page) + HEAD_BYTES + 2 * this.#bytes.readUInt16BE(head(page) + 3)
    const cells = page.from + this.#bytes.readUInt16BE(head(page) + 5)
    return all.filter((at) => at < pointersEnd || at >= cells)
  }
}

const FILE_HEADER_BYTES = 100
const HEAD_BYTES = 8
const LEAF_OF_INDEX = 0x0a
const LEAVES = new Set([LEAF_OF_INDEX, 0x0d])
const ONE_BYTE_VARINT = 0x80

const head = ({ from }: Page): number => (from === 0 ? FILE_HEADER_BYTES : from)

function pagesOf(path: string, bytes: Buffer): ReadonlyMap<string, readonly Page[]> {
  const db = new DatabaseSync(path, { readOnly: true })
  const known = db.prepare('SELECT name, pageno, pgsize FROM dbstat').all() as unknown as {
    name: string
    pageno: number
    pgsize: number
  }[]
  db.close()
  const size = known[0]?.pgsize ?? 0
  const names = new Map(known.map(({ name, pageno }) => [pageno, name]))
  const byPart = new Map<string, Page[]>([
    ['header', [{ part: 'header', from: 0, size: FILE_HEADER_BYTES }]],
  ])
  for (let from = 0; from < bytes.length; from += size) {
    const part = names.get(from / size + 1) ?? 'free page'
    byPart.set(part, [...(byPart.get(part) ?? []), { part, from, size }])
  }
  return byPart
}

import { randomBytes } from 'node:crypto'
import { decompressed } from './compressed.ts'
import { unpacked } from './packed.ts'
import { narrowed, textIn, unescaped } from './texts.ts'
import { Windows } from './windows.ts'

/** A canary that was seen, and how it was written there. */
export interface Hit {
  readonly canary: number
  /** Where it was sent in. */
  readonly about: string
  /** How it was read, from the outside in, such as `gzip base64`; empty for as it was sent. */
  readonly as: string
}

const LENGTH = 24
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'
const NUMBER_LENGTH = 15
/** Of a byte: 252 is the largest multiple of 36 in it. */
const UNBIASED = 252

/** How deep things may be packed into each other. */
const DEPTH = 3

/**
 * Values that are nowhere else, each made to be sent to one place, which it names when it is found
 * elsewhere. A letter's case is not looked at.
 */
export class Canaries {
  readonly #windows = new Windows()
  readonly #about: string[] = []
  readonly #texts: string[] = []
  readonly #released = new Set<number>()

  get count(): number {
    return this.#about.length
  }

  /** A new one: letters and digits, a letter first. */
  make(about: string): string {
    return this.know(about, draw(LENGTH))
  }

  /** A new one that can be sent as a number of JSON, and keeps all its digits. */
  number(about: string): number {
    const digits = [...randomBytes(NUMBER_LENGTH)].map((byte) => String((byte % 9) + 1)).join('')
    return Number(this.know(about, digits))
  }

  /** A secret that somebody else made; without a window of letters and digits it cannot be found. */
  know(about: string, text: string): string {
    this.#about.push(about)
    this.#texts.push(text)
    this.#windows.add(text)
    return text
  }

  text(canary: number): string {
    return this.#texts[canary] ?? ''
  }

  /** From now on it may be shown: it became a name, or another thing that is no secret. */
  release(text: string): void {
    const number = this.#texts.lastIndexOf(text)
    if (number >= 0) this.#released.add(number)
  }

  isReleased(canary: number): boolean {
    return this.#released.has(canary)
  }

  /** The numbers of those that are in `bytes` as they were sent. */
  rawIn(bytes: Uint8Array): ReadonlySet<number> {
    return this.#windows.in(bytes)
  }

  /** Those that are in `bytes`, in whatever way they are written there. */
  in(bytes: Uint8Array): readonly Hit[] {
    const found = new Map<number, Hit>()
    this.#collect(bytes, '', DEPTH, found)
    return [...found.values()]
  }

  #collect(bytes: Uint8Array, as: string, depth: number, found: Map<number, Hit>): void {
    this.#see(bytes, as, found)
    const narrow = narrowed(bytes)
    if (narrow !== null) this.#see(narrow, `${as} utf-16`, found)
    if (depth === 0) return
    const texts = [{ as, bytes: textIn(bytes) }]
    if (narrow !== null) texts.push({ as: `${as} utf-16`, bytes: narrow })
    for (const inner of decompressed(bytes)) {
      this.#collect(inner.bytes, `${as} ${inner.as}`, depth - 1, found)
    }
    for (const text of texts) {
      for (const inner of [...unpacked(text.bytes), ...unescaped(text.bytes)]) {
        this.#collect(inner.bytes, `${text.as} ${inner.as}`, depth - 1, found)
      }
    }
  }

  #see(bytes: Uint8Array, as: string, found: Map<number, Hit>): void {
    for (const canary of this.#windows.in(bytes)) {
      if (this.#released.has(canary) || found.has(canary)) continue
      found.set(canary, { canary, about: this.#about[canary] ?? '', as: as.trim() })
    }
  }
}

function draw(length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) {
      const digit = DIGITS.charAt(byte % DIGITS.length)
      const fits = byte < UNBIASED && (text !== '' || digit > '9')
      if (fits && text.length < length) text += digit
    }
  }
  return text
}

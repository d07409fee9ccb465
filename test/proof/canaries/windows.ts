/** A text is found by any of its windows of so many letters and digits. */
export const WINDOW = 12

const BASE = 0x01000193
const SPREAD = 0x9e3779b1 | 0

/** The class of a byte: 1 to 36 for a letter of either case or a digit, 0 for all else. */
const CLASS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = parseInt(String.fromCharCode(byte), 36)
  return byte < 128 && !Number.isNaN(digit) ? digit + 1 : 0
})

const power = (of: number): number => {
  let result = 1
  for (let n = 0; n < of; n++) result = Math.imul(result, BASE)
  return result
}
const GONE = power(WINDOW)

/** Where each of many texts has each of its windows: one look at every byte finds any of them. */
export class Windows {
  /** The classes of all texts, one after the other. */
  #classes = new Uint8Array(1 << 16)
  #length = 0
  /** Where each text begins. */
  readonly #starts: number[] = []
  /** Places in `#classes`, each plus one; by the hash of the window there. */
  #slots = new Int32Array(1 << 16)
  #used = 0

  /** The number of the text, by which it is found. */
  add(text: string): number {
    const bytes = Buffer.from(text, 'latin1')
    while (this.#length + bytes.length > this.#classes.length) {
      const larger = new Uint8Array(this.#classes.length * 2)
      larger.set(this.#classes)
      this.#classes = larger
    }
    const start = this.#length
    this.#starts.push(start)
    for (const byte of bytes) this.#classes[this.#length++] = CLASS[byte] ?? 0
    for (let at = start; at + WINDOW <= this.#length; at++) this.#keep(at)
    return this.#starts.length - 1
  }

  /** The numbers of the texts of which a window is in `bytes`, in any case of its letters. */
  in(bytes: Uint8Array): ReadonlySet<number> {
    const found = new Set<number>()
    const slots = this.#slots
    const mask = slots.length - 1
    let run = 0
    let hash = 0
    for (let at = 0; at < bytes.length; at++) {
      const one = CLASS[bytes[at] ?? 0] ?? 0
      if (one === 0) {
        run = 0
        hash = 0
        continue
      }
      hash = (Math.imul(hash, BASE) + one) | 0
      run += 1
      if (run > WINDOW) {
        const before = CLASS[bytes[at - WINDOW] ?? 0] ?? 0
        hash = (hash - Math.imul(before, GONE)) | 0
      }
      if (run >= WINDOW && slots[spread(hash) & mask] !== 0) {
        this.#look(bytes, at - WINDOW + 1, hash, found)
      }
    }
    return found
  }

  #look(bytes: Uint8Array, from: number, hash: number, found: Set<number>): void {
    const mask = this.#slots.length - 1
    for (let slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      const place = this.#slots[slot] ?? 0
      if (place === 0) return
      if (this.#is(place - 1, bytes, from)) found.add(this.#owner(place - 1))
    }
  }

  #is(place: number, bytes: Uint8Array, from: number): boolean {
    for (let n = 0; n < WINDOW; n++) {
      if (this.#classes[place + n] !== CLASS[bytes[from + n] ?? 0]) return false
    }
    return true
  }

  /** The last text that begins there or before. */
  #owner(place: number): number {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#starts[middle] ?? 0) <= place) low = middle
      else high = middle - 1
    }
    return low
  }

  #keep(place: number): void {
    // A sign that is no letter and no digit is in no window.
    if (this.#classes.subarray(place, place + WINDOW).includes(0)) return
    if (this.#used * 4 > this.#slots.length) this.#grow()
    this.#used += 1
    this.#put(place)
  }

  #put(place: number): void {
    const mask = this.#slots.length - 1
    let slot = spread(this.#hash(place)) & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = place + 1
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Int32Array(old.length * 2)
    for (const place of old) if (place !== 0) this.#put(place - 1)
  }

  #hash(place: number): number {
    let hash = 0
    for (let n = 0; n < WINDOW; n++) {
      hash = (Math.imul(hash, BASE) + (this.#classes[place + n] ?? 0)) | 0
    }
    return hash
  }
}

const spread = (hash: number): number => {
  const mixed = Math.imul(hash ^ (hash >>> 15), SPREAD)
  return mixed ^ (mixed >>> 13)
}

const BACKSPACE = new Set([0x08, 0x7f])
const CTRL_C = 0x03
const CTRL_D = 0x04
const CTRL_U = 0x15
const LINE_ENDS = new Set([0x0a, 0x0d])

const startsCharacter = (byte: number): boolean => (byte & 0xc0) !== 0x80

/** What typing came to: more is awaited, a line, an interruption, or more than one line at once. */
export type Typed = 'more' | 'line' | 'interrupted' | 'several'

/** A line typed at a terminal in raw mode, which shows nothing and edits nothing by itself. */
export class HiddenLine {
  readonly #bytes: number[] = []

  /** Takes in what was typed; after anything but `more` the line takes no more. */
  push(chunk: Uint8Array): Typed {
    for (const [at, byte] of chunk.entries()) {
      if (byte === CTRL_C) return 'interrupted'
      if (LINE_ENDS.has(byte)) return this.#end(chunk.subarray(at + 1))
      if (byte === CTRL_D) return 'line'
      if (byte === CTRL_U) this.#bytes.length = 0
      else if (BACKSPACE.has(byte)) this.#rubOut()
      else this.#bytes.push(byte)
    }
    return 'more'
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }

  /** More behind the end of the line was pasted, and must not be lost in silence. */
  #end(rest: Uint8Array): Typed {
    return rest.every((byte) => LINE_ENDS.has(byte)) ? 'line' : 'several'
  }

  #rubOut(): void {
    for (let byte = this.#bytes.pop(); byte !== undefined && !startsCharacter(byte);) {
      byte = this.#bytes.pop()
    }
  }
}

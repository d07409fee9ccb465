const U32_MAX = 0xffff_ffff
const LENGTH_BYTES = 4
/** UTF-8 takes at most this many bytes for one UTF-16 unit (RFC 3629, section 3). */
const UTF8_BYTES_PER_UNIT = 3

/**
 * Builds the bytes that a MAC or an AEAD binds. Every part delimits itself: numbers have a fixed
 * width (big-endian), text and bytes stand behind a u32 length, what may be missing stands behind a
 * presence byte. So for one fixed order of calls, two different lists of parts never give the same
 * bytes (the rule of RFC 5116, section 3.3, for structured associated data).
 *
 * One encoder may be used again and again through `reset()`; `view()` is then only good until the
 * next write.
 */
export class Encoder {
  #buffer: Buffer
  #length = 0

  /** An encoder with room for `capacity` bytes; it grows when it must. */
  constructor(capacity = 256) {
    this.#buffer = Buffer.allocUnsafeSlow(capacity)
  }

  /** Bytes written since the last `reset()`. */
  get length(): number {
    return this.#length
  }

  reset(): this {
    this.#length = 0
    return this
  }

  /** One byte. Throws RangeError unless `value` is an integer from 0 to 255. */
  u8(value: number): this {
    if (!(value >= 0 && value <= 0xff && Number.isInteger(value))) refuse('u8')
    const at = this.#take(1)
    this.#buffer[at] = value
    return this
  }

  /** Four bytes. Throws RangeError unless `value` is an integer from 0 to 2^32 - 1. */
  u32(value: number): this {
    if (!(value >= 0 && value <= U32_MAX && Number.isInteger(value))) refuse('u32')
    // First the place: taking it may put another buffer under it.
    const at = this.#take(4)
    this.#buffer.writeUInt32BE(value, at)
    return this
  }

  /** Eight bytes. Throws RangeError unless `value` is an integer from 0 to 2^53 - 1. */
  u64(value: number): this {
    if (!(value >= 0 && Number.isSafeInteger(value))) refuse('u64')
    const at = this.#take(8)
    this.#buffer.writeUInt32BE(Math.floor(value / 0x1_0000_0000), at)
    this.#buffer.writeUInt32BE(value >>> 0, at + 4)
    return this
  }

  /** One byte, 0 or 1. */
  flag(value: boolean): this {
    return this.u8(value ? 1 : 0)
  }

  /**
   * Text as UTF-8 behind its length in bytes. Throws RangeError for a lone surrogate: UTF-8 has no
   * form for one, and its replacement would make two texts one.
   */
  text(value: string): this {
    if (!value.isWellFormed()) refuse('text')
    const at = this.#reserve(LENGTH_BYTES + value.length * UTF8_BYTES_PER_UNIT)
    const size = this.#buffer.write(value, at + LENGTH_BYTES, 'utf8')
    this.#buffer.writeUInt32BE(size, at)
    this.#length = at + LENGTH_BYTES + size
    return this
  }

  /** Bytes behind their length. */
  bytes(value: Uint8Array): this {
    return this.u32(value.length).fixed(value)
  }

  /** Bytes with no length: only for a part whose length the format fixes. */
  fixed(value: Uint8Array): this {
    const at = this.#take(value.length)
    this.#buffer.set(value, at)
    return this
  }

  /** A presence byte, and then the text when there is one. */
  optionalText(value: string | null): this {
    return value === null ? this.u8(0) : this.u8(1).text(value)
  }

  /** A presence byte, and then the number when there is one. */
  optionalU64(value: number | null): this {
    return value === null ? this.u8(0) : this.u8(1).u64(value)
  }

  /** What was written from `start` on, without a copy; good until the next write or `reset()`. */
  view(start = 0): Buffer {
    return this.#buffer.subarray(start, this.#length)
  }

  /** Clears the memory behind everything written. */
  wipe(): void {
    this.#buffer.fill(0)
    this.#length = 0
  }

  #take(size: number): number {
    const at = this.#reserve(size)
    this.#length = at + size
    return at
  }

  #reserve(size: number): number {
    const needed = this.#length + size
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2))
      this.#buffer.copy(larger, 0, 0, this.#length)
      this.#buffer = larger
    }
    return this.#length
  }
}

function refuse(part: string): never {
  throw new RangeError(`not encodable as ${part}`)
}

import { constants, inflateRawSync, zstdDecompressSync } from 'node:zlib'
import type { Read } from './texts.ts'

const OUTPUT_MAX = 64 * 1024 * 1024

/** What was cut off, or goes on with something else, still says what it says. */
const loose = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: OUTPUT_MAX }
const looseZstd = { finishFlush: constants.ZSTD_e_flush, maxOutputLength: OUTPUT_MAX }

interface Format {
  readonly as: string
  /** Whether it may begin here. */
  readonly begins: (bytes: Uint8Array, at: number) => boolean
  readonly read: (bytes: Uint8Array) => Uint8Array
}

const starting =
  (...magic: readonly number[]) =>
  (bytes: Uint8Array, at: number): boolean =>
    magic.every((byte, n) => bytes[at + n] === byte)

/** RFC 1952: what stands between the first ten bytes and the data, by flags. */
function afterHead(bytes: Uint8Array): number {
  const flags = bytes[3] ?? 0
  let at = 10
  if ((flags & 4) !== 0) at += 2 + (bytes[at] ?? 0) + ((bytes[at + 1] ?? 0) << 8)
  for (const text of [8, 16]) if ((flags & text) !== 0) at = bytes.indexOf(0, at) + 1
  return (flags & 2) === 0 ? at : at + 2
}

const formats: readonly Format[] = [
  {
    ...{ as: 'gzip', begins: starting(0x1f, 0x8b, 0x08) },
    read: (of) => inflateRawSync(of.subarray(afterHead(of)), loose),
  },
  {
    ...{ as: 'zstd', begins: starting(0x28, 0xb5, 0x2f, 0xfd) },
    read: (of) => zstdDecompressSync(of, looseZstd),
  },
  {
    as: 'zlib',
    // RFC 1950: a window of 32 KiB, no dictionary, and both bytes together a multiple of 31.
    begins: (bytes, at) => {
      const flags = bytes[at + 1] ?? 0
      return bytes[at] === 0x78 && (0x7800 + flags) % 31 === 0 && (flags & 0x20) === 0
    },
    read: (of) => inflateRawSync(of.subarray(2), loose),
  },
]

const isFirst = (byte: number): boolean => byte === 0x1f || byte === 0x28 || byte === 0x78

/** Whether something compressed may begin here. */
export const isCompressed = (bytes: Uint8Array, at: number): boolean =>
  isFirst(bytes[at] ?? 0) && formats.some(({ begins }) => begins(bytes, at))

/** What is in the bytes compressed, wherever it begins. */
export function decompressed(bytes: Uint8Array): readonly Read[] {
  const found: Read[] = []
  for (let at = 0; at < bytes.length; at++) {
    if (!isFirst(bytes[at] ?? 0)) continue
    const format = formats.find(({ begins }) => begins(bytes, at))
    const read = format === undefined ? null : attempt(format, bytes.subarray(at))
    if (format !== undefined && read !== null) found.push({ as: format.as, bytes: read })
  }
  return found
}

function attempt({ read }: Format, bytes: Uint8Array): Uint8Array | null {
  try {
    return read(bytes)
  } catch {
    return null
  }
}

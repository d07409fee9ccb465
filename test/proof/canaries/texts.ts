/** What the text in some bytes says once it is read as what it may be written in. */

const PRINTABLE_MIN = 12

const isPrintable = (byte: number): boolean =>
  (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x09 || byte === 0x0d

/** The runs of text in some bytes, apart from one another by an empty byte. */
export function textIn(bytes: Uint8Array): Buffer {
  const text = Buffer.allocUnsafe(bytes.length + 1)
  let length = 0
  let run = 0
  for (const byte of bytes) {
    if (isPrintable(byte)) {
      text[length++] = byte
      run += 1
      continue
    }
    // What is shorter than a window holds none.
    if (run < PRINTABLE_MIN) length -= run
    else text[length++] = 0
    run = 0
  }
  if (run < PRINTABLE_MIN) length -= run
  return text.subarray(0, length)
}

/** The runs of UTF-16 of either order, as far as they are ASCII; `null` where there are none. */
export function narrowed(bytes: Uint8Array): Buffer | null {
  const text: number[] = []
  for (let at = 0; at + 1 < bytes.length; at++) {
    if (bytes[at + 1] !== 0 || bytes[at] === 0) continue
    let end = at
    while (bytes[end + 1] === 0 && isPrintable(bytes[end] ?? 0)) end += 2
    const run = (end - at) / 2
    if (run < PRINTABLE_MIN) continue
    // In the one order a byte of nothing ends a run, in the other it would have come before it.
    for (let n = at; n <= end; n += 2) text.push(bytes[n] ?? 0)
    text.push(0)
    at = end
  }
  return text.length === 0 ? null : Buffer.from(text)
}

const NAMED: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" },
}
const LETTERS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

const hexOf = (digits: string): string => String.fromCharCode(parseInt(digits, 16) & 0xff)

interface Escape {
  /** Without this sign there is none. */
  readonly sign: string
  readonly shape: RegExp
  readonly read: (parts: readonly (string | undefined)[]) => string
}

const escapes: Readonly<Record<string, Escape>> = {
  url: { sign: '%', shape: /%([0-9a-f]{2})/gi, read: ([, hex = '']) => hexOf(hex) },
  escaped: {
    sign: '\\',
    shape: /\\(?:u\{?([0-9a-f]{2,6})\}?|x([0-9a-f]{2})|([0-3][0-7]{2})|(.))/gis,
    read([, u, x, octal, one = '']) {
      const hex = u ?? x
      if (hex !== undefined) return hexOf(hex)
      if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8))
      return LETTERS[one] ?? one
    },
  },
  html: {
    sign: '&',
    shape: /&(?:#x([0-9a-f]+)|#([0-9]+)|([a-z]+));/gi,
    read([all = '', hex, decimal, name = '']) {
      if (hex !== undefined) return hexOf(hex)
      if (decimal !== undefined) return String.fromCharCode(Number(decimal) & 0xff)
      return NAMED[name] ?? all
    },
  },
}

/** How far from an escape a text is still looked at: what is further was seen as it is. */
const AROUND = 64

/** Empty for a text without any. */
function readEscapes(text: string, { shape, read }: Escape): string {
  const parts: string[] = []
  let end: number | null = null
  for (const match of text.matchAll(shape)) {
    const { index } = match
    const before = Math.max(end ?? 0, index - AROUND)
    if (end !== null && before - end > AROUND) parts.push(text.slice(end, end + AROUND), '\0')
    else if (end !== null) parts.push(text.slice(end, before))
    parts.push(text.slice(before, index), read(match))
    end = index + match[0].length
  }
  if (end !== null) parts.push(text.slice(end, end + AROUND))
  return parts.join('')
}

/** Bytes, and what they were read as. */
export interface Read {
  readonly as: string
  readonly bytes: Uint8Array
}

/** The text without the escapes of URLs, of JSON and of HTML, around where there are any. */
export const unescaped = (text: Buffer): readonly Read[] =>
  Object.entries(escapes).flatMap(([as, escape]) => {
    if (!text.includes(escape.sign)) return []
    const bytes = Buffer.from(readEscapes(text.toString('latin1'), escape), 'latin1')
    return bytes.length === 0 || bytes.equals(text) ? [] : [{ as, bytes }]
  })

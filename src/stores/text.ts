const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text that these bytes are in UTF-8, every one of them; `null` when they are none. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

/** As `textOf`, but only of what every store of text is sure to keep: no control characters. */
export function plainTextOf(bytes: Uint8Array): string | null {
  const text = textOf(bytes)
  return text === null || /[^\t\n\r\P{Cc}]|[\ufeff\ufffe\uffff]/u.test(text) ? null : text
}

/** A text of at most so many characters (UTF-16 units), without half a character at its end. */
export const cutTo = (text: string, limit: number): string =>
  text.length <= limit ? text : text.slice(0, limit).replace(/[\ud800-\udbff]$/, '')

/** A text of at most so many bytes of UTF-8, without a part of a character at its end. */
export function cutToBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text)
  let end = Math.min(bytes.length, limit)
  while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}

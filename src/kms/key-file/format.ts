import { RootKeyFault } from '#kms/private-file.ts'
import { takeRootKey } from '#kms/root-key.ts'
import type { Held, RootKey } from '#kms/root-key.ts'

const KEY_BYTES = 32
const HEAD = 'strongroom key file 1'
const ABOUT = [
  '# Root keys: who has this file and the database has every secret. Keep a copy where neither is.',
  '# The first key wraps; the others only unwrap, until they are retired.',
]
const KEY_LINE = /^([0-9a-f]{4}(?:-[0-9a-f]{4}){3}) ([A-Za-z0-9+/]{43}=)$/

/**
 * The keys of a key file (docs/formats/key-file.md), the present one first. Throws `RootKeyFault`
 * that gives the path and the line of whatever is wrong, and never what stands there.
 */
export function parseKeyFile(path: string, bytes: Uint8Array): Held {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString('latin1')
    .split('\n')
  if (lines[0] !== HEAD) throw fault(path, 1, `does not say "${HEAD}"`)
  if (lines.pop() !== '')
    throw fault(path, lines.length + 1, 'does not end: the file was cut short')
  const keys: RootKey[] = []
  lines.forEach((line, index) => {
    if (index === 0 || line === '' || line.startsWith('#')) return
    const key = parseLine(path, index + 1, line)
    if (keys.some((known) => known.fingerprint === key.fingerprint)) {
      throw fault(path, index + 1, 'is a key that is there already')
    }
    keys.push(key)
  })
  const [first, ...rest] = keys
  if (first === undefined) throw new RootKeyFault(`${path} holds no key`)
  return { keys: [first, ...rest], missing: [] }
}

/** The text of a key file. */
export function formatKeyFile(keys: readonly RootKey[]): string {
  return `${[HEAD, ...ABOUT, ...keys.map(formatLine)].join('\n')}\n`
}

function parseLine(path: string, at: number, line: string): RootKey {
  const [, name, base64 = ''] = KEY_LINE.exec(line) ?? []
  if (name === undefined) throw fault(path, at, 'is not a fingerprint and a key of 32 bytes')
  const raw = Buffer.alloc(KEY_BYTES)
  raw.write(base64, 'base64')
  const spare = raw.toString('base64') !== base64
  const key = takeRootKey(raw)
  if (spare) throw fault(path, at, 'is not exact base64')
  if (key === null) throw fault(path, at, 'is a key of zeros')
  if (key.fingerprint !== name) throw fault(path, at, 'is a key under the fingerprint of another')
  return key
}

function formatLine({ fingerprint, key }: RootKey): string {
  const raw = key.export()
  try {
    return `${fingerprint} ${raw.toString('base64')}`
  } finally {
    raw.fill(0)
  }
}

const fault = (path: string, line: number, what: string): RootKeyFault =>
  new RootKeyFault(`${path}: line ${line} ${what}`)

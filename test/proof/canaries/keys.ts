import { createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { unwrapKey } from '#crypto/wrap.ts'
import { accountKeyContext } from '#core/keyring.ts'
import { installationKeyContext } from '#core/root-keys.ts'
import { parseId } from '#domain/ids.ts'

/** The raw keys of a vault, by their names. */
export type RawKeys = ReadonlyMap<string, Buffer>

const idIn = <Kind extends string>(text: string) => {
  const id = parseId<Kind>(text)
  if (id === null) throw new Error('an id in the database is none')
  return id
}

/** The root key of a vault on SQLite, and all that it wraps there. */
export function keysOf(dataDir: string): RawKeys {
  const line = /^[0-9a-f-]{19} (\S{44})$/m.exec(readFileSync(`${dataDir}.key`, 'latin1'))
  const root = Buffer.from(line?.[1] ?? '', 'base64')
  const rootKey = createSecretKey(root)
  const database = new DatabaseSync(join(dataDir, 'strongroom.db'), { readOnly: true })
  const keys = new Map([['root', root]])
  const row = database.prepare('SELECT id, server_key, signing_key FROM installation').get()
  const { id, server_key, signing_key } = row as unknown as Installation
  const installation = idIn<'installation'>(id)
  for (const [name, wrapped] of [
    ['server-key', server_key],
    ['signing-key', signing_key],
  ] as const) {
    const raw = unwrapKey(rootKey, installationKeyContext(installation, name), wrapped)
    keys.set(name, Buffer.from(raw))
  }
  const rows = database.prepare('SELECT account_id, generation, wrapped FROM account_key').all()
  for (const { account_id, generation, wrapped } of rows as unknown as readonly AccountKeyRow[]) {
    const context = accountKeyContext(installation, idIn<'account'>(account_id), generation)
    keys.set(`account ${account_id}`, Buffer.from(unwrapKey(rootKey, context, wrapped)))
  }
  database.close()
  return keys
}

interface Installation {
  readonly id: string
  readonly server_key: Uint8Array
  readonly signing_key: Uint8Array
}

interface AccountKeyRow {
  readonly account_id: string
  readonly generation: number
  readonly wrapped: Uint8Array
}

/** Nine bytes of a key are twelve signs of base64, wherever in it they begin. */
const PIECE = 9

/** The ways in which a part of a key can stand among strings. */
const writings: Readonly<Record<string, (piece: Buffer) => Buffer>> = {
  raw: (piece) => piece,
  'as text': (piece) => Buffer.from(piece.toString('latin1')),
  hex: (piece) => Buffer.from(piece.toString('hex')),
  HEX: (piece) => Buffer.from(piece.toString('hex').toUpperCase()),
  base64: (piece) => Buffer.from(piece.toString('base64')),
  base64url: (piece) => Buffer.from(piece.toString('base64url')),
  decimal: (piece) => Buffer.from([...piece].join(',')),
  inspected: (piece) => Buffer.from(piece.toString('hex').replace(/..(?!$)/g, '$& ')),
}

/** The names of the keys of which a part is in `bytes`, and how it is written there. */
export function keysIn(keys: RawKeys, bytes: Buffer): readonly string[] {
  return [...keys].flatMap(([name, key]) =>
    Object.entries(writings).flatMap(([writing, write]) => {
      const pieces = [0, 1, 2, 12, 13, 14].map((from) => write(key.subarray(from, from + PIECE)))
      return pieces.some((piece) => bytes.includes(piece)) ? [`${name} ${writing}`] : []
    }),
  )
}

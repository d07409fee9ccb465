import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { LocalKms } from '#kms/local-kms.ts'
import type { Keeper } from '#kms/local-kms.ts'
import {
  createPrivateFile,
  readPrivateFile,
  replacePrivateFile,
  RootKeyFault,
} from '#kms/private-file.ts'
import { takeRootKey } from '#kms/root-key.ts'
import type { Held, RootKey } from '#kms/root-key.ts'
import type { Kms } from '#ports/kms.ts'
import { formatKeyFile, parseKeyFile } from './format.ts'

export interface KeyFileOptions {
  readonly path: string
  /** Whether to make the file, with a new key, when there is none. */
  readonly create: boolean
  readonly random?: (length: number) => Uint8Array
}

const KEY_BYTES = 32

/**
 * Opens the root keys of a key file (docs/formats/key-file.md). Throws `RootKeyFault` when there is
 * none and none is to be made, when others may read it, or when anything in it is wrong.
 */
export async function openKeyFile(options: KeyFileOptions): Promise<Kms> {
  const random = options.random ?? randomBytes
  const path = resolve(options.path)
  if (options.create) await makeMissing(path, random)
  return LocalKms.open(keeperOf(path, random), random)
}

function keeperOf(path: string, random: (length: number) => Uint8Array): Keeper {
  const load = async (): Promise<Held> => {
    const bytes = await readPrivateFile(path)
    if (bytes === null) throw new RootKeyFault(`there is no key file at ${path}`)
    try {
      return parseKeyFile(path, bytes)
    } finally {
      bytes.fill(0)
    }
  }
  /** Writes what `change` makes of the keys in the file now: another process may have added one. */
  const rewrite = (change: (held: Held) => Held): Promise<Held> =>
    replacePrivateFile(path, async () => {
      const result = change(await load())
      return { text: formatKeyFile(result.keys), result }
    })
  return {
    kind: 'key-file',
    path,
    help: '',
    load,
    add: () => rewrite((held) => ({ keys: [newKey(random), ...held.keys], missing: [] })),
    keepFirst: () => rewrite((held) => ({ keys: [held.keys[0]], missing: [] })),
  }
}

async function makeMissing(path: string, random: (length: number) => Uint8Array): Promise<void> {
  const there = await readPrivateFile(path)
  if (there === null) await createPrivateFile(path, formatKeyFile([newKey(random)]))
  else there.fill(0)
}

function newKey(random: (length: number) => Uint8Array): RootKey {
  const key = takeRootKey(random(KEY_BYTES))
  if (key === null) throw new Error('the random source gives zeros')
  return key
}

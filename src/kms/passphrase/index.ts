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
import type { Held, RootKey } from '#kms/root-key.ts'
import type { Kms } from '#ports/kms.ts'
import { WrongRootKey } from '#ports/kms.ts'
import { deriveRootKey, readPassphrase } from './derive.ts'
import { formatRecipes, parseRecipes, SALT_BYTES } from './format.ts'
import type { Recipe, Recipes } from './format.ts'

export interface PassphraseOptions {
  /** The file with the salts; made beside the database, and no secret. */
  readonly path: string
  /** The file with the passphrase. Never an argument: other users see those. */
  readonly passphraseFile: string
  /** The file with the passphrase before this one, while keys are still wrapped under it. */
  readonly previousPassphraseFile?: string
  /** Whether to make the file with the salts when there is none. */
  readonly create: boolean
  readonly random?: (length: number) => Uint8Array
}

type Options = Required<Omit<PassphraseOptions, 'previousPassphraseFile'>> & {
  readonly previousPassphraseFile: string | null
}

/**
 * Opens root keys that come from a passphrase by scrypt. To change it: write the new passphrase into
 * its file and rotate, in the running process, or after a restart with the old one given as the
 * previous passphrase file. Throws `RootKeyFault` for a file that is missing, open to others or
 * malformed, `WrongRootKey` for a passphrase that is not the one in use.
 */
export async function openPassphrase(given: PassphraseOptions): Promise<Kms> {
  const options: Options = {
    previousPassphraseFile: null,
    random: randomBytes,
    ...given,
    path: resolve(given.path),
  }
  if (options.create && (await readPrivateFile(options.path)) === null) {
    const { recipe } = await newRootKey(options)
    await createPrivateFile(options.path, formatRecipes([recipe]))
  }
  return LocalKms.open(keeperOf(options), options.random)
}

function keeperOf(options: Options): Keeper {
  const { path } = options
  return {
    kind: 'passphrase',
    path,
    help: 'it is of an earlier passphrase: give that one as the previous passphrase file, and rewrap',
    load: async (before) => hold(options, await readRecipes(path), before?.keys ?? []),
    add: async (before) => {
      const change = await replacePrivateFile(path, async () => {
        const recipes = await readRecipes(path)
        await refuseUnchanged(options, recipes[0])
        const made = await newRootKey(options)
        const next: Recipes = [made.recipe, ...recipes]
        return { text: formatRecipes(next), result: { next, key: made.key } }
      })
      return hold(options, change.next, [change.key, ...before.keys])
    },
    keepFirst: async (before) => {
      const next = await replacePrivateFile(path, async () => {
        const result: Recipes = [(await readRecipes(path))[0]]
        return { text: formatRecipes(result), result }
      })
      return hold(options, next, before.keys)
    },
  }
}

async function readRecipes(path: string): Promise<Recipes> {
  const bytes = await readPrivateFile(path)
  if (bytes === null) throw new RootKeyFault(`there is no file of salts at ${path}`)
  return parseRecipes(path, bytes)
}

/** The keys of `recipes`: those `known` already, the others from the passphrases there are. */
async function hold(options: Options, recipes: Recipes, known: readonly RootKey[]): Promise<Held> {
  const [present, ...older] = recipes
  const files = [options.passphraseFile, options.previousPassphraseFile]
  const first = await findKey(present, known, files)
  if (first === null) {
    const needed = `the root key in use is ${present.fingerprint}`
    throw new WrongRootKey(`${needed}, and not of the passphrase in ${options.passphraseFile}`)
  }
  const keys: [RootKey, ...RootKey[]] = [first]
  const missing: string[] = []
  for (const recipe of older) {
    // The present passphrase made none of the older keys: it is only tried where it may be right.
    const key = await findKey(recipe, known, [options.previousPassphraseFile])
    if (key === null) missing.push(recipe.fingerprint)
    else keys.push(key)
  }
  return { keys, missing }
}

async function findKey(
  recipe: Recipe,
  known: readonly RootKey[],
  files: readonly (string | null)[],
): Promise<RootKey | null> {
  const held = known.find((key) => key.fingerprint === recipe.fingerprint)
  if (held !== undefined) return held
  for (const file of files) {
    if (file === null) continue
    const key = await fromFile(file, recipe.salt)
    if (key.fingerprint === recipe.fingerprint) return key
  }
  return null
}

async function refuseUnchanged(options: Options, present: Recipe): Promise<void> {
  const key = await fromFile(options.passphraseFile, present.salt)
  if (key.fingerprint !== present.fingerprint) return
  const help = 'write the new one there, and rotate again'
  throw new RootKeyFault(`the passphrase in ${options.passphraseFile} is unchanged: ${help}`)
}

async function newRootKey(options: Options): Promise<{ recipe: Recipe; key: RootKey }> {
  const salt = Buffer.from(options.random(SALT_BYTES))
  const key = await fromFile(options.passphraseFile, salt)
  return { recipe: { fingerprint: key.fingerprint, salt }, key }
}

async function fromFile(path: string, salt: Uint8Array): Promise<RootKey> {
  const passphrase = await readPassphrase(path)
  try {
    return await deriveRootKey(passphrase, salt)
  } finally {
    passphrase.fill(0)
  }
}

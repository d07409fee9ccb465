import { RootKeyFault } from '#kms/private-file.ts'

/** How one root key comes from a passphrase: scrypt (RFC 7914) with this salt. */
export interface Recipe {
  readonly fingerprint: string
  readonly salt: Buffer
}

/** The present one first; never empty. */
export type Recipes = readonly [Recipe, ...Recipe[]]

/** The cost of scrypt: N = 2^17, r = 8, p = 1, which is 128 MiB and about half a second. */
export const SCRYPT = { logN: 17, r: 8, p: 1 } as const
export const SALT_BYTES = 32

const HEAD = 'strongroom passphrase file 1'
const ABOUT = '# How root keys come from passphrases; no secret. The first one wraps.'
const COST = `scrypt ${SCRYPT.logN} ${SCRYPT.r} ${SCRYPT.p}`
const LINE = /^([0-9a-f]{4}(?:-[0-9a-f]{4}){3}) (scrypt [0-9]+ [0-9]+ [0-9]+) ([A-Za-z0-9+/]{43}=)$/

/**
 * The recipes of a passphrase file (docs/formats/key-file.md), the present one first. Throws
 * `RootKeyFault` that gives the path and the line of whatever is wrong.
 */
export function parseRecipes(path: string, bytes: Uint8Array): Recipes {
  const lines = Buffer.from(bytes).toString('latin1').split('\n')
  if (lines[0] !== HEAD) throw fault(path, 1, `does not say "${HEAD}"`)
  if (lines.pop() !== '')
    throw fault(path, lines.length + 1, 'does not end: the file was cut short')
  const recipes: Recipe[] = []
  lines.forEach((line, index) => {
    if (index === 0 || line === '' || line.startsWith('#')) return
    const [, fingerprint, cost, base64 = ''] = LINE.exec(line) ?? []
    if (fingerprint === undefined) throw fault(path, index + 1, 'is not a fingerprint and a recipe')
    if (cost !== COST) throw fault(path, index + 1, `is not "${COST}", which this release knows`)
    recipes.push({ fingerprint, salt: Buffer.from(base64, 'base64') })
  })
  const [first, ...rest] = recipes
  if (first === undefined) throw new RootKeyFault(`${path} holds no recipe`)
  return [first, ...rest]
}

/** The text of a passphrase file. */
export function formatRecipes(recipes: readonly Recipe[]): string {
  const lines = recipes.map(
    ({ fingerprint, salt }) => `${fingerprint} ${COST} ${salt.toString('base64')}`,
  )
  return `${[HEAD, ABOUT, ...lines].join('\n')}\n`
}

const fault = (path: string, line: number, what: string): RootKeyFault =>
  new RootKeyFault(`${path}: line ${line} ${what}`)

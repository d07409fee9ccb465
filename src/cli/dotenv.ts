import { Failure } from './failure.ts'

const BLANK = /[^\S\n]*(?:#[^\n]*)?(?:\n|$)/y

const NAME = String.raw`[^\S\n]*(?:export[^\S\n]+)?([A-Za-z_][A-Za-z0-9_.-]*)[^\S\n]*=[^\S\n]*`
const QUOTED = String.raw`(?:'([^']*)'|\`([^\`]*)\`|"((?:[^"\\]|\\[^])*)")[^\S\n]*(?:#[^\n]*)?(?:\n|$)`
const BARE = String.raw`([^\n'"\`][^\n]*)?(?:\n|$)`
const ENTRY = new RegExp(`${NAME}(?:${QUOTED}|${BARE})`, 'y')

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/** As in a shell, a sign that has no other meaning stands for itself. */
const unescaped = (text: string): string =>
  text.replace(/\\([nrt"\\$`])/g, (_all, sign: string) => escapes[sign] ?? sign)

/**
 * The names and values of a `.env` file, in their order: `NAME=value`, with `export` before it or
 * not, quoted by `'`, `"` or a back quote or not at all. Nothing is put in for `$NAME`. Throws
 * `Failure` for a line that could be read in more than one way, naming its number only.
 */
export function parseDotenv(text: string): readonly (readonly [name: string, value: string])[] {
  const source = text.replaceAll('\r\n', '\n')
  const found: (readonly [string, string])[] = []
  for (let at = 0; at < source.length;) {
    BLANK.lastIndex = at
    ENTRY.lastIndex = at
    if (BLANK.test(source)) {
      at = BLANK.lastIndex
      continue
    }
    const [all, name, single, back, double, bare = ''] = ENTRY.exec(source) ?? []
    const line = source.slice(0, at).split('\n').length
    if (all === undefined || name === undefined) {
      throw new Failure(`line ${line} is not NAME=value`)
    }
    const quoted = single ?? back ?? (double === undefined ? undefined : unescaped(double))
    found.push([name, quoted ?? bareValue(bare, line)])
    at += all.length
  }
  return found
}

/** Some end a value at any `#`, some only after a space: where that differs, nobody guesses. */
function bareValue(text: string, line: number): string {
  const value = text.replace(/(?:^|\s)#[^]*$/, '').trim()
  if (value.includes('#')) {
    throw new Failure(`line ${line} has a # in a value without quotes: put the value in quotes`)
  }
  return value
}

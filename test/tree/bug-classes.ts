import { isTest, isTypeScript, type File, type Law, type Tree } from './tree.ts'

/**
 * Historic bugs of other vaults, and the tests that show we do not have them: every row of the table
 * names its tests, and every such test bears the number of its row in a comment right above it.
 */

const TABLE = 'docs/bug-classes.md'
const ROWS = 100
const NOT_HERE = 'Not here: '

interface Row {
  readonly number: number
  /** The last cell: tests, or why there is nothing to test. */
  readonly shown: string
}

/** A test and a row, as `N path › title`: what must stand on both sides. */
type Pair = string

const pair = (number: number, path: string, title: string): Pair => `${number} ${path} › ${title}`

/** A row begins with its number; no cell holds a bar. */
const rowsOf = ({ text }: File): readonly Row[] =>
  [...text.matchAll(/^\| *(\d+) *\|(?:[^|\n]*\|){3}([^|\n]*)\|$/gm)].map(
    ([, number, shown = '']) => ({
      number: Number(number),
      shown: shown.trim(),
    }),
  )

/** `path › title`, in as many backticks as the title allows. */
const TEST = /(`+)([\w./-]+\.ts) › (.+?)\1(?!`)/g

const pairsOf = ({ number, shown }: Row): readonly Pair[] =>
  [...shown.matchAll(TEST)].map(([, , path = '', title = '']) => pair(number, path, title))

/** The comment: `// Bug class 7.`, `// Bug classes 7, 8: what is meant.` */
const MARKER = /^[ \t]*\/\/ Bug class(?:es)? (\d+(?:, \d+)*)[.:]/gm

/** What a comment stands above: the first argument of a test, or the name of a row in a table of them. */
const TITLE = /^(?:.*\n)(?:[ \t]*\/\/.*\n)*\s*(?:\w+\(\s*)?(['"`])((?:(?!\1)[^\n])*)\1/

interface Marked {
  readonly path: string
  readonly numbers: readonly number[]
  /** `null` for a comment that stands above no test. */
  readonly title: string | null
}

const markedIn = ({ path, text }: File): readonly Marked[] =>
  [...text.matchAll(MARKER)].map(({ 0: whole, 1: list = '', index }) => ({
    path,
    numbers: list.split(', ').map(Number),
    title: TITLE.exec(text.slice(index + whole.length))?.[2] ?? null,
  }))

const marked = (tree: Tree): readonly Marked[] =>
  tree.filter((file) => isTest(file) && isTypeScript(file)).flatMap(markedIn)

/** What is said of a row by itself: its place, and that it is shown or excused. */
function rowProblems(rows: readonly Row[]): readonly string[] {
  const order = rows.flatMap(({ number }, n) =>
    number === n + 1 ? [] : [`${TABLE}: row ${n + 1} has the number ${number}`],
  )
  const count = rows.length === ROWS ? [] : [`${TABLE} has ${rows.length} rows`]
  const bare = rows
    .filter((row) => pairsOf(row).length === 0 && !row.shown.startsWith(NOT_HERE))
    .map(({ number }) => `${TABLE}: row ${number} has neither a test nor a reason`)
  return [...order, ...count, ...bare]
}

/** Each bug class has its one row; each row its tests, which bear its number; each such test its row. */
export const bugClassesAreShown: Law = (tree) => {
  const table = tree.find(({ path }) => path === TABLE)
  if (table === undefined) return [`${TABLE} is missing`]
  const rows = rowsOf(table)
  const found = marked(tree)
  const said = new Set(rows.flatMap(pairsOf))
  const borne = new Set(
    found.flatMap(({ path, numbers, title }) =>
      numbers.map((number) => pair(number, path, title ?? '')),
    ),
  )
  return [
    ...rowProblems(rows),
    ...found.filter(({ title }) => title === null).map(({ path }) => `${path}: above no test`),
    ...[...said.difference(borne)].map((one) => `${TABLE}: no such test, or not marked: ${one}`),
    ...[...borne.difference(said)].map((one) => `${TABLE}: not in its row: ${one}`),
  ]
}

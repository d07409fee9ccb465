import {
  importsOf,
  isShipped,
  isTypeScript,
  pathOf,
  type File,
  type Law,
  type Tree,
} from './tree.ts'

const LINES_MAX = 400

/** A file has a size a person can read in one sitting. */
export const filesAreReadable: Law = (tree) =>
  tree
    .filter(
      (file) => isTypeScript(file) && /^(?:src|test|bench|examples|scripts)\//.test(file.path),
    )
    .map((file) => ({ file, lines: file.text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > LINES_MAX)
    .map(({ file, lines }) => `${file.path} has ${lines} lines`)

/** What is started by itself. */
const ENTRANCES = ['src/server/main.ts', 'src/cli/main.ts']

function reached(tree: Tree): ReadonlySet<string> {
  const byPath = new Map(tree.map((file) => [file.path, file]))
  const seen = new Set<string>()
  const waiting = [...ENTRANCES]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = byPath.get(path)
    if (file === undefined || seen.has(path)) continue
    seen.add(path)
    for (const specifier of importsOf(file)) {
      const to = pathOf(specifier, path)
      if (to !== null) waiting.push(to)
    }
  }
  return seen
}

/** Every file is part of the server or of the command. */
export const nothingIsDead: Law = (tree) => {
  const seen = reached(tree)
  return tree
    .filter((file) => isShipped(file) && !seen.has(file.path))
    .map(({ path }) => `${path} is part of nothing`)
}

const FILES_OF_A_DIALECT = ['index.ts', 'faults.ts', 'schemas.ts']
const REGISTER = 'src/server/dialects.ts'

const foldersIn = (tree: Tree, parent: string): readonly string[] => [
  ...new Set(
    tree
      .filter(({ path }) => path.startsWith(parent) && path.slice(parent.length).includes('/'))
      .map(({ path }) => path.slice(parent.length).split('/')[0] ?? ''),
  ),
]

/** A dialect is a folder with the same files as its neighbours, and one line of registration. */
export const dialectsAreAlike: Law = (tree) => {
  const paths = new Set(tree.map(({ path }) => path))
  const register = tree.find(({ path }) => path === REGISTER)
  const registered = register === undefined ? [] : importsOf(register)
  return foldersIn(tree, 'src/dialects/').flatMap((name) => [
    ...FILES_OF_A_DIALECT.map((file) => `src/dialects/${name}/${file}`)
      .filter((path) => !paths.has(path))
      .map((path) => `${path} is missing`),
    ...(registered.includes(`#dialects/${name}/index.ts`)
      ? []
      : [`src/dialects/${name} is not in ${REGISTER}`]),
  ])
}

/** Spelled so that this file does not name them either. */
const REGISTRIES = new RegExp(
  [
    ...['npmjs', 'yarnpkg', 'npmmirror', 'pypi', 'pythonhosted', 'crates', 'golang'].map(
      (name) => `\\b(?:registry|files|index|static|proxy|sum|pkg)[.-](?:[a-z-]+[.])?${name}[.]`,
    ),
    ...['pypi', 'crates'].map((name) => `//${name}[.](?:org|io)\\b`),
  ].join('|'),
  'i',
)

/** Where packages come from is the installer's business: no file names a host of a registry. */
export const noRegistryIsNamed: Law = (tree) =>
  tree.flatMap(({ path, text }: File) =>
    text
      .split('\n')
      .flatMap((line, n) => (REGISTRIES.test(line) ? [`${path}:${n + 1} names a registry`] : [])),
  )

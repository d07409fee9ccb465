import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export interface File {
  /** From the root of the project, with slashes. */
  readonly path: string
  readonly text: string
}

/** The files of the project, or those of a made-up one. */
export type Tree = readonly File[]

/** What a law finds wrong: one line each, beginning with the path. */
export type Law = (tree: Tree) => readonly string[]

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** What is not ours, or is made by a run. */
const NOT_OURS = /^(?:node_modules|\.git|\.venv|__pycache__|\.pytest_cache|strongroom-data.*)$/

/** Files whose text is looked at; any other kind is named without it. */
const TEXT =
  /\.(?:ts|mjs|js|cjs|json|md|sql|py|txt|toml|ya?ml|ini|html|css|sh|http)$|\/[^.]+$|^\.?[a-z]+$/

export function readTree(): Tree {
  return filesIn('').map((path) => ({
    path,
    text: TEXT.test(path) ? readFileSync(join(root, path), 'utf8') : '',
  }))
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (NOT_OURS.test(entry.name)) return []
    if (entry.isDirectory()) return filesIn(path)
    return entry.isFile() ? [path] : []
  })

export const isTypeScript = ({ path }: File): boolean => path.endsWith('.ts')

/** Tests see everything: most laws are for what is shipped. */
export const isTest = ({ path }: File): boolean =>
  path.endsWith('.test.ts') || path.startsWith('test/')

export const isShipped = (file: File): boolean =>
  file.path.startsWith('src/') && isTypeScript(file) && !isTest(file)

const parsed = new WeakMap<File, ts.SourceFile>()

function parse(file: File): ts.SourceFile {
  const known = parsed.get(file)
  if (known !== undefined) return known
  const made = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true)
  parsed.set(file, made)
  return made
}

/** Every node of a file's syntax tree. */
export function* nodesOf(file: File): Generator<ts.Node> {
  const waiting: ts.Node[] = [parse(file)]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node
    ts.forEachChild(node, (child) => {
      waiting.push(child)
    })
  }
}

/** `path:line` of a node. */
export const placeOf = (file: File, node: ts.Node): string => {
  const { line } = parse(file).getLineAndCharacterOfPosition(node.getStart())
  return `${file.path}:${line + 1}`
}

/** What a file imports or passes on, as it is written; `import()` of a text as well. */
export function importsOf(file: File): readonly string[] {
  const found: string[] = []
  for (const node of nodesOf(file)) {
    const named =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
            ? node.argument.literal
            : undefined
    if (named !== undefined && ts.isStringLiteralLike(named)) found.push(named.text)
  }
  return found
}

/** The path of the file that an import names; `null` when it is a package or of Node itself. */
export function pathOf(specifier: string, from: string): string | null {
  if (specifier.startsWith('#test/')) return specifier.slice(1)
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`
  return specifier.startsWith('.') ? join(dirname(from), specifier) : null
}

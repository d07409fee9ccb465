import ts from 'typescript'
import { isShipped, isTypeScript, nodesOf, placeOf, type Law } from './tree.ts'

/** Who may take a value out of its wrapping: stores, what answers with one, and what delivers one. */
const REVEALS = [
  /^src\/stores\//,
  /^src\/dialects\//,
  /^src\/server\/(?:main|tokens)\.ts$/,
  /^src\/client\/(?:http|values)\.ts$/,
  /^src\/cli\/(?:environment|get|login-file|made|run|secret-files)\.ts$/,
]

/** Only stores, dialects and delivery reveal a value. */
export const onlyDeliveryReveals: Law = (tree) =>
  tree
    .filter((file) => isShipped(file) && !REVEALS.some((may) => may.test(file.path)))
    .flatMap((file) =>
      [...nodesOf(file)]
        .filter((node) => ts.isPropertyAccessExpression(node) && node.name.text === 'reveal')
        .map((node) => `${placeOf(file, node)} reveals a value`),
    )

/** Which file makes which proof. */
const MAKERS: Readonly<Record<string, string>> = {
  Grant: 'src/core/authorize.ts',
  Receipt: 'src/core/commit.ts',
}

/** What a type asserted by `as` is called, when it is a proof. */
function proofOf(node: ts.Node): string | null {
  if (!ts.isAsExpression(node) && !ts.isTypeAssertionExpression(node)) return null
  if (!ts.isTypeReferenceNode(node.type)) return null
  const name = node.type.typeName.getText()
  return Object.hasOwn(MAKERS, name) ? name : null
}

/** Only authorize.ts makes a grant, only commit.ts makes a receipt. */
export const proofsHaveOneMaker: Law = (tree) =>
  tree.filter(isShipped).flatMap((file) =>
    [...nodesOf(file)].flatMap((node) => {
      const proof = proofOf(node)
      return proof === null || MAKERS[proof] === file.path
        ? []
        : [`${placeOf(file, node)} makes a ${proof}`]
    }),
  )

/** A module that is declared anew adds to a package's types; anything else with a body is a namespace. */
const forbidden = (node: ts.Node): string | null => {
  if (ts.isEnumDeclaration(node)) return 'an enum'
  if (node.kind === ts.SyntaxKind.AnyKeyword) return 'any'
  return ts.isModuleDeclaration(node) && ts.isIdentifier(node.name) ? 'a namespace' : null
}

/** No `enum`, no `namespace`, no `any`, anywhere. */
export const plainTypes: Law = (tree) =>
  tree.filter(isTypeScript).flatMap((file) =>
    [...nodesOf(file)].flatMap((node) => {
      const what = forbidden(node)
      return what === null ? [] : [`${placeOf(file, node)} has ${what}`]
    }),
  )

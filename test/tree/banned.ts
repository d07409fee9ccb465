import ts from 'typescript'
import { importsOf, isShipped, nodesOf, placeOf, type File, type Law } from './tree.ts'

/** What has undone other vaults, by the names that programs call it. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['RSA_PKCS1_PADDING', 'tells a padding by its time'],
  ['allocUnsafe', 'gives memory that is in use elsewhere'],
  ['createCipher', 'makes a key of a password by itself'],
  ['eval', 'runs a text'],
  ['execSync', 'starts a shell'],
  ['insecureHTTPParser', 'reads what others read differently'],
  ['privateDecrypt', 'tells a padding by its time'],
  ['rejectUnauthorized', 'lets anybody be the other end'],
  ['setDefaultEncoding', 'reads what others read differently'],
])

const WHOLE: ReadonlyMap<string, string> = new Map([
  ['Math.random', 'can be guessed'],
  ['new Function', 'runs a text'],
])

const MODULES: ReadonlyMap<string, string> = new Map([
  ['node:http2', 'is a protocol with troubles of its own'],
  ['node:vm', 'runs a text'],
])

/** Which file may nevertheless, as it takes nothing from anybody. */
const MAY = new Set(['src/server/memory.ts node:vm'])

/** What an expression is, when it is one of those that count as a whole. */
function wholeOf(node: ts.Node): string | null {
  if (ts.isPropertyAccessExpression(node)) return node.getText()
  if (ts.isNewExpression(node)) return `new ${node.expression.getText()}`
  return ts.isCallExpression(node) ? `new ${node.expression.getText()}` : null
}

function reasonAgainst(node: ts.Node): string | null {
  const whole = wholeOf(node)
  if (whole !== null) return WHOLE.get(whole) ?? null
  if (ts.isIdentifier(node)) return NAMES.get(node.text) ?? null
  // `{ shell: true }`, of what starts a program.
  return ts.isPropertyAssignment(node) && node.name.getText() === 'shell' ? 'starts a shell' : null
}

const namesBanned = (file: File): readonly string[] =>
  [...nodesOf(file)].flatMap((node) => {
    const reason = reasonAgainst(node)
    return reason === null ? [] : [`${placeOf(file, node)} ${reason}`]
  })

const modulesBanned = (file: File): readonly string[] =>
  importsOf(file)
    .filter((one) => MODULES.has(one) && !MAY.has(`${file.path} ${one}`))
    .map((one) => `${file.path}: ${one} ${MODULES.get(one) ?? ''}`)

/** Nothing that is shipped uses what has undone other vaults. */
export const nothingIsBanned: Law = (tree) =>
  tree.filter(isShipped).flatMap((file) => [...namesBanned(file), ...modulesBanned(file)])

/** What proves that somebody knows a secret, by how such things are called. */
const PROOF = /(?:digest|mac|hmac|signature|tag|pepper)$/i

/** What is no secret: a word or a number that stands in the program. */
const isKnown = (node: ts.Node): boolean =>
  ts.isLiteralExpression(node) ||
  node.kind === ts.SyntaxKind.NullKeyword ||
  node.getText() === 'undefined'

function comparesProof(node: ts.Node): boolean {
  if (ts.isBinaryExpression(node)) {
    const { left, right, operatorToken } = node
    if (!/^[!=]==?$/.test(operatorToken.getText()) || isKnown(left) || isKnown(right)) return false
    return [left, right].some((side) => PROOF.test(side.getText()))
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false
  const { expression, name } = node.expression
  if (!['equals', 'compare'].includes(name.text)) return false
  return [expression, ...node.arguments].some((side) => PROOF.test(side.getText()))
}

/** What proves knowledge is compared by `timingSafeEqual`, not by what stops at the first difference. */
export const proofsTakeTheirTime: Law = (tree) =>
  tree
    .filter(isShipped)
    .flatMap((file) =>
      [...nodesOf(file)]
        .filter(comparesProof)
        .map((node) => `${placeOf(file, node)} compares a proof`),
    )

/** A name in capitals is of something that is fixed before anybody asks. */
const isFixed = (node: ts.Expression): boolean => /^[A-Z][A-Z_]*$/.test(node.getText())

/** Its statements are made of one another by a table of fixed words, and named each by its own. */
const BY_TABLE = 'src/database/sql/secrets.ts'

/** SQL is made of words that stand in the program; what is sent is always a parameter. */
export const sqlIsFixed: Law = (tree) =>
  tree
    .filter((file) => isShipped(file) && file.path !== BY_TABLE)
    .flatMap((file) =>
      [...nodesOf(file)]
        .filter((node) => ts.isCallExpression(node))
        .filter((node) => node.expression.getText() === 'statement')
        .filter(({ arguments: [, sql] }) =>
          sql === undefined || !ts.isTemplateExpression(sql)
            ? sql === undefined || !ts.isStringLiteralLike(sql)
            : !sql.templateSpans.every((one) => isFixed(one.expression)),
        )
        .map((node) => `${placeOf(file, node)} makes SQL of what it is given`),
    )

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { ROOMS, type Guarded, type Room } from './rooms.ts'
import type { Trial } from './stryker.ts'

const root = new URL('../../../', import.meta.url).pathname

/** A declaration that says what is done, by its lines; larger ones are for the whole tier. */
interface Piece {
  readonly guarded: Guarded
  readonly from: number
  readonly to: number
  readonly text: string
}

const LINES_MAX = 12

const isCode = (node: ts.Node): boolean =>
  ts.isFunctionDeclaration(node) ||
  ts.isVariableStatement(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isConstructorDeclaration(node)

function piecesOf(guarded: Guarded): readonly Piece[] {
  const text = readFileSync(join(root, guarded.file), 'utf8')
  const source = ts.createSourceFile(guarded.file, text, ts.ScriptTarget.ESNext, true)
  const lineAt = (at: number): number => source.getLineAndCharacterOfPosition(at).line + 1
  return source.statements
    .flatMap((node): readonly ts.Node[] =>
      ts.isClassDeclaration(node) ? [...node.members] : [node],
    )
    .filter(isCode)
    .map((node) => ({
      guarded,
      ...{ from: lineAt(node.getStart(source)), to: lineAt(node.getEnd()) },
      text: node.getText(source),
    }))
    .filter(({ from, to }) => to > from && to - from < LINES_MAX)
}

const lengthOf = ({ from, to }: Piece): number => to - from + 1

/** Pieces of a room in an order that only the seed and their own text say, until there are `lines`. */
function drawn(room: Room, seed: number, lines: number): readonly Piece[] {
  const order = ({ text, guarded }: Piece): string =>
    createHash('sha256').update(`${seed}\n${guarded.file}\n${text}`).digest('hex')
  const pieces = room.files.flatMap(piecesOf).toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
  const chosen: Piece[] = []
  let left = lines
  for (const piece of pieces) {
    if (left <= 0) break
    chosen.push(piece)
    left -= lengthOf(piece)
  }
  return chosen
}

/** A sample of every room, always the same for a seed as long as the code is the same. */
export function sample(seed: number, linesOfEach: number): Trial {
  const pieces = ROOMS.flatMap((room) => drawn(room, seed, linesOfEach))
  return {
    mutate: pieces.map(({ guarded, from, to }) => `${guarded.file}:${from}-${to}`),
    tests: [...new Set(pieces.flatMap(({ guarded }) => guarded.tests))],
  }
}

/** All of these rooms. */
export const whole = (rooms: readonly Room[]): Trial => ({
  mutate: rooms.flatMap(({ files }) => files.map(({ file }) => file)),
  tests: [...new Set(rooms.flatMap(({ files }) => files.flatMap(({ tests }) => tests)))],
})

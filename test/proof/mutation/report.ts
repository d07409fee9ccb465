import { EQUIVALENTS, type Equivalent } from './equivalents.ts'

/** Lines and columns from 1. */
interface Place {
  readonly line: number
  readonly column: number
}

/** What of Stryker's report (mutation-testing-report-schema) is looked at. */
export interface Report {
  readonly files: Readonly<
    Record<string, { readonly source: string; readonly mutants: readonly Reported[] }>
  >
}

interface Reported {
  readonly mutatorName: string
  readonly replacement?: string
  readonly location: { readonly start: Place; readonly end: Place }
  readonly status: string
  readonly killedBy?: readonly string[]
}

/** A changed piece of a file, and whether a test saw it. */
export interface Mutant extends Equivalent {
  readonly line: number
  readonly mutator: string
  readonly seen: boolean
}

export interface Score {
  readonly mutants: readonly Mutant[]
  readonly killed: number
  readonly survivors: readonly Mutant[]
  /** Those that are no fault at all, as listed. */
  readonly equivalent: readonly Mutant[]
  /** Of those that are a fault; of none at all, nothing. */
  readonly percent: number
}

const SEEN = new Set(['Killed', 'Timeout'])
const UNSEEN = new Set(['Survived', 'NoCoverage'])

/** Every mutant that could run, in the order of the files. */
export function mutantsIn({ files }: Report): readonly Mutant[] {
  return Object.entries(files).flatMap(([file, { source, mutants }]) => {
    const lines = source.split('\n')
    return mutants
      .filter(({ status }) => SEEN.has(status) || UNSEEN.has(status))
      .map((mutant) => ({
        file,
        line: mutant.location.start.line,
        within: (lines[mutant.location.start.line - 1] ?? '').trim(),
        from: textAt(lines, mutant.location),
        to: folded(mutant.replacement ?? ''),
        mutator: mutant.mutatorName,
        seen: SEEN.has(mutant.status),
      }))
  })
}

const folded = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

function textAt(lines: readonly string[], { start, end }: Reported['location']): string {
  const all = lines.slice(start.line - 1, end.line)
  const last = all.length - 1
  const cut = all.map((line, n) =>
    line.slice(n === 0 ? start.column - 1 : 0, n === last ? end.column - 1 : line.length),
  )
  return folded(cut.join(' '))
}

const isSame = (a: Equivalent, b: Equivalent): boolean =>
  a.file === b.file && a.within === b.within && a.from === b.from && a.to === b.to

/** Reckons up; a mutant that is listed as equivalent is neither killed nor a survivor. */
export function scoreOf(mutants: readonly Mutant[]): Score {
  const faults = mutants.filter((one) => one.seen || !isListed(one))
  const killed = faults.filter(({ seen }) => seen).length
  return {
    ...{ mutants, killed },
    survivors: faults.filter(({ seen }) => !seen),
    equivalent: mutants.filter((one) => !one.seen && isListed(one)),
    percent: faults.length === 0 ? 0 : (100 * killed) / faults.length,
  }
}

const isListed = (mutant: Mutant): boolean => EQUIVALENTS.some((one) => isSame(one, mutant))

/** What is listed as equivalent but is not there any more, or is seen: the list is to be mended. */
export const stale = (mutants: readonly Mutant[]): readonly Equivalent[] =>
  EQUIVALENTS.filter((one) => !mutants.some((mutant) => !mutant.seen && isSame(one, mutant)))

export const told = ({ file, line, from, to }: Mutant): string =>
  `${file}:${line}: \`${from}\` → \`${to}\``

import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/**
 * How much of a suite is run: what the gate has time for, or all of it (`--whole`), which then also
 * writes what was seen to `reports/`.
 */
export const WHOLE = process.env['STRONGROOM_WHOLE'] === '1'

/** How many of something a test does. */
export const sized = (bounded: number, all: number): number => (WHOLE ? all : bounded)

export type Figures = Readonly<Record<string, string | number>>

const sections: string[] = []

/**
 * Says what a test has seen; of a whole run it becomes a section of `reports/<suite>.md`. A suite is
 * one test file: the report is written anew by the first section of a run.
 */
export function figures(t: TestContext, suite: string, seen: Figures): void {
  const rows = Object.entries(seen)
  for (const [what, figure] of rows) t.diagnostic(`${what}: ${figure}`)
  if (!WHOLE) return
  const table = rows.map(([what, figure]) => `| ${what} | ${figure} |`)
  sections.push(['', `## ${t.name}`, '', '| what | seen |', '|---|---|', ...table, ''].join('\n'))
  const folder = new URL('../../reports/', import.meta.url).pathname
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${suite}.md`), `${headOf(suite)}${sections.join('')}`)
}

const headOf = (suite: string): string =>
  [
    `# ${suite}: the whole tier`,
    '',
    `Written by a whole run (\`-- --whole\`) on ${new Date().toISOString().slice(0, 10)}, with Node`,
    `${process.versions.node} on ${process.platform}, ${availableParallelism()} cores.`,
    '',
  ].join('\n')

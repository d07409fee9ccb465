import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Recorded } from './operation.ts'

const SOURCE = new URL('judge/', import.meta.url).pathname

export type Verdict = 'ok' | 'violation' | 'unknown'

export type Built = { readonly judge: string } | { readonly why: string }

/** Builds the judge (Porcupine) in this folder; gives why not when it cannot be had here. */
export function buildJudge(folder: string): Built {
  // A copy, so that nothing is written where the sources are.
  cpSync(SOURCE, join(folder, 'source'), { recursive: true })
  const judge = join(folder, 'judge')
  const done = spawnSync('go', ['build', '-o', judge, '.'], { cwd: join(folder, 'source') })
  if (done.error !== undefined) return { why: 'needs Go, to build the checker of histories' }
  return done.status === 0 ? { judge } : { why: `go build: ${done.stderr.toString()}` }
}

/** What the judge says of each history. */
export async function judged(
  judge: string,
  recorded: readonly Recorded[],
): Promise<ReadonlyMap<string, Verdict>> {
  const child = spawn(judge, { stdio: ['pipe', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  child.stdin.end(recorded.map((one) => `${JSON.stringify(one)}\n`).join(''))
  const lines = (await text(child.stdout)).split('\n').filter((line) => line !== '')
  const [code] = (await exit) as [number | null]
  if (code !== 0) throw new Error(`the judge ended with ${code}`)
  return new Map(
    lines.map((line) => {
      const { history, verdict } = JSON.parse(line) as { history: string; verdict: Verdict }
      return [history, verdict]
    }),
  )
}

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { once } from 'node:events'
import ts from 'typescript'
import { figures, sized } from '#test/support/tier.ts'
import { hostileFor } from './hostile.ts'

/**
 * Every pattern of the sources against texts made to be slow for it: none takes longer than a blink for
 * 64 KiB, so none has to be kept from anything (row 88).
 */

const root = new URL('../../../', import.meta.url).pathname
const CHARACTERS = 65_536
const BLINK_MS = 50
/** Something else may have had the processor: it counts if it is slow each time. */
const TRIES = 4

interface Pattern {
  readonly source: string
  readonly flags: string
  readonly at: string
}

/** The patterns in a file: literals, and texts that are whole patterns of schemas. */
function patternsIn(path: string): readonly Pattern[] {
  const file = ts.createSourceFile(path, readFileSync(root + path, 'utf8'), ts.ScriptTarget.Latest)
  const found: Pattern[] = []
  const look = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/')
      found.push({ source: node.text.slice(1, end), flags: node.text.slice(end + 1), at: path })
    } else if (ts.isStringLiteralLike(node) && /^\^.*\$$/su.test(node.text)) {
      found.push({ source: node.text, flags: 'u', at: path })
    }
    ts.forEachChild(node, look)
  }
  look(file)
  return found
}

async function everyPattern(): Promise<readonly Pattern[]> {
  const paths = await Array.fromAsync(glob('src/**/*.ts', { cwd: root }))
  const patterns = paths.filter((path) => !path.endsWith('.test.ts')).flatMap(patternsIn)
  return [...new Map(patterns.map((one) => [`/${one.source}/${one.flags}`, one])).values()]
}

/** How it is used where it is: tested, and all of it replaced. A `y` pattern is tried at its place. */
const measured = `
const { parentPort } = require('node:worker_threads')
parentPort.on('message', ({ source, flags, text }) => {
  const pattern = new RegExp(source, flags)
  const began = performance.now()
  pattern.test(text)
  if (!flags.includes('y')) text.replace(pattern, '')
  parentPort.postMessage(performance.now() - began)
})`

const GIVEN_UP_MS = 1_000

/** In a thread of its own: what has no end can be ended. */
class Clock {
  #worker = new Worker(measured, { eval: true })

  async time(pattern: Pattern, text: string): Promise<number> {
    const { source, flags } = pattern
    this.#worker.postMessage({ source, flags, text })
    const signal = AbortSignal.timeout(GIVEN_UP_MS)
    try {
      const [ms] = (await once(this.#worker, 'message', { signal })) as [number]
      return ms
    } catch {
      await this.#worker.terminate()
      this.#worker = new Worker(measured, { eval: true })
      return GIVEN_UP_MS
    }
  }

  async isSlow(pattern: Pattern, text: string): Promise<boolean> {
    for (let n = 0; n < TRIES; n++) {
      const ms = await this.time(pattern, text)
      if (ms < BLINK_MS) return false
      if (ms >= GIVEN_UP_MS) return true
    }
    return true
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }
}

async function slowOnes(clock: Clock, patterns: readonly Pattern[]) {
  const slow: string[] = []
  let texts = 0
  for (const pattern of patterns) {
    for (const text of hostileFor(pattern.source, CHARACTERS, sized(1, 4))) {
      texts += 1
      if (!(await clock.isSlow(pattern, text))) continue
      slow.push(
        `/${pattern.source}/${pattern.flags} in ${pattern.at}: ${JSON.stringify(text.slice(0, 24))}…`,
      )
      break
    }
  }
  return { slow, texts }
}

// Bug class 88.
test('no pattern of the sources is slow for any text (row 88)', async (t) => {
  const clock = new Clock()
  t.after(() => clock.end())
  const patterns = await everyPattern()
  assert.ok(patterns.length > 80, `only ${patterns.length} patterns were found`)
  const { slow, texts } = await slowOnes(clock, patterns)
  assert.deepEqual(slow, [])
  figures(t, 'properties-regexes', { patterns: patterns.length, 'hostile texts': texts })
})

test('control: patterns that are known to be slow are found out', async (t) => {
  const clock = new Clock()
  t.after(() => clock.end())
  const known = ['(a+)+$', '^(a|a)*b$', '0+$', '\\s+$', '^(\\w+\\s?)*$', '(x*)*y', '/+$', '-+$']
  const patterns = known.map((source) => ({ source, flags: '', at: 'nowhere' }))
  const { slow } = await slowOnes(clock, patterns)
  const missed = known.filter((source) => !slow.some((one) => one.startsWith(`/${source}/`)))
  assert.deepEqual(missed, [])
})

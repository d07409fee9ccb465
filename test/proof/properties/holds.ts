import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { figures, sized, WHOLE } from '#test/support/tier.ts'

const RUNS = sized(1_000, 100_000)
/** The gate tries the same cases each time; a whole run tries others each time, and names its seed. */
const SEED = WHOLE ? {} : { seed: 20_261_121 }

/** What `holds` and `fc.property` agree on. */
type Property = fc.IRawProperty<unknown>

let properties = 0
let runs = 0

/** What a property costs: it is tried a part as often as one that costs 1. */
interface Cost {
  readonly cost?: number
}

/** A property that is true of everything that can be drawn. */
export function holds(name: string, property: Property, { cost = 1 }: Cost = {}): void {
  const numRuns = Math.ceil(RUNS / cost)
  test(name, async () => {
    await fc.assert(property, { ...SEED, numRuns })
    properties += 1
    runs += numRuns
  })
}

/** A control: the same property of something that is wrong, which must be found out. */
export function isFoundOut(name: string, property: Property, { cost = 1 }: Cost = {}): void {
  test(`control: ${name}`, async () => {
    const { failed } = await fc.check(property, { ...SEED, numRuns: Math.ceil(RUNS / cost) })
    assert.equal(failed, true, 'a fault that was put there is not found')
  })
}

/** Says, at the end of a file, how much of it there was. */
export function sayHowMuch(suite: string): void {
  test('how much that was', (t) => {
    assert.ok(properties > 0)
    figures(t, `properties-${suite}`, { properties, runs })
  })
}

/** Any text: letters, signs, controls, surrogates that stand alone. */
export const anyText = (maxLength = 200): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ maxLength, unit: 'binary' }),
    fc.string({ maxLength, unit: 'grapheme-ascii' }),
    fc.string({ maxLength, unit: 'grapheme' }),
    fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength })
      .map((units) => String.fromCharCode(...units)),
  )

/** Text that UTF-8 can carry. */
export const wellFormed = (maxLength = 200): fc.Arbitrary<string> =>
  anyText(maxLength).map((text) => text.toWellFormed())

export const anyBytes = (maxLength = 300): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes))

/** One text with one thing done to it: a character changed, dropped, doubled or put in. */
export const nearMissOf = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.nat({ max: text.length - 1 }),
      fc.constantFrom('change', 'drop', 'double', 'insert'),
      fc.oneof(fc.constantFrom('A', '0', '_', '-', '.', ' ', '=', '\n', '\0', 'é'), anyText(1)),
    )
    .map(([at, how, sign]) => {
      const [before, one, after] = [text.slice(0, at), text.slice(at, at + 1), text.slice(at + 1)]
      if (how === 'change') return before + sign + after
      if (how === 'drop') return before + after
      return how === 'double' ? before + one + one + after : before + sign + one + after
    })
    .filter((other) => other !== text)

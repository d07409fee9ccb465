import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Compile } from 'typebox/compile'
import type { Dialect } from '#dialects/dialect.ts'
import type { Fault, Problem, Thing } from '#domain/fault.ts'
import { dialects } from '#server/registry.ts'
import { matchesGolden } from '#test/support/golden.ts'

const at = ['body', 'name']

/** One problem of each rule; a new rule is a compile error here. */
const problems: { readonly [R in Problem['rule']]: Problem & { readonly rule: R } } = {
  missing: { at, rule: 'missing' },
  unknown: { at, rule: 'unknown' },
  type: { at, rule: 'type', expected: 'string' },
  too_short: { at, rule: 'too_short', limit: 1 },
  too_long: { at, rule: 'too_long', limit: 90, unit: 'characters' },
  too_small: { at, rule: 'too_small', limit: 1 },
  too_large: { at, rule: 'too_large', limit: 10_000 },
  pattern: { at, rule: 'pattern', pattern: '^[a-z]+$' },
  one_of: { at, rule: 'one_of', allowed: ['asc', 'desc'] },
  not_json: { at, rule: 'not_json' },
  not_text: { at, rule: 'not_text', why: 'it must not hold NUL' },
  number_precision: { at: ['body'], rule: 'number_precision' },
  reserved: { at, rule: 'reserved' },
  duplicate: { at, rule: 'duplicate' },
  cursor: { at: ['query', 'after'], rule: 'cursor' },
  exclusive: { at: ['query', 'before'], rule: 'exclusive', other: 'after' },
}

/** Every thing; a new one is a compile error here. */
const things = Object.keys({
  account: 0,
  subject: 0,
  team: 0,
  member: 0,
  token: 0,
  group: 0,
  environment: 0,
  secret: 0,
  version: 0,
  link: 0,
  variable: 0,
  store: 0,
  binding: 0,
  login: 0,
  slug: 0,
  entry: 0,
} satisfies Record<Thing, 0>) as Thing[]

type Samples<K extends Fault['kind']> = Readonly<Record<string, Fault & { readonly kind: K }>>

const ofEachThing = <F extends Fault>(fault: (thing: Thing) => F): Readonly<Record<string, F>> =>
  Object.fromEntries(things.map((thing) => [thing, fault(thing)]))

/** Every fault, by what is special about it; a new kind is a compile error here. */
const faults: { readonly [K in Fault['kind']]: Samples<K> } = {
  no_token: { '': { kind: 'no_token' } },
  bad_token: { '': { kind: 'bad_token' } },
  two_tokens: { '': { kind: 'two_tokens' } },
  other_account: { '': { kind: 'other_account' } },
  denied: { '': { kind: 'denied', needs: 'the role admin' } },
  not_found: ofEachThing((thing) => ({ kind: 'not_found', thing })),
  hidden: ofEachThing((thing) => ({ kind: 'hidden', thing })),
  name_taken: ofEachThing((thing) => ({ kind: 'name_taken', thing })),
  in_use: { '': { kind: 'in_use', thing: 'group', why: 'it still holds secrets' } },
  changed: { '': { kind: 'changed', current: 3 } },
  invalid: Object.fromEntries(
    Object.entries(problems).map(([rule, problem]) => [
      rule,
      { kind: 'invalid', problems: [problem] },
    ]),
  ),
  malformed: { '': { kind: 'malformed', why: 'the body is not JSON' } },
  too_large: { '': { kind: 'too_large', limit: 1_048_576 } },
  unsupported_encoding: { '': { kind: 'unsupported_encoding' } },
  no_route: { '': { kind: 'no_route' } },
  no_method: { '': { kind: 'no_method', allow: ['GET', 'POST'] } },
  too_many: { '': { kind: 'too_many', retryAfterS: 7 } },
  busy: { '': { kind: 'busy', retryAfterS: 1 } },
  unavailable: { '': { kind: 'unavailable', retryAfterS: 2 } },
  store_failed: Object.fromEntries(
    (['down', 'throttled', 'refused', 'missing', 'not_ours', 'rejected'] as const).map((cause) => [
      cause,
      { kind: 'store_failed', cause, said: 'what it said', retryAfterS: 2 },
    ]),
  ),
  broken: { '': { kind: 'broken' } },
}

const samples: readonly Fault[] = Object.values(faults).flatMap((of) => Object.values<Fault>(of))

function line(dialect: Dialect, name: string, fault: Fault): string {
  const { status, headers = {}, body } = dialect.refuse(fault, {})
  const special = Object.entries(headers).map(([header, value]) => `  ${header}: ${value}`)
  return `${name.trim().padEnd(25)} ${status}  ${JSON.stringify(body)}${special.join('')}`
}

for (const dialect of dialects) {
  test(`${dialect.name}: the words of every refusal are those that were reviewed`, () => {
    const all: readonly [string, Readonly<Record<string, Fault>>][] = Object.entries(faults)
    const lines = all.flatMap(([kind, samples]) =>
      Object.entries(samples).map(([name, fault]) => line(dialect, `${kind} ${name}`, fault)),
    )
    const head = `# ${dialect.name}: each refusal as it is answered: fault, status, body, headers.`
    const file = new URL(`../../src/dialects/${dialect.name}/vectors/refusals.txt`, import.meta.url)
    matchesGolden(file, `${[head, '', ...lines].join('\n')}\n`)
  })
  test(`${dialect.name}: every refusal is of the shape that its document promises`, () => {
    const seen = new Set<string>()
    for (const fault of samples) {
      const { status, body } = dialect.refuse(fault, {})
      const promised = dialect.refusals[status]
      assert.ok(promised !== undefined, `${fault.kind}: ${status} is not promised`)
      assert.ok(Compile(promised).Check(body), `${fault.kind}: ${JSON.stringify(body)}`)
      seen.add(String(status))
    }
    assert.deepEqual([...seen].toSorted(), Object.keys(dialect.refusals).toSorted())
  })
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Route } from '#dialects/dialect.ts'
import type { Api } from '#test/support/api.ts'
import { callOf, pathOf, routes } from '#test/support/calls.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { onEachEngine } from '#test/support/house.ts'
import { figures, sized } from '#test/support/tier.ts'

/** A member of a body, or a parameter of a query, with values that it may be given; `undefined` is none. */
interface Factor {
  readonly part: 'body' | 'query'
  readonly name: string
  readonly levels: readonly unknown[]
}

type Row = readonly number[]

interface Shape {
  readonly type?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Shape>>
}

/** Values of its type at their edges, and one of no type that it has. */
function levelsOf({ type, enum: words }: Shape, usual: unknown): readonly unknown[] {
  const types: unknown[] = Array.isArray(type) ? type : [type]
  const edges: unknown[] = [usual, undefined, null]
  if (words !== undefined) edges.push(...words.slice(0, 2))
  else if (types.includes('string')) edges.push('', 'a', '1')
  if (types.includes('integer')) edges.push(0, 1, 1_000)
  if (types.includes('boolean')) edges.push(true, false)
  if (types.includes('object')) edges.push({}, { a: [1] })
  if (types.includes('array')) edges.push([], ['a'])
  edges.push(7)
  return [...new Set(edges)]
}

function factorsOf(route: Route, estate: Estate): readonly Factor[] {
  const call = callOf(route, estate)
  return (['query', 'body'] as const).flatMap((part) => {
    const { properties = {} } = (route.schemas[part] ?? {}) as Shape
    const usual: Readonly<Record<string, unknown>> = call[part] ?? {}
    return Object.entries(properties).map(([name, shape]) => ({
      ...{ part, name },
      levels: levelsOf(shape, usual[name]),
    }))
  })
}

const key = (a: number, x: number, b: number, y: number): string => `${a}.${x} ${b}.${y}`

const pairsIn = (row: Row): readonly string[] =>
  row.flatMap((x, a) => row.slice(a + 1).map((y, n) => key(a, x, a + 1 + n, y)))

/**
 * Rows in which every pair of values of two factors stands together somewhere: each row is begun with a
 * pair that is missing, and every other factor takes what covers most.
 */
function pairwise(sizes: readonly number[]): readonly Row[] {
  const missing = new Set<string>()
  for (const [a, all] of sizes.entries()) {
    for (let x = 0; x < all; x++) {
      for (const [n, others] of sizes.slice(a + 1).entries()) {
        for (let y = 0; y < others; y++) missing.add(key(a, x, a + 1 + n, y))
      }
    }
  }
  const rows: Row[] = []
  for (let next = missing.values().next().value; next !== undefined;) {
    const [a = 0, x = 0, b = 0, y = 0] = next.split(/[. ]/).map(Number)
    const row: (number | undefined)[] = sizes.map((_size, n) =>
      n === a ? x : n === b ? y : undefined,
    )
    for (const [n, size] of sizes.entries()) row[n] ??= best(row, n, size, missing)
    const whole = row.map((one) => one ?? 0)
    for (const pair of pairsIn(whole)) missing.delete(pair)
    rows.push(whole)
    next = missing.values().next().value
  }
  return rows
}

function best(
  row: readonly (number | undefined)[],
  at: number,
  size: number,
  missing: ReadonlySet<string>,
): number {
  const gain = (value: number): number =>
    row.filter(
      (other, n) =>
        other !== undefined &&
        missing.has(n < at ? key(n, other, at, value) : key(at, value, n, other)),
    ).length
  const gains = Array.from({ length: size }, (_, value) => gain(value))
  return gains.indexOf(Math.max(...gains))
}

/** One request with one value of each factor. */
async function send(api: Api, route: Route, estate: Estate, factors: readonly Factor[], row: Row) {
  const call = callOf(route, estate)
  const given = factors.map(({ part, name, levels }, n) => ({
    part,
    name,
    value: levels[row[n] ?? 0],
  }))
  const of = (wanted: Factor['part']) =>
    given.filter(({ part, value }) => part === wanted && value !== undefined)
  const query = new URLSearchParams(of('query').map(({ name, value }) => [name, String(value)]))
  const body = Object.fromEntries(of('body').map(({ name, value }) => [name, value]))
  const target = `${pathOf(route, call)}?${query.toString()}`
  const asked = route.schemas.body === null ? {} : { body }
  const { status, text } = await api.send(route.method, target, asked)
  const what = `${route.method} ${target} ${JSON.stringify(body).slice(0, 300)}: ${status} ${text}`
  // 503 is the word for a store outside that cannot be reached.
  assert.ok(status < 500 || (status === 503 && text.includes('store')), what)
  return status
}

test('pairwise: of these rows every pair of values stands in one', () => {
  const sizes = [5, 4, 6, 2, 3]
  const seen = new Set(pairwise(sizes).flatMap(pairsIn))
  const all = sizes.flatMap((size, a) => sizes.slice(a + 1).map((other) => size * other))
  assert.equal(
    seen.size,
    all.reduce((sum, one) => sum + one, 0),
  )
  assert.ok(pairwise(sizes).length < 60)
})

onEachEngine(
  (house) => {
    // Bug class 99: CVE-2026-55776.
    test('no two parameters of a route break it together, and none stops the server', async (t) => {
      const most = sized(60, 1_000)
      let [looked, requests, done] = [0, 0, 0]
      for (const route of routes) {
        const estate = (sample ??= await settle(await house().tenant()))
        const factors = factorsOf(route, estate)
        if (factors.length === 0) continue
        looked += 1
        const rows = pairwise(factors.map(({ levels }) => levels.length))
        const api =
          callOf(route, estate).token === null
            ? estate.admin
            : estate.admin.as(callOf(route, estate).token)
        for (const row of rows.slice(0, most)) {
          const status = await send(api, route, estate, factors, row)
          requests += 1
          if (status < 300) done += 1
        }
      }
      assert.ok(requests > 1_500 && done > requests / 20)
      ;(await house().operator.get('/strongroom/v1/whoami')).expect(200)
      figures(t, 'pairwise', { routes: looked, requests, 'of them done': done })
    })
  },
  ['SQLite'],
)

let sample: Estate | null = null

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Route } from '#dialects/dialect.ts'
import { callOf, routes, sendCall } from '#test/support/calls.ts'
import type { Body } from '#test/support/calls/call.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { CANARY, Rows, withExtras, withExtrasWithin } from '#test/support/extras.ts'
import { openHouse, type House } from '#test/support/house.ts'

type Filling = (body: Body, route: Route, theirs: Estate) => Body

const NOT_FOUND = 404
const CONFLICT = 409

/** What a request wrote, told so that the same request of another account tells the same. */
function written(
  before: readonly string[],
  after: readonly string[],
  of: Estate,
): readonly string[] {
  const old = new Set(before)
  const spelled = (row: string): string =>
    row
      .replaceAll(of.mark, 'MARK')
      .replaceAll(of.mark.toUpperCase(), 'MARK')
      .replaceAll(of.id, 'ACCOUNT')
      .replaceAll(of.name, 'NAME')
      .replaceAll(/"c[0-9a-z]{24}"/g, '"ID"')
      .replaceAll(/\b\d{13}\b/g, 'TIME')
  return after
    .filter((row) => !old.has(row) && !BESIDE.test(row))
    .map(spelled)
    .toSorted()
}

/** The record, which tells of every request, and how often a row was written. */
const BESIDE = /^(?:audit_|checkpoint|login_challenge|log_)/

/** What is a row's own by chance: no two requests make the same. */
const chance = (row: string): string =>
  row
    .replaceAll(/"(?:key_id|slug|code|status_digest|public_key|path)":"[^"]*"/g, '""')
    // A manifest is kept as it was said, and answered as that alone.
    .replace(/^manifest .*/s, 'manifest')
    .replaceAll(/"revision":\d+|"authority":\d+/g, '""')

describe('extra members', () => {
  let house: House | null = null
  let rows: Rows | null = null
  before(async () => {
    house = await openHouse('SQLite')
    rows = new Rows(house.server.dataDir)
  })
  after(async () => {
    rows?.close()
    await house?.close()
  })

  /** What a route wrote in this account, and how it answered. */
  async function effect(
    route: Route,
    mine: Estate,
    theirs: Estate,
    fill: Filling,
  ): Promise<Effect> {
    assert.ok(house !== null && rows !== null)
    const call = callOf(route, mine)
    const at = rows.all()
    const asker = route.operationId === 'createAccount' ? house.operator : mine.admin
    const sent = { ...call, body: fill(call.body ?? {}, route, theirs) }
    const { status } = await sendCall(asker, route, sent)
    return { status, wrote: written(at, rows.all(), mine).map(chance) }
  }

  /** What each route with a body wrote; where another one has taken the name before, in a second account. */
  async function effects(theirs: Estate, fill: Filling): Promise<ReadonlyMap<string, Effect>> {
    assert.ok(house !== null)
    const [first, second] = [await settle(await house.tenant()), await settle(await house.tenant())]
    const seen = new Map<string, Effect>()
    for (const route of routes.filter(({ schemas }) => schemas.body !== null)) {
      const found = await effect(route, first, theirs, fill)
      const again = found.status === CONFLICT || found.status === NOT_FOUND
      seen.set(route.operationId, again ? await effect(route, second, theirs, fill) : found)
    }
    return seen
  }

  // Bug class 18: CVE-2026-42862, CVE-2026-41277, CVE-2026-46477.
  test('a member that a route does not know moves nothing: refused, or as if it were not there', async (t) => {
    assert.ok(house !== null && rows !== null)
    const theirs = await settle(await house.tenant())
    const columns = rows.columns()
    const usual = await effects(theirs, (body) => body)
    const beside = await effects(theirs, (body, route) => withExtras(body, route, columns, theirs))
    const within = await effects(theirs, (body) => withExtrasWithin(body, columns, theirs))
    let refused = 0
    for (const [operation, { status, wrote }] of usual) {
      for (const [where, effect] of [
        ['beside', beside.get(operation)],
        ['within', within.get(operation)],
      ] as const) {
        const what = `${operation} with more ${where} its members`
        if (effect?.status === 422) {
          refused += 1
          assert.deepEqual(effect.wrote, [], what)
        } else assert.deepEqual(effect, { status, wrote }, what)
      }
    }
    const failed = [...usual].filter(([, { status }]) => status >= 300).map(([name]) => name)
    assert.deepEqual(failed, [])
    assert.ok(usual.size > 30 && refused < usual.size / 2)
    assert.ok([...usual.values()].some(({ wrote }) => wrote.length > 0))
    assert.deepEqual(
      rows.all().filter((row) => row.includes(CANARY) && !row.startsWith('manifest ')),
      [],
    )
    // Were it taken, it would be seen: here the role of the usual body is another one.
    const creating = routes.find(({ operationId }) => operationId === 'createUser')
    assert.ok(creating !== undefined)
    const another = await settle(await house.tenant())
    const raise: Filling = (body) => ({ ...body, role: 'admin' })
    const raised = await effect(creating, another, theirs, raise)
    assert.notDeepEqual(raised, usual.get('createUser'))
    t.diagnostic(`${usual.size} routes, ${new Set(columns).size} columns, ${refused} refused`)
  })
})

interface Effect {
  readonly status: number
  readonly wrote: readonly string[]
}

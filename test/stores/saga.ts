import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RemoteStoreKind } from '#domain/store.ts'
import type { Answer } from '#test/support/api.ts'
import type { Trouble } from '#test/support/fault-proxy.ts'
import { figures, WHOLE } from '#test/support/tier.ts'
import { useGround, type Ground } from './ground.ts'
import { FIRST, operations, valueOf, type Operation } from './operations.ts'
import { slowTroubles, troubles } from './troubles.ts'

const own = '/strongroom/v1'

/** Answers that are right for a store that does not do what it is asked. */
const REFUSALS = [424, 503]

/** How long the trouble lasts: for one request of the operation, or for all of them. */
const lasting = {
  once: (trouble: Trouble) => (_method: string, _path: string, n: number) =>
    n === 1 ? trouble : ({ kind: 'none' } as const),
  'all the while': (trouble: Trouble) => () => trouble,
}
type Long = keyof typeof lasting

interface TroubleCase {
  readonly doing: string
  readonly what: string
  readonly long: Long
}

interface CrashCase {
  readonly doing: string
  readonly kind: 'before' | 'after'
  readonly at: number
}

const LONGS: readonly Long[] = ['once', 'all the while']
const DOINGS = Object.keys(operations)
/** A crash in the middle of a read leaves nothing behind. */
const WRITES = DOINGS.filter((doing) => doing !== 'read')

const allTroubles: readonly TroubleCase[] = DOINGS.flatMap((doing) =>
  Object.keys({ ...troubles, ...slowTroubles }).flatMap((what) =>
    LONGS.map((long) => ({ doing, what, long })),
  ),
)

const allCrashes: readonly CrashCase[] = WRITES.flatMap((doing) =>
  [1, 2, 3, 4].flatMap((at) => (['before', 'after'] as const).map((kind) => ({ doing, kind, at }))),
)

/** One of `all` for each `key`, such that the operations take turns. */
function eachOnce<T extends { readonly doing: string }>(
  all: readonly T[],
  key: (one: T) => string,
): readonly T[] {
  const groups = [...Map.groupBy(all, key).values()]
  return groups.flatMap((group, n) => group[(n * 7 + Math.floor(n / 6)) % group.length] ?? [])
}

/** How much of it is done where not all is: `most` of a real server, `some` of an emulator. */
export type Share = 'most' | 'some'

function troublesOf(share: Share): readonly TroubleCase[] {
  if (WHOLE) return allTroubles
  const quick = allTroubles.filter(({ what }) => !Object.hasOwn(slowTroubles, what))
  return eachOnce(quick, ({ doing, what }) => (share === 'most' ? `${doing} ${what}` : what))
}

function crashesOf(share: Share): readonly CrashCase[] {
  if (WHOLE) return allCrashes
  const early = allCrashes.filter(({ at }) => at <= 2)
  return share === 'most' ? early : eachOnce(early, ({ kind, at }) => `${kind} ${at}`)
}

/** What came of the cases of a kind. */
class Seen {
  readonly #counts = new Map<string, number>()

  add(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }

  get figures(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }
}

const wordFor = (answer: Answer | null): string =>
  answer === null ? 'no answer' : answer.status === 200 ? 'acknowledged' : 'refused'

/**
 * Every fault of a store, at every operation, at every point of a crash: what was acknowledged is
 * there, what was not is absent or whole, and within a minute of health the store holds what the
 * record says and nothing else (no orphan on either side).
 */
export function saga(kind: RemoteStoreKind, share: Share): void {
  const ground = useGround(kind)
  const seen = { troubles: new Seen(), crashes: new Seen() }
  let cases = 0

  async function begin({ from }: Operation): Promise<{ id: string; name: string }> {
    cases += 1
    const name = `case-${cases}`
    await ground().healthy()
    const made = await ground().api().post(`${own}/groups/${from}/secrets`, { name, value: FIRST })
    return { id: made.expect(200).str('id'), name }
  }

  async function end(operation: Operation, name: string, answer: Answer | null): Promise<void> {
    const { proxy, healthy, agree } = ground()
    proxy.trouble(null)
    await healthy()
    await operation.check(ground(), name, answer?.status === 200)
    await agree()
  }

  provesItsDetector(kind, ground)

  for (const { doing, what, long } of troublesOf(share)) {
    test(`${kind}: ${doing}, store ${what} ${long}`, async () => {
      const operation = named(doing)
      const trouble = { ...troubles, ...slowTroubles }[what]
      assert.ok(trouble !== undefined)
      const { id, name } = await begin(operation)
      ground().proxy.trouble(lasting[long](trouble))
      const answer = await operation.run(ground(), id, name)
      assert.ok(answer !== null, 'the vault answers')
      assert.ok(answer.status === 200 || REFUSALS.includes(answer.status), answer.text)
      assert.equal(answer.text.includes(valueOf(name)), false)
      // What is deleted goes from the store only afterwards.
      await ground().struck()
      await end(operation, name, answer)
      seen.troubles.add(wordFor(answer))
    })
  }

  for (const { doing, kind: when, at } of crashesOf(share)) {
    test(`${kind}: ${doing}, killed ${when} request ${at} to the store`, async () => {
      const operation = named(doing)
      const { id, name } = await begin(operation)
      const { proxy, kill, restart, struckSoon } = ground()
      const trouble: Trouble = { kind: when, then: kill }
      proxy.trouble((_method, _path, n) => (n === at ? trouble : { kind: 'none' }))
      const answer = await operation.run(ground(), id, name)
      const killed = await struckSoon()
      proxy.trouble(null)
      await restart()
      await end(operation, name, answer)
      seen.crashes.add(killed ? `killed, ${wordFor(answer)}` : 'done before that request')
    })
  }

  test(`${kind}: what the saga has seen`, (t) => {
    const { troubles: met, crashes: died } = seen
    figures(t, `saga-${kind}`, {
      ...Object.fromEntries(Object.entries(met.figures).map(([k, n]) => [`troubles, ${k}`, n])),
      ...Object.fromEntries(Object.entries(died.figures).map(([k, n]) => [`crashes, ${k}`, n])),
    })
    assert.ok((met.figures['acknowledged'] ?? 0) > 0, 'some got through all the same')
    assert.ok((met.figures['refused'] ?? 0) > 0, 'some were refused')
    assert.ok(Object.keys(died.figures).some((word) => word.startsWith('killed')))
  })
}

function named(doing: string): Operation {
  const found = operations[doing]
  assert.ok(found !== undefined)
  return found
}

/** What the store holds and no record, and the other way around, is told of. */
function provesItsDetector(kind: RemoteStoreKind, ground: () => Ground): void {
  test(`${kind}: an orphan and a loss are found`, async (t) => {
    const { api, agree, differences, orphan, lose } = ground()
    const body = { name: 'lost', value: FIRST }
    const id = (await api().post(`${own}/groups/outside/secrets`, body)).expect(200).str('id')
    await agree()
    const uproot = await orphan()
    t.after(uproot)
    assert.match((await differences()).join(), /^store: \S+ 1$/)
    await uproot()
    await agree()
    await lose(id)
    assert.match((await differences()).join(), /^record: \S+ 1$/)
    ;(await api().delete(`${own}/secrets/${id}`)).expect(200)
    await agree()
  })
}

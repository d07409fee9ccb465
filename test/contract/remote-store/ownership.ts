import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SecretValue } from '#domain/secret-value.ts'
import type { Mark, RemoteItem } from '#ports/remote-store.ts'
import { idOf } from '#test/support/places.ts'
import {
  bytesOf,
  everything,
  fault,
  here,
  pages,
  soon,
  writing,
  type RemoteUnderTest,
} from './trial.ts'

const some = SecretValue.fromText('some value')

/** How long a list may be behind. */
const LIST_MS = 120_000

/** Until it holds: a list may be behind. */
async function patiently(holds: () => Promise<void>): Promise<void> {
  const until = Date.now() + LIST_MS
  for (;;) {
    try {
      await holds()
      return
    } catch (error) {
      if (Date.now() > until) throw error
    }
    await sleep(2_000)
  }
}

/** What is ours, what is not, and how it goes away. */
export function exerciseRemoteOwnership(
  label: string,
  open: (t: TestContext) => Promise<RemoteUnderTest>,
): void {
  test(`${label}: never touches what does not bear our mark`, async (t) => {
    const { store, put, plant } = writing(t, await open(t))
    const { mark } = here()
    const path = store.pathOf(here())
    const planted = await plant(path)
    await fault('not_ours', put({ value: some }))
    await fault('not_ours', store.versions(path, mark, soon()))
    await fault('not_ours', store.drop(path, mark, ['1'], soon()))
    await fault('not_ours', store.remove(path, mark, soon()))
    assert.equal(await planted.untouched(), true)
  })

  test(`${label}: never touches what bears the mark of another`, async (t) => {
    const { store, put } = writing(t, await open(t))
    const path = store.pathOf(here())
    const version = await put({ value: some })
    const { mark } = here()
    const others: Mark[] = [
      { ...mark, installation: idOf('9') },
      { ...mark, account: idOf('9') },
      { ...mark, secret: idOf('9') },
    ]
    for (const other of others) {
      await fault('not_ours', put({ value: some, of: { ...here(), mark: other } }))
      await fault('not_ours', store.versions(path, other, soon()))
      await fault('not_ours', store.drop(path, other, [version], soon()))
      await fault('not_ours', store.remove(path, other, soon()))
    }
    assert.deepEqual(await store.versions(path, mark, soon()), [version])
    assert.equal(bytesOf(await store.get(path, version, soon())).toString(), 'some value')
  })

  test(`${label}: gives no version that is not there`, async (t) => {
    const { store, put } = writing(t, await open(t))
    const path = store.pathOf(here())
    const other = here({ secret: '4' })
    const last = [
      await put({ value: some, of: other }),
      await put({ value: some, of: other }),
      await put({ value: some, of: other }),
    ].at(-1)
    assert.ok(last !== undefined)
    await fault('missing', store.get(path, last, soon()))
    assert.equal(await store.versions(path, here().mark, soon()), null)
    await put({ value: some })
    await fault('missing', store.get(path, last, soon()))
  })

  test(`${label}: shows what is not ours and gives its value, and of nothing that bears a mark`, async (t) => {
    const { store, put, plant } = writing(t, await open(t))
    const [ours, theirs] = [here(), here({ account: '9' })]
    const path = store.pathOf(theirs)
    const planted = await plant(path)
    const other = { ...ours, mark: { ...ours.mark, installation: idOf<'installation'>('9') } }
    const elsewhere = here({ secret: '4' })
    await put({ value: some, of: other })
    await put({ value: some, of: elsewhere })
    const mine = { path: store.pathOf(ours), mark: other.mark }
    const browsed = (beginning: string) =>
      Array.fromAsync(pages((after) => store.browse(beginning, after, soon())))
    await patiently(async () => {
      assert.deepEqual(await browsed(path), [{ path, mark: null }])
      assert.deepEqual(await browsed(mine.path.slice(0, -1)), [mine])
    })
    assert.deepEqual(await browsed(`${path}-and-more`), [])
    assert.deepEqual(await store.look(path, soon()), { path, mark: null })
    assert.deepEqual(await store.look(mine.path, soon()), mine)
    assert.equal(await store.look(store.pathOf(here({ secret: '8' })), soon()), null)
    assert.equal(bytesOf(await store.peek(path, soon())).toString(), 'theirs')
    assert.equal(await planted.untouched(), true)
    await fault('rejected', store.peek(store.pathOf(ours), soon()))
    await fault('rejected', store.peek(store.pathOf(elsewhere), soon()))
    await fault('missing', store.peek(store.pathOf(here({ secret: '8' })), soon()))
  })

  test(`${label}: drops one version and leaves the others`, async (t) => {
    const { store, put } = writing(t, await open(t))
    const { mark } = here()
    const path = store.pathOf(here())
    const text = async (version: string) =>
      bytesOf(await store.get(path, version, soon())).toString()
    await store.drop(path, mark, ['1'], soon())
    const [first, second, third] = [
      await put({ value: SecretValue.fromText('first') }),
      await put({ value: SecretValue.fromText('second') }),
      await put({ value: SecretValue.fromText('third') }),
    ]
    await store.drop(path, mark, [], soon())
    await store.drop(path, mark, [first], soon())
    await store.drop(path, mark, [first], soon())
    await fault('missing', store.get(path, first, soon()))
    assert.deepEqual([await text(second), await text(third)], ['second', 'third'])
    const left = (await store.versions(path, mark, soon())) ?? []
    assert.deepEqual(left.toSorted(), [second, third].toSorted())
    await store.drop(path, mark, [third], soon())
    await fault('missing', store.get(path, third, soon()))
    assert.equal(await text(second), 'second')
    const fourth = await put({ value: SecretValue.fromText('fourth') })
    assert.deepEqual([await text(second), await text(fourth)], ['second', 'fourth'])
    await store.drop(path, mark, [second, fourth], soon())
    assert.deepEqual((await store.versions(path, mark, soon())) ?? [], [])
    await fault('missing', store.get(path, fourth, soon()))
    assert.equal(await text(await put({ value: SecretValue.fromText('fifth') })), 'fifth')
  })

  test(`${label}: removes all, so that the path is free at once`, async (t) => {
    const { store, put } = writing(t, await open(t))
    const { mark } = here()
    const path = store.pathOf(here())
    await store.remove(path, mark, soon())
    const before = [await put({ value: some }), await put({ value: some })]
    await store.remove(path, mark, soon())
    for (const version of before) await fault('missing', store.get(path, version, soon()))
    const left = await store.versions(path, mark, soon())
    assert.deepEqual(left ?? [], [])
    await store.remove(path, mark, soon())
    for (const text of ['again', 'and again']) {
      const version = await put({ value: SecretValue.fromText(text) })
      assert.equal(bytesOf(await store.get(path, version, soon())).toString(), text)
      assert.ok((await store.versions(path, mark, soon()))?.includes(version))
      await store.remove(path, mark, soon())
    }
  })

  test(`${label}: lists what is under its prefix, page by page`, async (t) => {
    const { store, put, plant, page } = writing(t, await open(t))
    assert.deepEqual(await Array.fromAsync(everything(store)), [])
    const secrets = Array.from({ length: page + 1 }, (_, n) =>
      here({ name: `NAME_${n}`, group: `group-${n % 3}`, account: String(n % 4) }),
    )
    for (let n = 0; n < secrets.length; n += 8) {
      await Promise.all(secrets.slice(n, n + 8).map((of) => put({ value: some, of })))
    }
    const twice = secrets[0]
    assert.ok(twice !== undefined)
    await put({ value: some, of: twice })
    const foreign = store.pathOf(here({ account: '9' }))
    await plant(foreign)
    const items: RemoteItem[] = [
      ...secrets.map((of) => ({ path: store.pathOf(of), mark: of.mark })),
      { path: foreign, mark: null },
    ]
    const byPath = (a: RemoteItem, b: RemoteItem) => (a.path < b.path ? -1 : 1)
    await patiently(async () => {
      const listed = await Array.fromAsync(everything(store))
      assert.deepEqual(listed.toSorted(byPath), items.toSorted(byPath))
    })
  })
}

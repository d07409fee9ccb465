import assert from 'node:assert/strict'
import type { Group } from '#domain/group.ts'
import type { Secret } from '#domain/secret.ts'
import type { SecretSort, Shown, Write } from '#ports/database.ts'
import { deleting, infoOf, ROW_MOVED, same, taken, type Ground, type OnGround } from './ground.ts'
import { aGroup, aLink, aSecret } from './rows.ts'

/** Names whose order by bytes is neither that of a language nor that of UTF-16. */
const NAMES = [
  ...[
    'a',
    'B',
    'A',
    'b',
    'ab',
    'aB',
    'Ab',
    'a b',
    'a-b',
    'a_b',
    'Z',
    'z',
    '~',
    '0',
    '10',
    '9',
    ' ',
  ],
  ...['e\u0301', '\u00e9', '\u00c9', '\u00df', 'ss', '\u0131', 'i', 'I', '\u65e5\u672c', '\u05d0'],
  ...[
    '\uff5e',
    '\u{1f600}',
    '\u{1f600}a',
    '\u{10ffff}',
    '\u{10ffff}\u{10ffff}a',
    '\ue000',
    '"',
    "'",
  ],
]

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

const orders: Readonly<Record<SecretSort, (a: Secret, b: Secret) => number>> = {
  id: (a, b) => byBytes(a.id, b.id),
  name: (a, b) => byBytes(a.name, b.name),
  updated_at: (a, b) => a.updatedAt - b.updatedAt || byBytes(a.id, b.id),
}

const WAYS = (['id', 'name', 'updated_at'] as const).flatMap((sort) =>
  [false, true].map((descending) => ({ sort, descending })),
)

type Way = (typeof WAYS)[number]

const inOrder = (rows: readonly Secret[], { sort, descending }: Way): string[] => {
  const ids = rows.toSorted(orders[sort]).map(({ name }) => name)
  return descending ? ids.reverse() : ids
}

/** Secrets of all those names, made in their order; three at a time share the time of change. */
async function filled(ground: Ground): Promise<Secret[]> {
  const rows = NAMES.map((name, n) =>
    aSecret(ground.group, { name, updatedAt: 1_000 - Math.floor(n / 3) }),
  )
  await ground.must(...rows.map((row): Write => ({ write: 'secret', row })))
  return rows
}

/** The names of all pages, each begun behind the last of the page before. */
async function walk(ground: Ground, group: Group, way: Way, limit: number): Promise<string[]> {
  const { reads } = ground.database
  const seen: Shown[] = []
  for (;;) {
    const last = seen.at(-1)
    const after = last === undefined ? null : await reads.position(group.id, last.secret.id)
    assert.equal(last === undefined, after === null, 'what was shown has a position')
    const page = await reads.secrets({ group: group.id, ...way, after, limit })
    assert.ok(page.length <= limit)
    seen.push(...page)
    assert.ok(seen.length <= NAMES.length + 10, 'the walk does not end')
    if (page.length < limit) return seen.map(({ name }) => name)
  }
}

function exerciseOrders(on: OnGround): void {
  for (const way of WAYS) {
    const { sort, descending } = way
    const label = `pages by ${sort}, ${descending ? 'descending' : 'ascending'}`

    on(
      `${label}: in the order of bytes, each once, whatever the size of a page`,
      async (ground) => {
        const expected = inOrder(await filled(ground), way)
        assert.equal(expected.length, NAMES.length)
        for (const limit of [1, 2, 7, NAMES.length, 100]) {
          assert.deepEqual(await walk(ground, ground.group, way, limit), expected)
        }
      },
    )

    on(`${label}: an entry that was deleted or renamed keeps its place`, async (ground) => {
      const rows = await filled(ground)
      const expected = inOrder(rows, way)
      const middle = rows.find(({ name }) => name === expected[5])
      assert.ok(middle)
      const after = await ground.database.reads.position(ground.group.id, middle.id)
      const { id, name, updatedAt } = middle
      same(after, { id, name, updatedAt })
      await ground.must(...deleting(middle, 77))
      same(await ground.database.reads.position(ground.group.id, middle.id), after)
      const page = { group: ground.group.id, ...way, after, limit: 3 }
      const shown = (await ground.database.reads.secrets(page)).map((one) => one.name)
      assert.deepEqual(shown, expected.slice(6, 9))
    })
  }

  on('pages show one group and nothing of another', async (ground) => {
    const other = aGroup(ground.admin, 'credentials')
    await ground.must({ write: 'group', row: other })
    const [mine] = await ground.secrets(ground.group, 'mine')
    const [theirs] = await ground.secrets(other, 'theirs')
    assert.ok(mine && theirs)
    for (const way of WAYS) {
      assert.deepEqual(await walk(ground, ground.group, way, 10), ['mine'])
    }
    assert.equal(await ground.database.reads.position(ground.group.id, theirs.id), null)
    assert.equal(await ground.database.reads.position(ground.group.id, 'no such id'), null)
  })
}

function exerciseLinks(on: OnGround): void {
  on('a link shows its target under its own name, until either goes', async (ground) => {
    const { reads } = ground.database
    const { group } = ground
    const into = aGroup(ground.admin, 'named')
    await ground.must({ write: 'group', row: into })
    const [target, other] = await ground.secrets(group, 'target', 'other')
    assert.ok(target && other)
    const link = aLink(into, target, 'alias')
    const making = { write: 'link', account: group.account } as const
    await ground.must({ ...making, row: link })
    const shown = { name: 'alias', secret: infoOf(target), link }
    same(await reads.shown(into.id, 'alias'), shown)
    assert.equal(await reads.shown(into.id, 'target'), null)
    same(await reads.link(into.id, target.id), link)
    assert.equal(await reads.link(group.id, target.id), null)
    same(await reads.linksTo(target.id), [link])
    assert.equal(await reads.secret(group.account, link.id), null, 'a link is no secret')
    assert.equal(await reads.secretAndVersion(group.account, link.id), null)
    for (const { sort, descending } of WAYS) {
      const page = { group: into.id, sort, descending, after: null, limit: 5 }
      same(await reads.secrets(page), [shown])
    }
    same(await reads.search(into.id, 'ALIAS', { after: '', limit: 5 }), [shown])
    // Names are one space, for secrets and links alike; and one link to one secret is enough.
    await ground.refused(taken('link'), { ...making, row: aLink(into, other, 'alias') })
    const named = aSecret(into, { name: 'alias' })
    await ground.refused(taken('secret'), { write: 'secret', row: named })
    await ground.refused(taken('link'), { ...making, row: aLink(into, target, 'second') })
    const changed = { ...target, name: 'renamed', revision: 2 }
    await ground.must({ write: 'changed-secret', row: changed })
    same(await reads.shown(into.id, 'alias'), { ...shown, secret: infoOf(changed) })
    await ground.must({ write: 'removed-link', id: link.id, at: 4 })
    await ground.refused(ROW_MOVED, { write: 'removed-link', id: link.id, at: 5 })
    assert.equal(await reads.shown(into.id, 'alias'), null)
    assert.equal(await reads.link(into.id, target.id), null)
    same(await reads.linksTo(target.id), [])
    same(await reads.secret(group.account, target.id), changed)
    await ground.must({ write: 'secret', row: named })
  })

  on('a link whose target is gone is not shown', async (ground) => {
    const { reads } = ground.database
    const into = aGroup(ground.admin, 'named')
    await ground.must({ write: 'group', row: into })
    const [target] = await ground.secrets(ground.group, 'target')
    assert.ok(target)
    const row = aLink(into, target, 'alias')
    await ground.must({ write: 'link', row, account: ground.account.id })
    await ground.must(...deleting(target, 3))
    assert.equal(await reads.shown(into.id, 'alias'), null)
    const page = { group: into.id, sort: 'id', descending: false, after: null, limit: 5 } as const
    assert.deepEqual(await reads.secrets(page), [])
    assert.deepEqual(await reads.search(into.id, 'alias', { after: '', limit: 5 }), [])
  })

  on('the place of a link is the newest one’s, and stays when it is removed', async (ground) => {
    const { reads } = ground.database
    const into = aGroup(ground.admin, 'named')
    await ground.must({ write: 'group', row: into })
    const [target] = await ground.secrets(ground.group, 'target')
    assert.ok(target)
    for (const name of ['z', 'a', 'm']) {
      const row = aLink(into, target, name)
      await ground.must({ write: 'link', row, account: ground.account.id })
      const place = { id: row.id, name, updatedAt: row.createdAt }
      same(await reads.position(into.id, target.id), place)
      await ground.must({ write: 'removed-link', id: row.id, at: 9 })
      same(await reads.position(into.id, target.id), place)
    }
  })
}

const SEARCHED = [
  ...['Alpha', 'ALPHA-2', 'beta', 'alp', '100%', '100 ', 'a_b', 'a!b', 'a\\b', "a'b", 'a%_!\\b'],
  ...['\u00c9t\u00e9', '\u65e5\u672c \u{1f600}'],
]

function exerciseSearch(on: OnGround): void {
  on('a search finds text in names as it stands, whatever the case of A to Z', async (ground) => {
    await ground.secrets(ground.group, ...SEARCHED)
    const found = async (text: string, after = '', limit = 100) =>
      (await ground.database.reads.search(ground.group.id, text, { after, limit })).map(
        ({ name }) => name,
      )
    assert.deepEqual(await found(''), SEARCHED)
    assert.deepEqual(await found('alpha'), ['Alpha', 'ALPHA-2'])
    assert.deepEqual(await found('LPHA-'), ['ALPHA-2'])
    assert.deepEqual(await found('%'), ['100%', 'a%_!\\b'])
    assert.deepEqual(await found('_'), ['a_b', 'a%_!\\b'])
    assert.deepEqual(await found('!'), ['a!b', 'a%_!\\b'])
    assert.deepEqual(await found('\\'), ['a\\b', 'a%_!\\b'])
    assert.deepEqual(await found('%_!\\'), ['a%_!\\b'])
    assert.deepEqual(await found("'"), ["a'b"])
    assert.deepEqual(await found('a_B'), ['a_b'])
    assert.deepEqual(await found('\u00c9T'), ['\u00c9t\u00e9'])
    assert.deepEqual(await found('\u{1f600}'), ['\u65e5\u672c \u{1f600}'])
    assert.deepEqual(await found('nothing like it'), [])
    const [first] = await ground.database.reads.search(ground.group.id, 'a', {
      ...{ after: '', limit: 1 },
    })
    assert.deepEqual(await found('a', first?.secret.id, 2), ['ALPHA-2', 'beta'])
  })

  on('a search finds nothing deleted and nothing of another group', async (ground) => {
    const other = aGroup(ground.admin, 'credentials')
    await ground.must({ write: 'group', row: other })
    await ground.secrets(other, 'needle 1')
    const [gone] = await ground.secrets(ground.group, 'needle 2', 'needle 3')
    assert.ok(gone)
    await ground.must(...deleting(gone, 1))
    const found = await ground.database.reads.search(ground.group.id, 'needle', {
      ...{ after: '', limit: 5 },
    })
    assert.deepEqual(
      found.map(({ name }) => name),
      ['needle 3'],
    )
  })
}

export function exercisePages(on: OnGround): void {
  exerciseOrders(on)
  exerciseLinks(on)
  exerciseSearch(on)
}

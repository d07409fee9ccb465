import assert from 'node:assert/strict'
import type { Group } from '#domain/group.ts'
import type { Secret, Version } from '#domain/secret.ts'
import type { Write } from '#ports/database.ts'
import {
  COMMITTED,
  creating,
  deleting,
  infoOf,
  ROW_MOVED,
  same,
  taken,
  type OnGround,
} from './ground.ts'
import { ALL_BYTES, aGroup, anAccount, aSecret, aSubject, aVersion, newId } from './rows.ts'

/** Text of every kind that is allowed: quotes, patterns, controls, right to left, four bytes. */
const TEXTS = [
  '',
  `'; DROP TABLE secret; --`,
  '%_!\\"$1?:name{text}',
  '\u0001\t\r\n\u007f\u0085\u2028\ufeff',
  'e\u0301 \u00e9 \u05d0\u0628 \u65e5\u672c',
  '\u{1f600}\u{10ffff}',
  'x'.repeat(65_536),
]

/** A secret with everything said that can be. */
const everything = (group: Group, by: Secret['createdBy'], text: string): Secret =>
  aSecret(group, {
    ...{ name: `${text.slice(0, 100)} `, description: text, type: text, metadata: text },
    ...{ file: true, current: 3, latest: 4, createdAt: 0, updatedAt: Number.MAX_SAFE_INTEGER },
    ...{ updatedBy: { id: by.id, kind: 'service_account' }, rowMac: ALL_BYTES },
  })

function exerciseRows(on: OnGround): void {
  on('a secret comes back as it was written, text and bytes', async (ground) => {
    const { reads } = ground.database
    const other = anAccount()
    await ground.must({ write: 'account', row: other })
    for (const text of TEXTS) {
      const row = everything(ground.group, { id: ground.admin.id, kind: 'user' }, text)
      await ground.must({ write: 'secret', row })
      same(await reads.secret(row.account, row.id), row)
      same(await reads.shown(row.group, row.name), {
        name: row.name,
        secret: infoOf(row),
        link: null,
      })
      assert.equal(await reads.secret(other.id, row.id), null)
      assert.equal(await reads.secretAndVersion(other.id, row.id), null)
      const again = { ...row, id: newId<'secret'>() }
      await ground.refused(taken('secret'), { write: 'secret', row: again })
    }
    assert.equal(await reads.secret(ground.account.id, newId()), null)
    assert.equal(await reads.shown(ground.group.id, 'no such name'), null)
  })

  on('a change replaces the secret of the revision before, or nothing', async (ground) => {
    const { reads } = ground.database
    const [row] = await ground.secrets(ground.group, 'before')
    assert.ok(row)
    const next: Secret = {
      ...row,
      ...{ name: 'after', description: 'd', type: 't', metadata: '{}', current: 2, latest: 2 },
      ...{ updatedAt: 9, updatedBy: row.createdBy, revision: 2, rowMac: ALL_BYTES },
    }
    for (const revision of [1, 3, 0]) {
      // The rows beside it are not written either.
      const beside = aSecret(ground.group)
      await ground.refused(
        ROW_MOVED,
        ...creating(beside),
        { write: 'changed-secret', row: { ...next, revision } },
        { write: 'version', row: aVersion(row, 2) },
      )
      assert.equal(await reads.secret(beside.account, beside.id), null)
      assert.equal(await reads.version(row.id, 2), null)
      assert.equal(await reads.groupSize(ground.group.id), 1)
    }
    same(await reads.secret(row.account, row.id), row)
    await ground.must({ write: 'changed-secret', row: next })
    same(await reads.secret(row.account, row.id), next)
    assert.equal(await reads.shown(row.group, 'before'), null)
    same((await reads.shown(row.group, 'after'))?.secret, infoOf(next))
    await ground.refused(ROW_MOVED, { write: 'changed-secret', row: next })
  })

  on('of many changes of one revision, one is done', async (ground) => {
    const [row] = await ground.secrets(ground.group, 'contended')
    assert.ok(row)
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        ground.try(
          { write: 'changed-secret', row: { ...row, description: `${n}`, revision: 2 } },
          { write: 'version', row: aVersion(row, n + 2) },
        ),
      ),
    )
    const done = outcomes.flatMap(({ kind }, n) => (kind === 'committed' ? [n] : []))
    assert.equal(done.length, 1)
    assert.equal(outcomes.filter(({ kind }) => kind === 'row_moved').length, 39)
    const { reads } = ground.database
    assert.equal((await reads.secret(row.account, row.id))?.description, `${done[0]}`)
    const versions = await reads.versions(row.id, 1_000, 100)
    assert.deepEqual(
      versions.map(({ n }) => n),
      [(done[0] ?? 0) + 2, 1],
    )
  })
}

function exerciseNames(on: OnGround): void {
  on('a name is one live secret’s of its group, and free again at once', async (ground) => {
    const { reads } = ground.database
    const elsewhere = aGroup(ground.admin, 'credentials')
    await ground.must({ write: 'group', row: elsewhere })
    const [one, two] = await ground.secrets(ground.group, 'one', 'two')
    assert.ok(one && two)
    await ground.secrets(elsewhere, 'one')
    await ground.refused(taken('secret'), ...creating(aSecret(ground.group, { name: 'one' })))
    const renamed = { ...two, name: 'one', revision: 2 }
    await ground.refused(taken('secret'), { write: 'changed-secret', row: renamed })
    await ground.secrets(ground.group, 'One', 'one ')
    await ground.must(...deleting(one, 5))
    assert.equal(await reads.shown(ground.group.id, 'one'), null)
    same(await reads.secret(one.account, one.id), { ...one, deletedAt: 5, revision: 2 })
    await ground.must({ write: 'changed-secret', row: renamed })
    same((await reads.shown(ground.group.id, 'one'))?.secret, infoOf(renamed))
    await ground.must(...deleting(renamed, 6))
    const [third] = await ground.secrets(ground.group, 'one')
    assert.equal((await reads.shown(ground.group.id, 'one'))?.secret.id, third?.id)
  })

  on(
    'of 100 creates of one name at once, one is committed and 99 find it taken',
    async (ground) => {
      const outcomes = await Promise.all(
        Array.from({ length: 100 }, () =>
          ground.try(...creating(aSecret(ground.group, { name: 'wanted' }))),
        ),
      )
      assert.equal(outcomes.filter(({ kind }) => kind === 'committed').length, 1)
      const others = outcomes.filter(({ kind }) => kind !== 'committed')
      for (const outcome of others) assert.deepEqual(outcome, taken('secret'))
      const { reads, log } = ground.database
      assert.equal(await reads.groupSize(ground.group.id), 1)
      await log.settle()
      assert.equal((await log.range(1, 1_000)).length, 2, 'the ground’s entry and one more')
    },
  )
}

const deletedOf = (version: Version & { state: 'live' }, deletedAt: number): Version => ({
  ...{ ...version, state: 'deleted' },
  deletedAt,
})

const destroyedOf = ({ secret, n, createdAt, createdBy }: Version, deletedAt: number): Version => ({
  ...{ secret, n, createdAt, createdBy, deletedAt },
  state: 'destroyed',
})

function exerciseVersions(on: OnGround): void {
  on('versions come back as they were written, newest first', async (ground) => {
    const { reads } = ground.database
    const row = aSecret(ground.group, { current: 2, latest: 10 })
    const versions = [aVersion(row, 1, ALL_BYTES), aVersion(row, 2, new Uint8Array(0))]
    const tenth = aVersion(row, 10, new Uint8Array(100_000).fill(0xa5))
    const writes = [...versions, tenth].map((version): Write => ({
      write: 'version',
      row: version,
    }))
    await ground.must({ write: 'secret', row }, ...writes)
    for (const version of [...versions, tenth]) {
      same(await reads.version(row.id, version.n), version)
    }
    assert.equal(await reads.version(row.id, 3), null)
    assert.equal(await reads.version(newId(), 1), null)
    same(await reads.versions(row.id, 100, 10), [tenth, ...versions.toReversed()])
    same(await reads.versions(row.id, 10, 1), [versions[1]])
    same(await reads.secretAndVersion(row.account, row.id), { secret: row, version: versions[1] })
    await ground.refused(taken('version'), { write: 'version', row: aVersion(row, 2) })
  })

  on('a secret without its current version is read without one', async (ground) => {
    const row = aSecret(ground.group, { current: 0, latest: 0 })
    await ground.must({ write: 'secret', row })
    const read = await ground.database.reads.secretAndVersion(row.account, row.id)
    same(read, { secret: row, version: null })
  })

  on('a deleted version comes back, a destroyed one never', async (ground) => {
    const { reads } = ground.database
    const [row] = await ground.secrets(ground.group, 'kept')
    assert.ok(row)
    const [second, third] = [aVersion(row, 2), aVersion(row, 3)]
    await ground.must({ write: 'version', row: second }, { write: 'version', row: third })
    const change = (version: Version): Write => ({ write: 'changed-version', row: version })
    await ground.must(change(deletedOf(second, 7)))
    same(await reads.version(row.id, 2), deletedOf(second, 7))
    await ground.must(change(second))
    same(await reads.version(row.id, 2), second)
    await ground.must(change(destroyedOf(second, 8)))
    same(await reads.version(row.id, 2), destroyedOf(second, 8))
    await ground.refused(ROW_MOVED, change(second))
    await ground.refused(ROW_MOVED, change(aVersion(row, 99)))
    await ground.must({ write: 'destroyed-versions', secret: row.id, at: 9 })
    const states = (await reads.versions(row.id, 100, 10)).map((version) => ({
      ...{ n: version.n, state: version.state },
      at: version.state === 'live' ? null : version.deletedAt,
    }))
    const destroyed = [9, 8, 9].map((at, n) => ({ n: 3 - n, state: 'destroyed', at }))
    assert.deepEqual(states, destroyed)
    // Nothing left to destroy is no reason to refuse.
    await ground.must({ write: 'destroyed-versions', secret: row.id, at: 10 })
  })
}

function exerciseGroups(on: OnGround): void {
  on('an owner has one group of each kind, and named ones by one name', async (ground) => {
    const { reads } = ground.database
    const { admin, account } = ground
    const other = aSubject(account.id)
    await ground.must({ write: 'subject', row: other })
    const personal = aGroup(admin, 'personal', { kind: 'subject', id: admin.id })
    const theirs = aGroup(admin, 'personal', { kind: 'subject', id: other.id })
    const named = aGroup(admin, 'named', undefined, { name: 'named' })
    const team = aGroup(admin, 'named', { kind: 'team', id: newId() }, { name: 'of a team' })
    for (const row of [personal, theirs, named, team]) await ground.must({ write: 'group', row })
    same(await reads.group(account.id, personal.id), personal)
    assert.equal(await reads.group(newId(), personal.id), null)
    same(await reads.ownGroup('personal', admin.id), personal)
    same(await reads.ownGroup('personal', other.id), theirs)
    same(await reads.ownGroup('account', account.id), ground.group)
    assert.equal(await reads.ownGroup('credentials', account.id), null)
    same(await reads.namedGroup(account.id, 'named'), named)
    assert.equal(await reads.namedGroup(newId(), 'named'), null)
    assert.equal(await reads.namedGroup(account.id, personal.name), null)
    same(await reads.groupsOf(account.id, { after: '', limit: 10 }), [ground.group, named])
    same(await reads.groupsOf(account.id, { after: ground.group.id, limit: 1 }), [named])
    same(await reads.groupsOf(team.owner.id, { after: '', limit: 10 }), [team])
    const second: Group[] = [
      aGroup(admin, 'personal', { kind: 'subject', id: admin.id }),
      aGroup(admin, 'account'),
      aGroup(admin, 'named', { kind: 'team', id: newId() }, { name: 'named' }),
    ]
    for (const row of second) await ground.refused(taken('group'), { write: 'group', row })
  })

  on('only an empty group is removed, and it takes nothing more in', async (ground) => {
    const { reads } = ground.database
    const group = aGroup(ground.admin, 'named', undefined, { name: 'going' })
    await ground.must({ write: 'group', row: group })
    assert.equal(await reads.groupSize(group.id), 0)
    const [row] = await ground.secrets(group, 'last')
    assert.ok(row)
    assert.equal(await reads.groupSize(group.id), 1)
    const remove: Write = { write: 'removed-group', id: group.id, at: 3 }
    await ground.refused(ROW_MOVED, remove)
    await ground.must(...deleting(row, 2))
    assert.equal(await reads.groupSize(group.id), 0)
    await ground.must(remove)
    await ground.refused(ROW_MOVED, remove)
    const late = aSecret(group)
    await ground.refused(ROW_MOVED, ...creating(late))
    assert.equal(await reads.secret(late.account, late.id), null)
    assert.equal(await reads.group(group.account, group.id), null)
    assert.equal(await reads.namedGroup(group.account, 'going'), null)
    const next = aGroup(ground.admin, 'named', undefined, { name: 'going' })
    await ground.must({ write: 'group', row: next })
    same(await reads.groupsOf(group.owner.id, { after: '', limit: 10 }), [ground.group, next])
  })

  on('a group is either filled or removed, never both', async (ground) => {
    for (let round = 0; round < 10; round++) {
      const group = aGroup(ground.admin, 'named')
      await ground.must({ write: 'group', row: group })
      const [filled, removed] = await Promise.all([
        ground.try(...creating(aSecret(group))),
        ground.try({ write: 'removed-group', id: group.id, at: 1 }),
      ])
      const outcomes = [filled, removed].map(({ kind }) => kind).sort()
      assert.deepEqual(outcomes, ['committed', 'row_moved'])
    }
  })

  on('the size of a group is right after many changes at once', async (ground) => {
    const sizes = Array.from({ length: 60 }, (_, n) => (n % 3 === 0 ? -1 : 1))
    const { id } = ground.group
    const done = await Promise.all(
      sizes.map((by) => ground.try({ write: 'group-size', group: id, by })),
    )
    for (const outcome of done) assert.deepEqual(outcome, COMMITTED)
    assert.equal(await ground.database.reads.groupSize(id), 20)
    assert.equal(await ground.database.reads.groupSize(newId()), 0)
  })
}

/** Secrets linked each into the other's group, deleted at once, meet in both groups. */
function exerciseCrossing(on: OnGround): void {
  on('changes that touch the same rows in another order are all done', async (ground) => {
    const other = aGroup(ground.admin, 'credentials')
    await ground.must({ write: 'group', row: other })
    const writes: Write[] = [ground.group, other].map(({ id }) => ({
      ...{ write: 'group-size', group: id, by: 1 },
    }))
    const done = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        ground.try(...(n % 2 === 0 ? writes : writes.toReversed())),
      ),
    )
    for (const outcome of done) assert.deepEqual(outcome, COMMITTED)
    assert.equal(await ground.database.reads.groupSize(other.id), 20)
  })

  on('of changes that change two secrets each, in another order, one is done', async (ground) => {
    const rows = await ground.secrets(ground.group, 'one', 'two')
    const both = rows.map((row): Write => ({
      ...{ write: 'changed-secret', row: { ...row, revision: 2 } },
    }))
    const done = await Promise.all(
      Array.from({ length: 8 }, (_, n) => ground.try(...(n % 2 === 0 ? both : both.toReversed()))),
    )
    assert.equal(done.filter(({ kind }) => kind === 'committed').length, 1)
    assert.equal(done.filter(({ kind }) => kind === 'row_moved').length, 7)
  })
}

export function exerciseSecrets(on: OnGround): void {
  exerciseRows(on)
  exerciseNames(on)
  exerciseVersions(on)
  exerciseGroups(on)
  exerciseCrossing(on)
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Group } from '#domain/group.ts'
import { idOf } from '#test/support/places.ts'
import { sharing, touched, type Direct } from './collaborators.ts'

const group: Group = {
  id: idOf('1'),
  account: idOf('2'),
  kind: 'named',
  name: 'apps',
  owner: { kind: 'account', id: idOf('2') },
  open: false,
  store: 'embedded',
  createdAt: 0,
  createdBy: idOf('3'),
}

const subject = (id: string, role: Direct['role']): Direct => ({
  kind: 'subject',
  id: idOf<'subject'>(id),
  role,
})

const writesOf = (before: readonly Direct[], after: readonly Direct[]): string[] =>
  sharing(group, before, after).map(({ write }) => write)

test('giving raises no authority', () => {
  assert.deepEqual(writesOf([], []), [])
  assert.deepEqual(writesOf([], [subject('4', 'viewer')]), ['collaboration'])
  const wider = writesOf([subject('4', 'viewer')], [subject('4', 'admin'), subject('5', 'viewer')])
  assert.deepEqual(wider, ['removed-collaborations', 'collaboration', 'collaboration'])
})

test('taking away raises the authority of the account', () => {
  const had = [subject('4', 'editor'), subject('5', 'viewer')]
  assert.deepEqual(writesOf(had, []), ['removed-collaborations', 'raise-authority'])
  for (const left of [
    [subject('4', 'viewer'), subject('5', 'viewer')],
    [subject('4', 'editor'), subject('6', 'admin')],
  ]) {
    assert.equal(writesOf(had, left).at(-1), 'raise-authority')
  }
})

test('the record names those whose role is another, each once', () => {
  const before = [subject('4', 'editor'), subject('5', 'viewer'), subject('6', 'admin')]
  const after = [subject('4', 'viewer'), subject('6', 'admin'), subject('7', 'viewer')]
  assert.deepEqual(
    touched(before, after).map(({ id }) => id),
    ['4', '5', '7'].map((id) => idOf(id)),
  )
})

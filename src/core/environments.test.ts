import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idOf } from '#test/support/places.ts'
import {
  environmentNameProblem,
  fits,
  sorted,
  type Environment,
  type ListEnvironments,
} from './environments.ts'

const at = ['body', 'name']

test('the name of an environment can stand in a path', () => {
  const rules = {
    taken: ['a', 'A.b_c-1', '...', '-', 'x'.repeat(100)],
    too_short: [''],
    too_long: ['x'.repeat(101)],
    reserved: ['.', '..'],
    pattern: ['a/b', 'a b', 'a%2Fb', '@latest', 'é', 'a\n', 'a\u0000'],
  }
  for (const [rule, names] of Object.entries(rules)) {
    for (const name of names) {
      assert.equal(environmentNameProblem(name, at)?.rule ?? 'taken', rule, JSON.stringify(name))
    }
  }
})

const made = (digit: string, name: string, of: Partial<Environment> = {}): Environment => ({
  group: {
    ...{ id: idOf(digit), account: idOf('9'), kind: 'environment', name, open: true },
    ...{ owner: { kind: 'subject', id: idOf('8') }, store: 'embedded' },
    ...{ createdAt: Number(digit), createdBy: idOf('8') },
  },
  ...{ owner: 'ada', visibility: 'PRIVATE', description: null, updatedAt: 0, ...of },
})

const asked: ListEnvironments = {
  ...{ owner: null, visibility: null, text: '', mine: false, after: '' },
  ...{ sort: 'created_at', descending: false, offset: 0, limit: 9 },
}

test('a list is narrowed by owner, visibility, and a part of a name or a description', () => {
  const one = made('1', 'Evaluation', { description: 'of the new model' })
  assert.ok(fits(one, asked))
  assert.ok(fits(one, { ...asked, owner: 'ada', visibility: 'PRIVATE', text: 'eval' }))
  assert.ok(fits(one, { ...asked, text: 'NEW MODEL' }))
  assert.ok(!fits(one, { ...asked, owner: 'bob' }))
  assert.ok(!fits(one, { ...asked, visibility: 'PUBLIC' }))
  assert.ok(!fits(one, { ...asked, text: 'training' }))
})

test('a list is sorted by name, creation or change, and what is equal as it was made', () => {
  const all = [
    made('2', 'b', { updatedAt: 1 }),
    made('1', 'c', { updatedAt: 2 }),
    made('3', 'a', { updatedAt: 1 }),
  ]
  const names = (sort: 'created_at' | 'updated_at' | 'name', descending = false) =>
    sorted(all, { sort, descending })
      .map(({ group }) => group.name)
      .join('')
  assert.equal(names('created_at'), 'cba')
  assert.equal(names('created_at', true), 'abc')
  assert.equal(names('name'), 'abc')
  assert.equal(names('updated_at'), 'bac')
  assert.equal(names('updated_at', true), 'cab')
})

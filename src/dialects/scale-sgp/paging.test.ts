import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SecretList } from '#core/list-secrets.ts'
import { idOf } from '#test/support/places.ts'
import { decodePage, encodePage, type PageQuery } from './paging.ts'

const group = { by: 'kind', kind: 'account' } as const
const sorts = { created_at: 'id', key: 'name', updated_at: 'updated_at' } as const

const decode = (query: PageQuery) => decodePage(group, query, sorts)

const usual = {
  group,
  sort: 'id',
  descending: false,
  limit: 100,
  name: null,
  from: { kind: 'start' },
} as const

test('without parameters it is the first hundred, oldest first', () => {
  assert.deepEqual(decode({}), { ok: true, value: usual })
})

test('an empty parameter is one that was not given', () => {
  const query = { starting_after: '', ending_before: '', sort_by: '', name: '' }
  assert.deepEqual(decode(query), { ok: true, value: usual })
  const nulls = { starting_after: null, ending_before: null, sort_by: null, name: null }
  assert.deepEqual(decode(nulls), { ok: true, value: usual })
})

test('what is asked for is what is looked for', () => {
  assert.deepEqual(decode({ sort_by: 'key', sort_order: 'desc', limit: 7, name: 'a' }), {
    ok: true,
    value: { ...usual, sort: 'name', descending: true, limit: 7, name: 'a' },
  })
  assert.deepEqual(decode({ starting_after: 'c1' }), {
    ok: true,
    value: { ...usual, from: { kind: 'after', id: 'c1' } },
  })
  assert.deepEqual(decode({ ending_before: 'c1', sort_order: 'asc' }), {
    ok: true,
    value: { ...usual, from: { kind: 'before', id: 'c1' } },
  })
})

test('two cursors exclude each other', () => {
  const problem = { at: ['query', 'ending_before'], rule: 'exclusive', other: 'starting_after' }
  assert.deepEqual(decode({ starting_after: 'c1', ending_before: 'c2' }), {
    ok: false,
    error: { kind: 'invalid', problems: [problem] },
  })
})

// Bug class 81.
test('an order that no index gives is refused, and so is every name that an object has anyway', () => {
  const problem = { at: ['query', 'sort_by'], rule: 'one_of', allowed: Object.keys(sorts) }
  const odd = [
    'value',
    'KEY',
    'key ',
    'id; DROP TABLE secret',
    'constructor',
    '__proto__',
    'toString',
  ]
  for (const sort_by of odd) {
    const error = { kind: 'invalid', problems: [problem] }
    assert.deepEqual(decode({ sort_by }), { ok: false, error }, sort_by)
  }
})

test('a page says whether more lie in the direction asked, and how many there are', () => {
  const list: SecretList = { group: idOf('1'), items: [], more: true, total: 3, limit: 2 }
  assert.deepEqual(
    encodePage(list, 2, () => 'item'),
    {
      items: [],
      has_more: true,
      total: 3,
      limit: 2,
      object: 'list',
    },
  )
})

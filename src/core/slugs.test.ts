import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idOf } from '#test/support/places.ts'
import { slugProblem, slugsFor } from './slugs.ts'

const at = ['body', 'slug']
const id = idOf<'team'>('7')

test('a slug is short, plain, and no id', () => {
  const rules = {
    taken: ['abc', '0-9', 'a'.repeat(30), 'new-owner', '---'],
    too_short: ['', 'a', 'ab'],
    too_long: ['a'.repeat(31)],
    pattern: ['Upper', 'under_score', 'a b', 'a/b', 'a.b', 'abc\n', 'ünd'],
    reserved: [id],
  }
  for (const [rule, slugs] of Object.entries(rules)) {
    for (const slug of slugs) {
      assert.equal(slugProblem(slug, at)?.rule ?? 'taken', rule, JSON.stringify(slug))
    }
  }
})

test('a name suggests slugs, the plainest first and one that is its own last', () => {
  const slugs = slugsFor('Research & Development', id)
  assert.deepEqual(slugs.slice(0, 3), [
    'research-development',
    'research-development-2',
    'research-development-3',
  ])
  assert.equal(slugs.at(-1), `research-developmen-${id.slice(-10)}`)
})

test('whatever the name, what it suggests are slugs', () => {
  const names = ['x', '密码', '-', 'É', 'a'.repeat(100), 'a b c', `${'a'.repeat(29)} b`, id, '---a']
  for (const name of names) {
    const slugs = slugsFor(name, id)
    assert.ok(slugs.length >= 9, name)
    for (const slug of slugs) assert.equal(slugProblem(slug, at), null, slug)
    assert.equal(new Set(slugs).size, slugs.length, name)
  }
  assert.equal(slugsFor('Éa b', id)[0], 'ea-b')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STORE_PREFIX } from '#domain/store.ts'
import { idOf } from '#test/support/places.ts'
import { pathOf, type PathRules } from './path.ts'

const isPrefix = (text: string): boolean => new RegExp(STORE_PREFIX).test(text)

const slashes: PathRules = { separator: '/', also: /[_.-]/, limit: 512 }
const hyphens: PathRules = { separator: '-', also: /-/, limit: 127 }
const named = (group: string, name: string, secret = '3') => ({
  ...{ account: idOf<'account'>('2'), secret: idOf<'secret'>(secret), group, name },
})

test('path: says group and name as far as the store takes them', () => {
  const [account, secret] = [idOf('2'), idOf('3')]
  assert.equal(
    pathOf('strongroom', named('prod', 'OPENAI_API_KEY'), slashes),
    `strongroom/${account}/prod/OPENAI_API_KEY/${secret}`,
  )
  assert.equal(
    pathOf('strongroom', named('prod', 'OPENAI_API_KEY'), hyphens),
    `strongroom-${account}-prod-OPENAI-API-KEY-${secret}`,
  )
  assert.equal(pathOf('s', named('../x', 'a/b é\n'), slashes), `s/${account}/.._x/a_b___/${secret}`)
})

test('path: two secrets never share one, in no case and at no length', () => {
  for (const rules of [slashes, hyphens]) {
    const names = ['a', 'A', 'a/b', 'a_b', 'a-b', 'é', 'x'.repeat(500), '..', '.']
    const paths = names.flatMap((name, n) => [
      pathOf('strongroom', named('g', name, String(n)), rules),
      pathOf('strongroom', named(name, 'g', 'abcdefghi'[n] ?? ''), rules),
    ])
    assert.equal(new Set(paths.map((path) => path.toLowerCase())).size, paths.length)
    for (const path of paths) {
      assert.ok(path.length <= rules.limit)
      assert.equal(path.split(rules.separator).includes('..'), false)
    }
  }
})

test('path: a prefix is short and plain', () => {
  for (const good of ['strongroom', 's', 'Team-1']) assert.equal(isPrefix(good), true, good)
  for (const bad of ['', '/', 'a/b', '1a', 'a_b', 'x'.repeat(21), 'a\n']) {
    assert.equal(isPrefix(bad), false, JSON.stringify(bad))
  }
})

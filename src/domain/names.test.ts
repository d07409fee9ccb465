import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GroupKind } from './group.ts'
import { nameProblem, patternOf, textProblem } from './names.ts'

const at = ['body', 'name']

const ruleOf = (kind: GroupKind, name: string) => nameProblem(kind, name, at)?.rule ?? 'taken'

/** Names, and what each kind of group says of them. */
const cases: Readonly<Record<GroupKind, Readonly<Record<string, readonly string[]>>>> = {
  account: {
    taken: ['a', '0', 'a-b', 'a--b', 'db-password', '9-9', 'a'.repeat(90)],
    pattern: ['A', 'a_b', 'a.b', '-a', 'a-', '-', 'a b', 'é', 'a\n', '٣', 'ａ', 'a/b'],
    too_long: ['a'.repeat(91)],
    too_short: [''],
    reserved: ['.', '..'],
    not_text: ['a\ud800'],
  },
  credentials: {
    taken: [
      'a',
      'a/b',
      'a%2Fb',
      'a?b#c',
      ' a ',
      '...',
      'é',
      '\u{1f600}',
      ':',
      '__proto__',
      'x'.repeat(500),
    ],
    pattern: ['a\u0000', 'a\nb', '\t', '\u007f', '\u001b[31m'],
    too_long: ['x'.repeat(501), '\u{1f600}'.repeat(251)],
    too_short: [''],
    reserved: ['.', '..'],
    not_text: ['\ud800', 'a\udc00b'],
  },
  personal: {
    taken: ['A', 'API_KEY', 'A1', 'A_', 'A'.repeat(255)],
    pattern: ['a', '_A', '1A', 'A-B', 'A.B', 'A B', 'É', 'A\n', 'A=B', 'A\u0000'],
    too_long: ['A'.repeat(256)],
    too_short: [''],
    reserved: ['.', '..'],
    not_text: ['A\ud800'],
  },
  team: {
    taken: ['A', 'API_KEY'],
    pattern: ['a', '_A', 'A-B'],
    too_long: ['A'.repeat(256)],
    too_short: [''],
    reserved: ['.', '..'],
    not_text: ['A\ud800'],
  },
  environment: {
    taken: ['A', 'API_KEY'],
    pattern: ['a', '_A', 'A-B'],
    too_long: ['A'.repeat(256)],
    too_short: [''],
    reserved: ['.', '..'],
    not_text: ['A\ud800'],
  },
  tokens: {
    taken: ['a', 'a/b'],
    pattern: ['a\u0000'],
    too_long: ['x'.repeat(501)],
    too_short: [''],
    reserved: ['.', '..'],
    not_text: ['\ud800'],
  },
  named: {
    taken: ['a', 'A b', 'a.b', 'é', '__proto__', 'x'.repeat(500)],
    pattern: ['a:b', 'a/b', ':', '/', 'a\u0000', 'a\nb'],
    too_long: ['x'.repeat(501)],
    too_short: [''],
    reserved: ['.', '..'],
    not_text: ['\ud800'],
  },
}

for (const [kind, rules] of Object.entries(cases)) {
  test(`a name in a group of the kind ${kind} keeps to its rule`, () => {
    for (const [rule, names] of Object.entries(rules)) {
      for (const name of names) {
        assert.equal(ruleOf(kind as GroupKind, name), rule, JSON.stringify(name.slice(0, 30)))
      }
    }
  })
}

test('a problem says where it is, and never what was sent', () => {
  for (const name of ['Canary.Name', 'canary'.repeat(100), 'canary\u0000']) {
    const problem = nameProblem('account', name, at)
    assert.deepEqual(problem?.at, at)
    assert.ok(!JSON.stringify(problem).includes('anary'))
  }
})

// Bug class 88.
test('no rule takes longer than its text is long', () => {
  const hostile = ['a'.repeat(90), 'a-'.repeat(45), '-'.repeat(90), `${'a'.repeat(89)}!`]
  const started = performance.now()
  for (let n = 0; n < 1_000; n++) {
    for (const name of hostile) nameProblem('account', name, at)
  }
  assert.ok(performance.now() - started < 1_000)
  const long = `${'a-'.repeat(32_768)}!`
  const once = performance.now()
  assert.equal(patternOf('^[a-z0-9]([a-z0-9-]*[a-z0-9])?$').test(long), false)
  assert.ok(performance.now() - once < 1_000)
})

test('free text is any Unicode without NUL, up to its limit', () => {
  assert.equal(textProblem('', at), null)
  assert.equal(textProblem('lines\nand\ttabs \u{1f600}', at), null)
  assert.equal(textProblem('x'.repeat(4_096), at), null)
  assert.equal(textProblem('x'.repeat(4_097), at)?.rule, 'too_long')
  assert.equal(textProblem('abc', at, 2)?.rule, 'too_long')
  assert.equal(textProblem('a\u0000', at)?.rule, 'not_text')
  assert.equal(textProblem('a\ud800', at)?.rule, 'not_text')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { namedBy, shownToken } from './credential.ts'

const shown = (
  headers: Record<string, string | readonly string[]>,
  account: string | null = null,
) => shownToken(headers, 'x-api-key', account)

const token = (text: string, account: string | null = null) => ({ kind: 'token', text, account })

test('a token is shown in the header of the API, or as a bearer', () => {
  assert.deepEqual(shown({ 'x-api-key': 't' }), token('t'))
  assert.deepEqual(shown({ authorization: 'Bearer t' }, 'c1'), token('t', 'c1'))
  for (const scheme of ['bearer', 'BEARER', 'bEARER', 'Bearer  ']) {
    assert.deepEqual(shown({ authorization: `${scheme} t` }), token('t'))
  }
})

test('without either there is none', () => {
  assert.deepEqual(shown({}), { kind: 'none' })
  assert.deepEqual(shownToken({ 'x-api-key': 't' }, null, null), { kind: 'none' })
})

test('what is no bearer token is a token that nobody bears', () => {
  const odd = [
    '',
    'Bearer',
    'Bearer ',
    'Basic t',
    't',
    'Bearer a b',
    'xBearer t',
    'Bearer\tt',
    'Bearer t ',
  ]
  for (const authorization of odd)
    assert.deepEqual(shown({ authorization }), token(''), authorization)
  assert.deepEqual(shown({ 'x-api-key': '' }), token(''))
  assert.deepEqual(shown({ 'x-api-key': 'Bearer t' }), token('Bearer t'))
})

// Bug class 32.
test('two are refused, whatever they hold', () => {
  for (const key of ['t', '']) {
    for (const authorization of ['Bearer t', 'Basic x', '']) {
      assert.deepEqual(shown({ 'x-api-key': key, authorization }), { kind: 'several' })
    }
  }
  assert.deepEqual(shown({ authorization: ['Bearer t', 'Bearer t'] }), { kind: 'several' })
  assert.deepEqual(shown({ 'x-api-key': ['t', 'u'] }), { kind: 'several' })
  assert.deepEqual(shown({ 'x-api-key': 't' }, 'c1, c2'), { kind: 'several' })
})

test('a header of an API without a key header is no credential', () => {
  const headers = { 'x-api-key': 'a', authorization: 'Bearer t' }
  assert.deepEqual(shownToken(headers, null, null), token('t'))
})

test('a header that names something is missing when it is empty, and is one text when it is several', () => {
  assert.equal(namedBy({}, 'x-account'), null)
  assert.equal(namedBy({ 'x-account': '' }, 'x-account'), null)
  assert.equal(namedBy({ 'x-account': 'c1' }, 'x-account'), 'c1')
  assert.equal(namedBy({ 'x-account': ['c1', 'c2'] }, 'x-account'), 'c1, c2')
})

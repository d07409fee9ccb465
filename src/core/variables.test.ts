import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VARIABLE_CHARACTERS_MAX } from '#domain/limits.ts'
import { variableProblems } from './variables.ts'

test('a variable has the name of one, and text as its value', () => {
  assert.deepEqual(variableProblems({}), [])
  assert.deepEqual(variableProblems({ name: 'A_1', value: '', description: null }), [])
  const longest = 'x'.repeat(VARIABLE_CHARACTERS_MAX)
  assert.deepEqual(variableProblems({ value: longest, description: 'lines\nare fine' }), [])
})

test('every member that is wrong is told', () => {
  const wrong = { name: 'lower', value: 'a\u0000', description: '\ud800' }
  assert.deepEqual(
    variableProblems(wrong).map(({ at, rule }) => [at.join('.'), rule]),
    [
      ['body.name', 'pattern'],
      ['body.value', 'not_text'],
      ['body.description', 'not_text'],
    ],
  )
  const long = 'x'.repeat(VARIABLE_CHARACTERS_MAX + 1)
  assert.equal(variableProblems({ value: long })[0]?.rule, 'too_long')
})

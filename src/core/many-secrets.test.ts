import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BATCH_SECRETS_MAX, VALUE_BYTES_MAX } from '#domain/limits.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { checkMany, type GivenSecret } from './many-secrets.ts'

const given = (name: string, value: string | null = 'v'): GivenSecret => ({
  name,
  value: value === null ? null : SecretValue.fromText(value),
  json: () => false,
})

const problemsOf = (secrets: readonly GivenSecret[]) =>
  checkMany({ kind: 'named' }, secrets).map(({ at, rule }) => `${at.join('.')} ${rule}`)

test('names that differ and values within the limit are right', () => {
  assert.deepEqual(problemsOf([]), [])
  assert.deepEqual(problemsOf([given('a'), given('A'), given('__proto__', null)]), [])
  assert.deepEqual(problemsOf([given('a', 'x'.repeat(VALUE_BYTES_MAX))]), [])
})

test('what is wrong is told at its place', () => {
  const wrong = [given('a:b'), given('ok'), given('ok', null), given('', ''), given('constructor')]
  assert.deepEqual(problemsOf(wrong), [
    'body.secrets.0.name pattern',
    'body.secrets.2.name duplicate',
    'body.secrets.3.name too_short',
    'body.secrets.3.value too_short',
  ])
  const long = given('a', 'x'.repeat(VALUE_BYTES_MAX + 1))
  assert.deepEqual(problemsOf([long]), ['body.secrets.0.value too_long'])
})

test('a list has a limit, and then nothing more is looked at', () => {
  const names = Array.from({ length: BATCH_SECRETS_MAX + 1 }, (_, n) => given(`key-${n}`))
  assert.deepEqual(problemsOf(names.slice(1)), [])
  assert.deepEqual(problemsOf(names), ['body.secrets too_long'])
})

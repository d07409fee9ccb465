import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SecretValue } from '#domain/secret-value.ts'
import { ValueCache } from './cache.ts'

const text = (value: SecretValue | null): string | null =>
  value === null ? null : Buffer.from(value.reveal()).toString()

test('cache: a value is kept for its time and no longer', () => {
  let now = 0
  const cache = new ValueCache(100, () => now)
  cache.put('a 1', SecretValue.fromText('the value'))
  now = 99
  assert.equal(text(cache.get('a 1')), 'the value')
  assert.equal(text(cache.get('a 2')), null)
  now = 100
  assert.equal(text(cache.get('a 1')), null)
  now = 0
  assert.equal(text(cache.get('a 1')), null, 'what ran out is gone')
})

test('cache: with no time nothing is kept', () => {
  const cache = new ValueCache(0, () => 0)
  cache.put('a 1', SecretValue.fromText('the value'))
  assert.equal(cache.get('a 1'), null)
})

test('cache: what is forgotten is gone', () => {
  const cache = new ValueCache(100, () => 0)
  cache.put('a 1', SecretValue.fromText('the value'))
  cache.forget('a 1')
  assert.equal(cache.get('a 1'), null)
})

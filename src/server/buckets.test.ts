import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Buckets, type BucketRules } from './buckets.ts'

const MINUTE = 60_000

function bucketsWith(rules: Partial<BucketRules> = {}) {
  let at = 0
  const all = { perMinute: 6, keysMax: 3, overflow: 'share', ...rules } as const
  const buckets = new Buckets(all, () => at)
  const takeUp = (key: string): number => {
    let taken = 0
    while (buckets.take(key) === 0) taken += 1
    return taken
  }
  const pass = (ms: number) => {
    at += ms
  }
  return { buckets, takeUp, pass }
}

test('buckets: so many at once, and so many a minute from then on', () => {
  const { buckets, takeUp, pass } = bucketsWith()
  assert.equal(takeUp('a'), 6)
  assert.equal(buckets.take('a'), 10, 'one comes every ten seconds')
  pass(1_500)
  assert.equal(buckets.take('a'), 9, 'never told to come too early')
  pass(8_500)
  assert.equal(takeUp('a'), 1)
  pass(MINUTE)
  assert.equal(takeUp('a'), 6)
  pass(100 * MINUTE)
  assert.equal(takeUp('a'), 6, 'no more than that is saved up')
})

test('buckets: over any time no more is taken than the rules say', () => {
  const { buckets, pass } = bucketsWith({ perMinute: 7 })
  let taken = 0
  for (let ms = 0; ms < 10 * MINUTE; ms += 13) {
    if (buckets.take('a') === 0) taken += 1
    pass(13)
  }
  assert.ok(taken >= 76 && taken <= 77, String(taken))
})

test('buckets: keys are apart, and what is given back can be taken again', () => {
  const { buckets, takeUp } = bucketsWith()
  assert.equal(takeUp('a'), 6)
  assert.equal(takeUp('b'), 6)
  buckets.giveBack('a')
  assert.equal(takeUp('b'), 0)
  assert.equal(takeUp('a'), 1)
  for (let n = 0; n < 50; n++) buckets.giveBack('a')
  assert.equal(takeUp('a'), 6, 'never more than it holds')
})

test('buckets: a million keys have room for as many as there may be, and share one beyond', () => {
  const { buckets, takeUp, pass } = bucketsWith({ keysMax: 100 })
  let taken = 0
  for (let n = 0; n < 1_000_000; n++) {
    if (buckets.take(`k${n}`) === 0) taken += 1
  }
  assert.equal(taken, 100 + 6)
  assert.equal(buckets.size, 101)
  assert.equal(takeUp('k5'), 5, 'those that had one keep it')
  pass(MINUTE)
  assert.equal(takeUp('new'), 6, 'what is full again makes room')
  assert.equal(buckets.size, 1)
})

test('buckets: where others bound it already, what has no room passes and is not kept', () => {
  const { buckets } = bucketsWith({ keysMax: 100, overflow: 'pass' })
  for (let n = 0; n < 10_000; n++) assert.equal(buckets.take(`k${n}`), 0)
  assert.equal(buckets.size, 100)
  buckets.giveBack('k9999')
  assert.equal(buckets.size, 100)
})

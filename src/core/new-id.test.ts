import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { World } from '#ports/world.ts'
import { idMaker } from './new-id.ts'

const MANY = 20_000
const NOON = 1_795_254_036_693

/** A clock that stands where it is put, and chance as given. */
const standing = (random: World['random'] = randomBytes) => {
  const world = { time: NOON, now: () => world.time, random }
  return world
}

const timeOf = (id: string): number => {
  const value = Array.from(id.slice(1)).reduce(
    (sum, digit) => sum * 36n + BigInt(parseInt(digit, 36)),
    0n,
  )
  return Number(value >> 74n)
}

const assertRising = (ids: readonly string[]): void => {
  for (const [n, id] of ids.entries()) {
    if (n > 0) assert.ok((ids[n - 1] ?? '') < id, `${n}: ${ids[n - 1] ?? ''} and then ${id}`)
  }
}

const take = <T>(count: number, next: () => T): T[] => Array.from({ length: count }, next)

test('ids of one millisecond rise, differ, and keep their time', () => {
  for (const random of [
    randomBytes,
    (n: number) => Buffer.alloc(n, 0xff),
    (n: number) => Buffer.alloc(n),
  ]) {
    const ids = take(MANY, idMaker(standing(random)))
    assertRising(ids)
    assert.equal(timeOf(ids[0] ?? ''), NOON)
    assert.equal(timeOf(ids.at(-1) ?? ''), NOON)
  }
})

test('an id carries the millisecond it was made in', () => {
  const world = standing()
  const next = idMaker(world)
  for (const time of [NOON, NOON + 1, NOON + 1_000, NOON + 86_400_000]) {
    world.time = time
    assert.equal(timeOf(next()), time)
  }
})

test('ids go on rising when the clock steps back, and follow it when it is ahead again', () => {
  const world = standing()
  const next = idMaker(world)
  const ids: string[] = []
  for (const step of [0, -1, -3_600_000, -1, 0, 1, 1, -5, 2, 0]) {
    world.time = NOON + step
    ids.push(...take(100, next))
  }
  assertRising(ids)
  world.time = NOON + 10
  assert.equal(timeOf(next()), NOON + 10)
})

test('two makers under one clock make different ids', () => {
  const world = standing()
  const ids = [...take(MANY, idMaker(world)), ...take(MANY, idMaker(world))]
  assert.equal(new Set(ids).size, ids.length)
})

// Bug class 95.
test('the next id is not to be guessed from the last', () => {
  const next = idMaker(standing())
  const values = take(1_000, () => BigInt(parseInt(next().slice(-10), 36)))
  const strides = values.slice(1).map((value, n) => value - (values[n] ?? 0n))
  assert.ok(new Set(strides).size > 990)
})

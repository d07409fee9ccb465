import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Guesses, type Guess } from './guesses.ts'

const PER_MINUTE = 120

function guessesAt() {
  let at = 0
  const guesses = new Guesses(PER_MINUTE, () => at)
  const pass = (ms: number) => {
    at += ms
  }
  return { guesses, pass }
}

const guess = (n: number | string, network = '192.0.2.0/24'): Guess => ({
  network,
  id: `id-${n}`,
  fingerprint: `token-${n}`,
})

/** How many of these are let in. */
const letIn = (guesses: Guesses, count: number, of: (n: number) => Guess): number => {
  let admitted = 0
  for (let n = 0; n < count; n++) {
    if (guesses.admit(of(n)).ok) admitted += 1
  }
  return admitted
}

test('guesses: from one network no more are looked up than its budget', () => {
  const { guesses, pass } = guessesAt()
  let admitted = 0
  for (let second = 0; second < 100; second++) {
    admitted += letIn(guesses, 1_000, (n) => guess(`${second}-${n}`))
    pass(1_000)
  }
  assert.ok(admitted <= PER_MINUTE + 100 * 2, String(admitted))
  assert.ok(admitted >= PER_MINUTE + 99 * 2, String(admitted))
})

// Bug class 1.
test('guesses: each network has its own budget, a key id one across all of them', () => {
  const { guesses } = guessesAt()
  const other = letIn(guesses, 1_000, (n) => guess(n))
  assert.equal(other, PER_MINUTE)
  assert.equal(
    letIn(guesses, 1_000, (n) => guess(n, '198.51.100.0/24')),
    PER_MINUTE,
  )
  const oneId = (n: number): Guess => ({
    ...guess(n, `2001:db8:0:${n}::/64`),
    id: 'one',
  })
  assert.equal(letIn(guesses, 1_000, oneId), PER_MINUTE / 4)
})

test('guesses: good tokens cost nothing, however many', () => {
  const { guesses } = guessesAt()
  for (let n = 0; n < 10_000; n++) {
    const admitted = guesses.admit(guess(n % 50))
    assert.ok(admitted.ok)
    admitted.giveBack()
  }
})

test('guesses: a good token gets in beside a flood from its own network, by waiting as it is told', () => {
  const { guesses, pass } = guessesAt()
  let serial = 0
  const flood = (count: number) => letIn(guesses, count, () => guess(`f${serial++}`))
  flood(10_000)
  const first = guesses.admit(guess('good'))
  assert.ok(!first.ok)
  assert.equal(first.waitS, 1)
  pass(500)
  flood(1_000)
  assert.equal(guesses.admit(guess('good')).ok, false, 'not before it has waited')
  pass(500)
  flood(5_000)
  const second = guesses.admit(guess('good'))
  assert.ok(second.ok, 'let in on its second try')
  second.giveBack()
})

test('guesses: one bad token sent again and again takes the place of no other', () => {
  const { guesses, pass } = guessesAt()
  let looped = 0
  for (let second = 0; second < 600; second++) {
    for (let n = 0; n < 20; n++) {
      if (guesses.admit(guess('expired')).ok) looped += 1
    }
    assert.ok(guesses.admit(guess(`other-${second}`)).ok)
    pass(1_000)
  }
  const perMinute = PER_MINUTE / 4 + PER_MINUTE / 16
  assert.ok(looped <= 11 * Math.ceil(perMinute), String(looped))
})

test('guesses: those who repeat every guess get no more than the reserve', () => {
  const { guesses, pass } = guessesAt()
  let admitted = 0
  for (let second = 0; second < 120; second++) {
    for (let n = 0; n < 1_000; n++) {
      if (guesses.admit(guess(n)).ok) admitted += 1
    }
    pass(1_000)
  }
  const budget = PER_MINUTE + PER_MINUTE / 4
  assert.ok(admitted <= 3 * budget, String(admitted))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreFault, type StoreFaultKind } from '#ports/remote-store.ts'
import { Guard, type Again } from './guard.ts'

const limits = { tryMs: 40, allMs: 400, triesMax: 3, openAfter: 5, openMs: 60 }
const guard = () => new Guard({ limits, chance: () => 0 })

const failing = (kind: StoreFaultKind, times: number) => {
  let calls = 0
  return {
    work: () => {
      calls += 1
      return calls <= times
        ? Promise.reject(new StoreFault(kind, 'what it said', 1))
        : Promise.resolve('done')
    },
    calls: () => calls,
  }
}

test('guard: what may be tried again is, and no more than three times', async () => {
  const expected: readonly [StoreFaultKind, Again, number][] = [
    ['down', 'always', 3],
    ['down', 'throttled', 1],
    ['throttled', 'throttled', 3],
    ['throttled', 'never', 1],
    ['refused', 'always', 1],
    ['missing', 'always', 1],
    ['not_ours', 'always', 1],
    ['rejected', 'always', 1],
  ]
  for (const [kind, again, calls] of expected) {
    const store = failing(kind, 9)
    await assert.rejects(guard().run('get', again, store.work), { kind })
    assert.equal(store.calls(), calls, `${kind} ${again}`)
  }
})

test('guard: a fault that passes is not seen', async () => {
  const store = failing('down', 2)
  assert.equal(await guard().run('get', 'always', store.work), 'done')
  assert.equal(store.calls(), 3)
})

test('guard: what takes too long is ended, also where it does not heed the signal', async () => {
  const asked: AbortSignal[] = []
  const hanging = (signal: AbortSignal) => {
    asked.push(signal)
    return new Promise<never>(() => undefined)
  }
  await assert.rejects(guard().run('put', 'never', hanging), { kind: 'down' })
  assert.equal(asked[0]?.aborted, true)
})

test('guard: a store that is down is not asked for a while, then once', async () => {
  const own = guard()
  const store = failing('down', 99)
  for (let n = 0; n < limits.openAfter; n++) {
    await assert.rejects(own.run('get', 'never', store.work), { kind: 'down' })
  }
  const before = store.calls()
  await assert.rejects(own.run('get', 'never', store.work), (error: StoreFault) => {
    assert.equal(error.kind, 'down')
    assert.ok((error.retryAfterMs ?? 0) > 0)
    return true
  })
  assert.equal(store.calls(), before)
  const opened = Promise.withResolvers<undefined>()
  setTimeout(() => {
    opened.resolve(undefined)
  }, limits.openMs + 5)
  await opened.promise
  await assert.rejects(own.run('get', 'never', store.work), { kind: 'down' })
  assert.equal(store.calls(), before + 1)
})

test('guard: calls and failures are counted by operation', async () => {
  const own = guard()
  const store = failing('down', 1)
  await own.run('get', 'always', store.work)
  await own.run('put', 'never', () => Promise.resolve('done'))
  assert.deepEqual(own.calls(), [
    { operation: 'get', calls: 2, failures: 1 },
    { operation: 'put', calls: 1, failures: 0 },
  ])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Estate } from '#test/support/estate.ts'
import { figures, sized, WHOLE } from '#test/support/tier.ts'
import { Canaries } from './canaries.ts'
import { estateIn, groundOf } from './ground.ts'
import { inspectorIn, stringsOfHeap } from './inspector.ts'
import { keysIn, keysOf } from './keys.ts'
import { memoryOf } from './memory.ts'
import { search, summary } from './search.ts'
import type { Sending } from './sending.ts'
import { Traffic } from './traffic.ts'
import { many } from './volume.ts'

const own = '/strongroom/v1'
const opening = { method: 'GET', secrets: [], opens: true } as const

/** Every value that is kept, read again: a group at a time, and some one by one. */
async function readAll(traffic: Traffic, { admin }: Estate): Promise<number> {
  const groups = (await admin.get(`${own}/groups?limit=1000`)).expect(200).list('data')
  const secrets = (await admin.get(`${own}/secrets?limit=200`)).expect(200).list('data')
  const targets = [
    ...groups.map(({ id }) => `${own}/groups/${String(id)}/values`),
    ...secrets.map(({ id }) => `${own}/secrets/${String(id)}/value`),
  ]
  const readings = targets.map((target): Sending => ({ ...opening, about: 'reading', target }))
  await traffic.all(readings)
  return readings.length
}

const flags = ['--inspect=127.0.0.1:0', '--heap-snapshot-string-limit=1000000']

// Bug class 66.
test('after many writes and reads the heap holds no value, no token and no key', async (t) => {
  const ground = await groundOf(t, { flags })
  const estate = await estateIn(ground)
  const traffic = new Traffic(new Canaries(), estate.admin)
  await traffic.all(many(traffic.canaries, estate.id, sized(1_500, 10_000)))
  const readings = await readAll(traffic, estate)
  assert.equal(summary(traffic.leaks), '')
  // In a whole run as long as the programme says; what is let go of at once is let go of by then.
  await sleep(sized(1_000, 60_000))
  const heap = await stringsOfHeap(inspectorIn(ground.heard().toString()) ?? '')
  const seen = await search(traffic.canaries, [{ name: 'the heap', bytes: heap }])
  assert.equal(summary(seen.leaks), '')
  const keys = keysOf(ground.server.dataDir)
  assert.ok(keys.size >= 5, 'not all keys are known')
  assert.deepEqual(keysIn(keys, heap), [])
  for (const [name, key] of keys) {
    const text = Buffer.concat([heap, Buffer.from(`x${key.toString('base64')}`)])
    assert.ok(keysIn(keys, text).includes(`${name} base64`), `${name} would not be found`)
  }
  let memory = 0
  const rawKeys = new Set<string>()
  const values = new Set<number>()
  for (const bytes of WHOLE ? memoryOf(ground.server.process.pid ?? 0) : []) {
    memory += bytes.length
    for (const number of traffic.canaries.rawIn(bytes)) values.add(number)
    for (const [name, key] of keys) if (bytes.includes(key)) rawKeys.add(name)
  }
  const raw = {
    'MB of raw memory (reported, not promised)': Math.round(memory / 1e6),
    'values and tokens in raw memory': values.size,
    'keys in raw memory': [...rawKeys].map((name) => name.split(' ')[0]).join(', '),
  }
  figures(t, 'canaries-heap', {
    'values and tokens': traffic.canaries.count,
    requests: traffic.requests,
    readings,
    'MB of strings in the heap': Math.round(heap.length / 1e6),
    'values and tokens in it': 0,
    'keys looked for': keys.size,
    'keys in it': 0,
    ...(WHOLE ? raw : {}),
  })
})

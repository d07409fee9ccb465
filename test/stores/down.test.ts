import assert from 'node:assert/strict'
import { test } from 'node:test'
import { useGround } from './ground.ts'

const own = '/strongroom/v1'

const ground = useGround()

test('a store that is down costs nobody else anything', async () => {
  const { proxy, api, healthy } = ground()
  await healthy()
  proxy.trouble(() => ({ kind: 'silent' }))
  const group = `${own}/groups/outside/secrets`
  const waiting = Promise.all(
    Array.from({ length: 16 }, (_, n) => api().post(group, { name: `slow-${n}`, value: 'v' })),
  )
  const inside = Array.from({ length: 50 }, (_, n) =>
    api().post(`${own}/groups/inside/secrets`, { name: `quick-${n}`, value: 'v' }),
  )
  const first = await Promise.race([
    waiting.then(() => 'the store'),
    Promise.all(inside).then((all) => {
      for (const one of all) one.expect(200)
      return 'the rest'
    }),
  ])
  assert.equal(first, 'the rest')
  for (const one of await waiting) assert.ok([424, 503].includes(one.status))
  proxy.trouble(null)
  await healthy()
  await ground().agree()
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '#test/support/api.ts'
import type { Trouble } from '#test/support/fault-proxy.ts'
import { WHOLE } from '#test/support/tier.ts'
import { useGround } from './ground.ts'
import { slowTroubles, troubles } from './troubles.ts'

/**
 * Every fault of a store, at every operation, at every point of a crash: what was acknowledged is
 * there, what was not is absent or whole, and within a minute of health the store holds what the
 * record says and nothing else (no orphan on either side).
 */

const own = '/strongroom/v1'

const ground = useGround()

/** Answers that are right for a store that does not do what it is asked. */
const REFUSALS = [424, 503]

interface Operation {
  /** Does it, and says whether it was acknowledged; `null` when no answer came. */
  readonly run: (id: string, name: string) => Promise<Answer | null>
  /** What must hold after health: given whether it was acknowledged. */
  readonly check: (id: string, name: string, acknowledged: boolean) => Promise<void>
}

const value = (of: string) => `value of ${of}`

const quietly = (asked: Promise<Answer>): Promise<Answer | null> => asked.catch(() => null)

async function readBy(name: string): Promise<{ id: string; value: string } | null> {
  const { api } = ground()
  const found = await api().get(`${own}/groups/outside/secrets/${name}`)
  if (found.status === 404) return null
  const id = found.expect(200).str('id')
  const read = (await api().get(`${own}/secrets/${id}/value`)).expect(200)
  return { id, value: read.str('value') }
}

const operations: Readonly<Record<string, Operation>> = {
  create: {
    run: (_id, name) =>
      quietly(
        ground()
          .api()
          .post(`${own}/groups/outside/secrets`, { name: `${name}.new`, value: value(name) }),
      ),
    async check(_id, name, acknowledged) {
      const found = await readBy(`${name}.new`)
      if (acknowledged) assert.ok(found !== null, 'what was acknowledged is there')
      if (found !== null) assert.equal(found.value, value(name))
    },
  },
  update: {
    run: (id, name) =>
      quietly(
        ground()
          .api()
          .post(`${own}/secrets/${id}/versions`, { value: value(name) }),
      ),
    async check(_id, name, acknowledged) {
      const found = await readBy(name)
      assert.ok(found !== null)
      if (acknowledged) assert.equal(found.value, value(name))
      else assert.ok(['first', value(name)].includes(found.value))
    },
  },
  delete: {
    run: (id) => quietly(ground().api().delete(`${own}/secrets/${id}`)),
    async check(_id, name, acknowledged) {
      const found = await readBy(name)
      if (acknowledged) assert.equal(found, null)
      // Its name is free at once.
      if (found === null) {
        const again = { name, value: 'again' }
        ;(await ground().api().post(`${own}/groups/outside/secrets`, again)).expect(200)
        assert.equal((await readBy(name))?.value, 'again')
      }
    },
  },
  read: {
    run: (id) => quietly(ground().api().get(`${own}/secrets/${id}/value`)),
    async check(_id, name) {
      assert.equal((await readBy(name))?.value, 'first')
    },
  },
  move: {
    run: (id) => quietly(ground().api().post(`${own}/secrets/${id}/move`, { store: 'embedded' })),
    async check(_id, name) {
      assert.equal((await readBy(name))?.value, 'first')
    },
  },
}

let cases = 0

async function begin(): Promise<{ id: string; name: string }> {
  cases += 1
  const name = `case-${cases}`
  await ground().healthy()
  const made = await ground().api().post(`${own}/groups/outside/secrets`, { name, value: 'first' })
  return { id: made.expect(200).str('id'), name }
}

async function end(operation: Operation, id: string, name: string, answer: Answer | null) {
  const { proxy, healthy, agree } = ground()
  proxy.trouble(null)
  await healthy()
  await operation.check(id, name, answer?.status === 200)
  await agree()
}

/** How long the trouble lasts: for one request of the operation, or for all of them. */
const lasting = {
  once: (trouble: Trouble) => (_method: string, _path: string, n: number) =>
    n === 1 ? trouble : ({ kind: 'none' } as const),
  'all the while': (trouble: Trouble) => () => trouble,
}

for (const [doing, operation] of Object.entries(operations)) {
  for (const [what, trouble] of Object.entries({ ...troubles, ...(WHOLE ? slowTroubles : {}) })) {
    for (const [long, decide] of Object.entries(lasting)) {
      test(`${doing}, store ${what} ${long}`, async () => {
        const { id, name } = await begin()
        ground().proxy.trouble(decide(trouble))
        const answer = await operation.run(id, name)
        assert.ok(answer !== null, 'the vault answers')
        assert.ok(answer.status === 200 || REFUSALS.includes(answer.status), answer.text)
        assert.equal(answer.text.includes(value(name)), false)
        await end(operation, id, name, answer)
      })
    }
  }
}

/** Where the vault is killed: before the store hears of the nth request, or after it did it. */
const crashes = WHOLE ? [1, 2, 3, 4] : [1, 2]

for (const doing of ['create', 'update', 'delete', 'move'] as const) {
  const operation = operations[doing]
  if (operation === undefined) continue
  for (const at of crashes) {
    for (const kind of ['before', 'after'] as const) {
      test(`${doing}, killed ${kind} request ${at} to the store`, async () => {
        const { id, name } = await begin()
        const { proxy, kill, restart } = ground()
        const trouble: Trouble = { kind, then: kill }
        proxy.trouble((_method, _path, n) => (n === at ? trouble : { kind: 'none' }))
        const answer = await operation.run(id, name)
        proxy.trouble(null)
        await restart()
        await end(operation, id, name, answer)
      })
    }
  }
}

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
  for (const one of await waiting) assert.ok(REFUSALS.includes(one.status))
  proxy.trouble(null)
  await healthy()
  await ground().agree()
})

import assert from 'node:assert/strict'
import type { Answer } from '#test/support/api.ts'
import type { Ground } from './ground.ts'

const own = '/strongroom/v1'

/** What is done to a secret of its own while a store is in trouble. */
export interface Operation {
  /** The group that the secret is in before. */
  readonly from: 'outside' | 'inside'
  /** Does it; `null` when no answer came. */
  readonly run: (ground: Ground, id: string, name: string) => Promise<Answer | null>
  /** What must hold after health, given whether it was acknowledged. */
  readonly check: (ground: Ground, name: string, acknowledged: boolean) => Promise<void>
}

/** The value that an operation on a secret of this name writes. */
export const valueOf = (name: string) => `value of ${name}`

export const FIRST = 'first'

const quietly = (asked: Promise<Answer>): Promise<Answer | null> => asked.catch(() => null)

async function readBy({ api }: Ground, group: string, name: string): Promise<string | null> {
  const found = await api().get(`${own}/groups/${group}/secrets/${name}`)
  if (found.status === 404) return null
  const id = found.expect(200).str('id')
  return (await api().get(`${own}/secrets/${id}/value`)).expect(200).str('value')
}

const unchanged = (group: string) => async (ground: Ground, name: string) => {
  assert.equal(await readBy(ground, group, name), FIRST)
}

export const operations: Readonly<Record<string, Operation>> = {
  create: {
    from: 'outside',
    run({ api }, _id, name) {
      const body = { name: `${name}.new`, value: valueOf(name) }
      return quietly(api().post(`${own}/groups/outside/secrets`, body))
    },
    async check(ground, name, acknowledged) {
      const found = await readBy(ground, 'outside', `${name}.new`)
      if (acknowledged) assert.ok(found !== null, 'what was acknowledged is there')
      if (found !== null) assert.equal(found, valueOf(name))
    },
  },
  update: {
    from: 'outside',
    run({ api }, id, name) {
      return quietly(api().post(`${own}/secrets/${id}/versions`, { value: valueOf(name) }))
    },
    async check(ground, name, acknowledged) {
      const found = await readBy(ground, 'outside', name)
      assert.ok(found !== null)
      if (acknowledged) assert.equal(found, valueOf(name))
      else assert.ok([FIRST, valueOf(name)].includes(found))
    },
  },
  delete: {
    from: 'outside',
    run: ({ api }, id) => quietly(api().delete(`${own}/secrets/${id}`)),
    async check(ground, name, acknowledged) {
      const found = await readBy(ground, 'outside', name)
      if (acknowledged) assert.equal(found, null)
      // Its name is free at once.
      if (found === null) {
        const again = { name, value: 'again' }
        ;(await ground.api().post(`${own}/groups/outside/secrets`, again)).expect(200)
        assert.equal(await readBy(ground, 'outside', name), 'again')
      }
    },
  },
  read: {
    from: 'outside',
    run: ({ api }, id) => quietly(api().get(`${own}/secrets/${id}/value`)),
    check: unchanged('outside'),
  },
  'move out': {
    from: 'outside',
    run: ({ api }, id) => quietly(api().post(`${own}/secrets/${id}/move`, { store: 'embedded' })),
    check: unchanged('outside'),
  },
  'move in': {
    from: 'inside',
    run: ({ api }, id) => quietly(api().post(`${own}/secrets/${id}/move`, { store: 'ours' })),
    check: unchanged('inside'),
  },
}

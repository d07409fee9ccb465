import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '#test/support/api.ts'
import { onEachEngine } from '#test/support/house.ts'

const own = '/strongroom/v1'

const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n))

function count(answers: readonly Answer[]): Readonly<Record<number, number>> {
  const found: Record<number, number> = {}
  for (const { status } of answers) found[status] = (found[status] ?? 0) + 1
  return found
}

onEachEngine((house) => {
  test('of 100 creates of one name at once, one is done and 99 are refused', async () => {
    const { admin } = await house().tenant()
    for (const [path, body] of [
      ['/v5/sgp/secrets', (n: number) => ({ key: 'same', value: `by ${n}` })],
      ['/v5/credentials', (n: number) => ({ type: 'key', name: 'same', payload: `by ${n}` })],
      [`${own}/groups/personal/secrets`, (n: number) => ({ name: 'SAME', value: `by ${n}` })],
    ] as const) {
      const answers = await Promise.all(times(100, (n) => admin.post(path, body(n))))
      assert.deepEqual(count(answers), { 200: 1, 409: 99 }, path)
      const id = answers.find(({ status }) => status === 200)?.str('id') ?? ''
      const winner = answers.findIndex(({ status }) => status === 200)
      const opened = (await admin.get(`${own}/secrets/${id}/value`)).expect(200)
      assert.equal(opened.str('value'), `by ${winner}`)
    }
    const list = (await admin.get('/v5/sgp/secrets')).expect(200)
    assert.deepEqual([list.list('items').length, list.num('total')], [1, 1])
  })

  test('of 50 creates of one group, team, user or account at once, one is done', async () => {
    const { admin, name } = await house().tenant()
    const { operator } = house()
    for (const [api, path, body] of [
      [admin, 'groups', { name: 'same' }],
      [admin, 'teams', { name: 'same' }],
      [admin, 'users', { email: 'same@example.com', role: 'member' }],
      [operator, 'accounts', { name: `same as ${name}` }],
    ] as const) {
      const answers = await Promise.all(times(50, () => api.post(`${own}/${path}`, body)))
      assert.deepEqual(count(answers), { 200: 1, 409: 49 }, path)
    }
  })

  test('16 updates of one secret at once all land, each as a version of its own', async () => {
    const { admin } = await house().tenant()
    const made = (await admin.post('/v5/sgp/secrets', { key: 'k', value: 'by nobody' })).expect(200)
    const secret = `${own}/secrets/${made.str('id')}`
    const answers = await Promise.all(times(16, (n) => admin.patch(secret, { value: `by ${n}` })))
    assert.deepEqual(count(answers), { 200: 16 })
    const numbers = answers.map((answer) => answer.num('version'))
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      times(16, (n) => n + 2),
    )
    for (const [n, version] of numbers.entries()) {
      const opened = (await admin.get(`${secret}/value?version=${version}`)).expect(200)
      assert.equal(opened.str('value'), `by ${n}`)
    }
    const current = (await admin.get(secret)).expect(200)
    assert.deepEqual([current.num('version'), current.num('latest_version')], [17, 17])
  })

  test('16 versions of one secret, added at once, all land', async () => {
    const { admin } = await house().tenant()
    const made = (await admin.post('/v5/sgp/secrets', { key: 'k', value: '0' })).expect(200)
    const path = `${own}/secrets/${made.str('id')}/versions`
    const body = (n: number) => ({ value: `by ${n}`, activate: n % 2 === 0 })
    const answers = await Promise.all(times(16, (n) => admin.post(path, body(n))))
    assert.deepEqual(count(answers), { 200: 16 })
    assert.equal(new Set(answers.map((answer) => answer.num('version'))).size, 16)
  })

  test('of 20 deletes of one secret at once, one is done; creates and deletes leave the count right', async () => {
    const { admin } = await house().tenant()
    const made = (await admin.post('/v5/sgp/secrets', { key: 'k', value: '0' })).expect(200)
    const path = `/v5/sgp/secrets/${made.str('id')}`
    const answers = await Promise.all(times(20, () => admin.delete(path)))
    assert.deepEqual(count(answers), { 204: 1, 404: 19 })
    const many = await Promise.all(
      times(40, (n) => admin.post('/v5/sgp/secrets', { key: `k${n}`, value: 'v' })),
    )
    const ids = many.map((answer) => answer.expect(200).str('id'))
    await Promise.all([
      ...ids.slice(0, 25).map((id) => admin.delete(`/v5/sgp/secrets/${id}`)),
      ...times(10, (n) => admin.post('/v5/sgp/secrets', { key: `more${n}`, value: 'v' })),
    ])
    const list = (await admin.get('/v5/sgp/secrets')).expect(200)
    assert.deepEqual([list.list('items').length, list.num('total')], [25, 25])
  })

  test('reads of a secret that is updated and of a group whose secrets are deleted never break', async () => {
    const { admin } = await house().tenant()
    ;(await admin.post(`${own}/groups`, { name: 'g' })).expect(200)
    for (let round = 0; round < 10; round++) {
      const made = await Promise.all(
        times(8, (n) => admin.post(`${own}/groups/g/secrets`, { name: `${n}`, value: `v ${n}` })),
      )
      const ids = made.map((answer) => answer.expect(200).str('id'))
      const [first = ''] = ids
      const running = [
        ...times(8, () => admin.get(`${own}/groups/g/values`)),
        ...times(8, () => admin.get(`${own}/secrets/${first}/value`)),
        ...times(4, (n) => admin.patch(`${own}/secrets/${first}`, { value: `new ${n}` })),
        ...ids.map((id) => admin.delete(`${own}/secrets/${id}`)),
        ...times(8, () => admin.get(`${own}/groups/g/values`)),
      ]
      for (const { status, text } of await Promise.all(running)) {
        assert.ok([200, 404].includes(status), `${status}: ${text}`)
      }
      const { length } = (await admin.get(`${own}/groups/g/values`)).expect(200).list('data')
      assert.equal(length, 0)
    }
  })

  test('a rename and a create of the new name at once leave one secret of that name', async () => {
    const { admin } = await house().tenant()
    for (let n = 0; n < 10; n++) {
      const body = { type: 'key', name: `old ${n}`, payload: 'p' }
      const made = (await admin.post('/v5/credentials', body)).expect(200)
      const [renamed, created] = await Promise.all([
        admin.patch(`/v5/credentials/${made.str('id')}`, { name: `new ${n}` }),
        admin.post('/v5/credentials', { ...body, name: `new ${n}` }),
      ])
      assert.deepEqual([renamed.status, created.status].sort(), [200, 409])
      const { length } = (await admin.get(`/v5/credentials?name=new%20${n}`)).list('items')
      assert.equal(length, 1)
    }
  })

  test('a group is not deleted while a secret is put into it', async () => {
    const { admin } = await house().tenant()
    for (let n = 0; n < 10; n++) {
      ;(await admin.post(`${own}/groups`, { name: `g${n}` })).expect(200)
      const [removed, created] = await Promise.all([
        admin.delete(`${own}/groups/g${n}`),
        admin.post(`${own}/groups/g${n}/secrets`, { name: 'k', value: 'v' }),
      ])
      const both = `${removed.status} ${created.status}`
      assert.ok(['200 404', '409 200'].includes(both), both)
      if (created.status !== 200) continue
      ;(await admin.get(`${own}/secrets/${created.str('id')}/value`)).expect(200)
    }
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Api, Json } from '#test/support/api.ts'
import { onEachEngine, type House } from '#test/support/house.ts'

const own = '/strongroom/v1'
const prime = '/api/v1'
const tfy = '/api/svc/v1'

const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n))

function count(answers: readonly Answer[]): Readonly<Record<number, number>> {
  const found: Record<number, number> = {}
  for (const { status } of answers) found[status] = (found[status] ?? 0) + 1
  return found
}

const dataOf = (answer: Answer): Json => answer.expect(200).json['data'] as Json

/** An admin with a slug, an environment and a TrueFoundry group. */
async function home(house: House) {
  const { id: account, admin } = await house.tenant()
  ;(await admin.patch(`${prime}/user/slug`, { slug: 'me-myself' })).expect(200)
  const made = await admin.post(`${prime}/environmentshub/resolve`, { name: 'trainer' })
  const environment = String(dataOf(made)['id'])
  const body = { name: 'apps', integrationId: account, secrets: [{ key: 'a', value: 'first' }] }
  const group = String(dataOf(await admin.post(`${tfy}/secret-groups`, body))['id'])
  return { account, admin, environment, group }
}

const put = (api: Api, path: string, body: unknown): Promise<Answer> =>
  api.send('PUT', path, { body })

onEachEngine((house) => {
  test('of 100 creates of one name at once, through each API, one is done', async () => {
    const { account, admin, environment } = await home(house())
    const creates: Readonly<Record<string, (n: number) => unknown>> = {
      [`${prime}/secrets/`]: (n) => ({ name: 'SAME', value: `by ${n}` }),
      [`${prime}/environmentshub/${environment}/secrets`]: (n) => ({
        ...{ name: 'SAME', value: `by ${n}` },
      }),
      [`${prime}/environmentshub/${environment}/variables`]: (n) => ({
        ...{ name: 'PLAIN', value: `by ${n}` },
      }),
      [`${tfy}/secret-groups`]: (n) => ({
        ...{ name: 'same', integrationId: account },
        secrets: [{ key: 'k', value: `by ${n}` }],
      }),
    }
    for (const [path, body] of Object.entries(creates)) {
      const answers = await Promise.all(times(100, (n) => admin.post(path, body(n))))
      assert.deepEqual(count(answers), { 200: 1, 409: 99 }, path)
    }
  })

  test('one name through two APIs at once: a personal secret is made once', async () => {
    const { admin } = await home(house())
    const answers = await Promise.all([
      ...times(50, () => admin.post(`${prime}/secrets/`, { name: 'K', value: 'v' })),
      ...times(50, () => admin.post(`${own}/groups/personal/secrets`, { name: 'K', value: 'v' })),
    ])
    assert.deepEqual(count(answers), { 200: 1, 409: 99 })
  })

  test('an environment that 50 ask for at once is made once, and all get it', async () => {
    const { admin } = await home(house())
    const answers = await Promise.all(
      times(50, () => admin.post(`${prime}/environmentshub/resolve`, { name: 'shared' })),
    )
    const found = answers.map(dataOf)
    assert.equal(new Set(found.map(({ id }) => id)).size, 1)
    assert.equal(found.filter(({ created }) => created === true).length, 1)
  })

  test('a variable and a link of one name at once: one of them is there', async () => {
    const { admin, environment } = await home(house())
    const hub = `${prime}/environmentshub/${environment}`
    for (let n = 0; n < 15; n++) {
      const name = `N${n}`
      const secret = dataOf(await admin.post(`${prime}/secrets/`, { name, value: 'v' }))
      const answers = await Promise.all([
        admin.post(`${hub}/variables`, { name, value: 'plain' }),
        admin.post(`${hub}/secrets/link/${String(secret['id'])}`, {}),
      ])
      assert.deepEqual(count(answers), { 200: 1, 409: 1 }, name)
    }
  })

  test('replacements of one group at once never mix', async () => {
    const { admin, group } = await home(house())
    const path = `${tfy}/secret-groups/${group}`
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        times(12, (n) => {
          const keys = [`${n}-x`, `${n}-y`, 'shared']
          const secrets = keys.map((key) => ({ key, value: `${round} by ${n}` }))
          return put(admin, path, { secrets })
        }),
      )
      assert.deepEqual(count(answers), { 200: 12 })
      const list = (
        await admin.post(`${tfy}/secrets`, { secretGroupId: group, withValue: true })
      ).expect(200)
      const left = list.list('data')
      assert.equal(left.length, 3)
      const [value] = new Set(left.map((secret) => secret['value']))
      const n = String(value).split(' ').at(-1) ?? ''
      assert.ok(
        left.every((secret) => secret['value'] === value),
        list.text,
      )
      assert.deepEqual(left.map(({ name }) => name).sort(), [`${n}-x`, `${n}-y`, 'shared'].sort())
      const size = (await admin.get(`${own}/groups/${group}`)).expect(200).num('size')
      assert.equal(size, 3)
    }
  })

  test('a replacement, a new secret and a new value at once leave what one after another would', async () => {
    const { admin, group } = await home(house())
    for (let n = 0; n < 15; n++) {
      const answers = await Promise.all([
        put(admin, `${tfy}/secret-groups/${group}`, { secrets: [{ key: 'a', value: `put ${n}` }] }),
        admin.post(`${own}/groups/${group}/secrets`, { name: `new ${n}`, value: 'v' }),
      ])
      assert.deepEqual(count(answers), { 200: 2 })
      const shown = (await admin.get(`${own}/groups/${group}/values`)).expect(200).list('data')
      const names = shown.map(({ name }) => name)
      assert.ok(names.length <= 2 && names.includes('a'), names.join())
      const { size } = (await admin.get(`${own}/groups/${group}`)).expect(200).json
      assert.equal(size, names.length)
    }
  })

  test('a group is deleted whole or not at all while secrets come into it', async () => {
    const { account, admin } = await home(house())
    for (let n = 0; n < 10; n++) {
      const body = { name: `g${n}`, integrationId: account, secrets: [{ key: 'a', value: 'v' }] }
      const id = String(dataOf(await admin.post(`${tfy}/secret-groups`, body))['id'])
      const [removed, ...created] = await Promise.all([
        admin.delete(`${tfy}/secret-groups/${id}`),
        ...times(4, (k) => admin.post(`${own}/groups/${id}/secrets`, { name: `${k}`, value: 'v' })),
      ])
      removed.expect(200)
      for (const answer of created) {
        assert.ok(answer.status === 200 || answer.status === 404, answer.text)
        if (answer.status !== 200) continue
        ;(await admin.get(`${own}/secrets/${answer.str('id')}`)).expect(404)
      }
      ;(await admin.get(`${tfy}/secret-groups/${id}`)).expect(404)
    }
  })

  // Bug class 31.
  test('a role that is taken away is gone for the requests that come after, at once', async () => {
    const { account, admin } = await home(house())
    const user = { email: 'reader@example.com', role: 'member' }
    const made = (await admin.post(`${own}/users`, user)).expect(200)
    const reader = admin.as(made.str('token'))
    const manifest = (collaborators: readonly object[]) => ({
      manifest: {
        ...{ type: 'secret-group', name: 'apps', collaborators },
        integration_fqn: integration,
      },
    })
    const found = (await admin.get(`${tfy}/provider-integrations?id=${account}`)).expect(200)
    const integration = String(found.list('data')[0]?.['fqn'])
    const subject = 'user:reader@example.com'
    for (let n = 0; n < 5; n++) {
      const given = manifest([{ subject, role_id: 'secret-group-editor' }])
      const group = String(dataOf(await put(admin, `${tfy}/secret-groups`, given))['id'])
      const [secret] = (await reader.post(`${tfy}/secrets`, { secretGroupId: group }))
        .expect(200)
        .list('data')
      const path = `${tfy}/secrets/${String(secret?.['id'])}`
      const reads = times(20, () => reader.get(path))
      dataOf(await put(admin, `${tfy}/secret-groups`, manifest([])))
      const late = await Promise.all(times(20, () => reader.get(path)))
      assert.deepEqual(count(late), { 403: 20 })
      for (const { status } of await Promise.all(reads)) assert.ok([200, 403].includes(status))
    }
  })
})

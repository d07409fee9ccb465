import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Api, Json } from '#test/support/api.ts'
import { onEachEngine, type House } from '#test/support/house.ts'

const own = '/strongroom/v1'

/** A secret with the values `one`, `two` and `three`, the last one current. */
async function three(house: House) {
  const { admin } = await house.tenant()
  const body = { name: 'k', value: 'one' }
  const made = (await admin.post(`${own}/groups/secrets/secrets`, body)).expect(200)
  const secret = `${own}/secrets/${made.str('id')}`
  for (const value of ['two', 'three']) (await admin.patch(secret, { value })).expect(200)
  return { admin, id: made.str('id'), secret, versions: `${secret}/versions` }
}

const valueOf = async (api: Api, path: string): Promise<string> =>
  (await api.get(path)).expect(200).str('value')

const states = (items: readonly Json[]) =>
  items.map(({ version, state, current }) => [version, state, current])

onEachEngine((house) => {
  test('every value that was current can be read by its number, and the list is newest first', async () => {
    const { admin, secret, versions } = await three(house())
    for (const [n, value] of [
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ] as const) {
      assert.equal(await valueOf(admin, `${secret}/value?version=${n}`), value)
    }
    assert.equal(await valueOf(admin, `${secret}/value`), 'three')
    const { text } = (await admin.get(versions)).expect(200)
    assert.ok(!/one|two|three/.test(text), 'a list of versions holds a value')
    const list = (await admin.get(versions)).list('data')
    assert.deepEqual(states(list), [
      [3, 'live', true],
      [2, 'live', false],
      [1, 'live', false],
    ])
  })

  test('an older version is made current, and the next new one is numbered behind the last', async () => {
    const { admin, secret, versions } = await three(house())
    const activated = (await admin.post(`${versions}/1/activate`)).expect(200)
    assert.deepEqual([activated.num('version'), activated.num('latest_version')], [1, 3])
    assert.equal(await valueOf(admin, `${secret}/value`), 'one')
    ;(await admin.post(`${versions}/1/activate`)).expect(200)
    const patched = (await admin.patch(secret, { value: 'four' })).expect(200)
    assert.deepEqual([patched.num('version'), patched.num('latest_version')], [4, 4])
    assert.equal(await valueOf(admin, `${secret}/value`), 'four')
    assert.equal(await valueOf(admin, `${secret}/value?version=1`), 'one')
  })

  test('a version may wait, and is read by its number only until it is activated', async () => {
    const { admin, secret, versions } = await three(house())
    const body = { value: 'waiting', activate: false }
    assert.equal((await admin.post(versions, body)).expect(200).num('version'), 4)
    assert.equal(await valueOf(admin, `${secret}/value`), 'three')
    assert.equal(await valueOf(admin, `${secret}/value?version=4`), 'waiting')
    // A change of the value meanwhile does not take its number.
    assert.equal((await admin.patch(secret, { value: 'five' })).expect(200).num('version'), 5)
    ;(await admin.post(`${versions}/4/activate`)).expect(200)
    assert.equal(await valueOf(admin, `${secret}/value`), 'waiting')
  })

  test('a deleted version cannot be read or activated, and comes back as it was', async () => {
    const { admin, secret, versions } = await three(house())
    ;(await admin.delete(`${versions}/2`)).expect(200)
    ;(await admin.get(`${secret}/value?version=2`)).expect(404)
    ;(await admin.post(`${versions}/2/activate`)).expect(404)
    ;(await admin.delete(`${versions}/2`)).expect(404)
    assert.deepEqual(states((await admin.get(versions)).list('data'))[1], [2, 'deleted', false])
    ;(await admin.post(`${versions}/2/undelete`)).expect(200)
    ;(await admin.post(`${versions}/2/undelete`)).expect(404)
    assert.equal(await valueOf(admin, `${secret}/value?version=2`), 'two')
    ;(await admin.post(`${versions}/2/activate`)).expect(200)
    assert.equal(await valueOf(admin, `${secret}/value`), 'two')
  })

  test('the current version is not deleted before another one is current', async () => {
    const { admin, secret, versions } = await three(house())
    ;(await admin.delete(`${versions}/3`)).expect(409)
    assert.equal(await valueOf(admin, `${secret}/value`), 'three')
    ;(await admin.post(`${versions}/2/activate`)).expect(200)
    ;(await admin.delete(`${versions}/3`)).expect(200)
    ;(await admin.delete(`${versions}/2`)).expect(409)
  })

  test('a number that is no version`s is not found, or not a number', async () => {
    const { admin, secret, versions } = await three(house())
    for (const n of ['4', '999999999999999']) {
      ;(await admin.get(`${secret}/value?version=${n}`)).expect(404)
      ;(await admin.post(`${versions}/${n}/activate`)).expect(404)
      ;(await admin.delete(`${versions}/${n}`)).expect(404)
      ;(await admin.post(`${versions}/${n}/undelete`)).expect(404)
    }
    for (const n of ['0', '-1', '1.0', '1e0', '%31%20', '0x1', '9999999999999999', 'current']) {
      ;(await admin.get(`${secret}/value?version=${n}`)).expect(422)
      ;(await admin.delete(`${versions}/${n}`)).expect(422)
    }
  })

  test('a change that expects a version is done only on that one', async () => {
    const { admin, secret, versions } = await three(house())
    for (const expect of [1, 2, 4]) {
      ;(await admin.patch(secret, { value: 'no', expect_version: expect })).expect(409)
    }
    assert.equal((await admin.get(versions)).list('data').length, 3)
    const patched = await admin.patch(secret, { value: 'four', expect_version: 3 })
    assert.equal(patched.expect(200).num('version'), 4)
    ;(await admin.patch(secret, { description: 'late', expect_version: 3 })).expect(409)
    ;(await admin.patch(secret, { expect_version: 3 })).expect(409)
    ;(await admin.patch(secret, { description: 'now', expect_version: 4 })).expect(200)
    for (const odd of [0, -1, 1.5, '4', null]) {
      ;(await admin.patch(secret, { value: 'no', expect_version: odd })).expect(422)
    }
  })

  test('of many changes that expect the same version exactly one is done', async () => {
    const { admin, secret } = await three(house())
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, n) =>
        admin.patch(secret, { value: `by ${n}`, expect_version: 3 }),
      ),
    )
    const done = answers.flatMap(({ status }, n) => (status === 200 ? [n] : []))
    assert.equal(done.length, 1)
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200, 409]))
    assert.equal(await valueOf(admin, `${secret}/value`), `by ${done[0] ?? ''}`)
  })

  test('a deleted secret is gone with every version', async () => {
    const { admin, secret, versions } = await three(house())
    ;(await admin.delete(secret)).expect(200)
    for (const path of [secret, versions, `${secret}/value`, `${secret}/value?version=1`]) {
      ;(await admin.get(path)).expect(404)
    }
    ;(await admin.post(versions, { value: 'again' })).expect(404)
    ;(await admin.post(`${versions}/1/undelete`)).expect(404)
    ;(await admin.delete(secret)).expect(404)
  })

  test('a secret of the type json takes no version that is not JSON', async () => {
    const { admin } = await house().tenant()
    const body = { type: 'json', name: 'j', payload: '{"a": 1}' }
    const id = (await admin.post('/v5/credentials', body)).expect(200).str('id')
    ;(await admin.patch(`/v5/credentials/${id}`, { payload: 'no JSON' })).expect(422)
    ;(await admin.patch(`${own}/secrets/${id}`, { value: 'no JSON' })).expect(422)
    ;(await admin.post(`${own}/secrets/${id}/versions`, { value: 'no JSON' })).expect(422)
    const base64 = { value: 'AP8A', encoding: 'base64' }
    ;(await admin.post(`${own}/secrets/${id}/versions`, base64)).expect(422)
    ;(await admin.post(`${own}/secrets/${id}/versions`, { value: '[2]' })).expect(200)
    assert.equal(await valueOf(admin, `${own}/secrets/${id}/value`), '[2]')
  })

  test('values keep every byte, as text and as base64', async () => {
    const { admin } = await house().tenant()
    const texts = ['\u0000', ' ', '\ufeffbom', 'a\r\nb', '\u{10ffff}', '"\\/', 'x'.repeat(65_536)]
    for (const [n, value] of texts.entries()) {
      const body = { type: 'key', name: `t${n}`, payload: value }
      const id = (await admin.post('/v5/credentials', body)).expect(200).str('id')
      const opened = (await admin.post(`/v5/credentials/${id}/secret`)).expect(200)
      assert.ok(opened.str('result') === value, `text ${n}`)
      assert.ok((await valueOf(admin, `${own}/secrets/${id}/value`)) === value, `text ${n}`)
    }
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
    const value = bytes.toString('base64')
    const body = { name: 'B', value, encoding: 'base64', file: true }
    const made = (await admin.post(`${own}/groups/personal/secrets`, body)).expect(200)
    const opened = (await admin.get(`${own}/secrets/${made.str('id')}/value`)).expect(200)
    assert.deepEqual([opened.str('value'), opened.str('encoding')], [value, 'base64'])
  })
})

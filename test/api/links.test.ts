import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Api } from '#test/support/api.ts'
import { onEachEngine, type House } from '#test/support/house.ts'

const own = '/strongroom/v1'

/** An admin with a personal secret, and a member of the same account who does not see it. */
async function home(house: House) {
  const { id: account, admin } = await house.tenant()
  const user = { email: 'member@example.com', role: 'member' }
  const member = admin.as((await admin.post(`${own}/users`, user)).expect(200).str('token'))
  const body = { name: 'MY_KEY', value: 'mine' }
  const made = (await admin.post(`${own}/groups/personal/secrets`, body)).expect(200)
  return { account, admin, member, secret: made.str('id'), personal: made.str('group') }
}

const link = (api: Api, group: string, secret: string, name?: string) =>
  api.post(`${own}/groups/${group}/links`, { secret, ...(name === undefined ? {} : { name }) })

const sizeOf = async (api: Api, group: string): Promise<number> =>
  (await api.get(`${own}/groups/${group}`)).expect(200).num('size')

const namesIn = async (api: Api, path: string, list = 'data'): Promise<readonly unknown[]> =>
  (await api.get(path))
    .expect(200)
    .list(list)
    .map(({ name, key }) => name ?? key)

onEachEngine((house) => {
  test('a secret linked into the secrets shows through Scale`s API under the link`s name', async () => {
    const { account, admin, secret } = await home(house())
    ;(await link(admin, 'secrets', secret, 'linked-key')).expect(200)
    const shown = (await admin.get(`/v5/sgp/secrets/${secret}`)).expect(200)
    assert.equal(shown.str('key'), 'linked-key')
    assert.equal(shown.str('cloud_secret_path'), `accounts/${account}/linked-key`)
    const list = (await admin.get('/v5/sgp/secrets')).expect(200)
    assert.deepEqual(list.list('items'), [shown.json])
    assert.equal(list.num('total'), 1)
  })

  test('who may not see the home of a secret reads it through a link, and changes nothing', async () => {
    const { admin, member, secret, personal } = await home(house())
    ;(await member.get(`${own}/secrets/${secret}/value`)).expect(404)
    ;(await link(admin, 'credentials', secret, 'shared key')).expect(200)
    assert.equal(
      (await member.get(`${own}/secrets/${secret}/value`)).expect(200).str('value'),
      'mine',
    )
    const byName = await member.get(`${own}/groups/credentials/secrets/shared%20key/value`)
    assert.equal(byName.expect(200).str('name'), 'shared key')
    const scale = await member.post('/v5/credentials/name/shared%20key/secret')
    assert.equal(scale.expect(200).str('result'), 'mine')
    ;(await member.patch(`${own}/secrets/${secret}`, { value: 'theirs' })).expect(403)
    ;(await member.post(`${own}/secrets/${secret}/versions`, { value: 'theirs' })).expect(403)
    ;(await member.post(`${own}/secrets/${secret}/versions/1/activate`)).expect(403)
    ;(await member.patch(`/v5/credentials/${secret}`, { name: 'n' })).expect(403)
    ;(await member.get(`${own}/groups/${personal}/secrets/MY_KEY`)).expect(404)
    assert.equal(
      (await admin.get(`${own}/secrets/${secret}/value`)).expect(200).str('value'),
      'mine',
    )
  })

  test('a secret seen through a link names the group of the link, never its home', async () => {
    const { admin, member, secret, personal } = await home(house())
    ;(await link(admin, 'credentials', secret, 'shared')).expect(200)
    const group = (await admin.get(`${own}/groups/credentials`)).expect(200).str('id')
    for (const path of [`secrets/${secret}`, 'groups/credentials/secrets/shared']) {
      const shown = (await member.get(`${own}/${path}`)).expect(200)
      assert.ok(!shown.text.includes(personal), `${path} tells the home group`)
      assert.deepEqual([shown.str('group'), shown.json['linked']], [group, true])
    }
    const [found] = (await member.get(`${own}/secrets?search=shared`)).expect(200).list('data')
    assert.deepEqual([found?.['group'], found?.['linked']], [group, true])
  })

  test('a value changed at home is the value of every link at once', async () => {
    const { admin, member, secret } = await home(house())
    ;(await link(admin, 'credentials', secret, 'shared')).expect(200)
    const path = '/v5/credentials/name/shared/secret'
    assert.equal((await member.post(path)).expect(200).str('result'), 'mine')
    ;(await admin.patch(`${own}/secrets/${secret}`, { value: 'new' })).expect(200)
    assert.equal((await member.post(path)).expect(200).str('result'), 'new')
    ;(await admin.post(`${own}/secrets/${secret}/versions/1/activate`)).expect(200)
    assert.equal((await member.post(path)).expect(200).str('result'), 'mine')
  })

  test('a link goes with its secret, and its name is free', async () => {
    const { admin, member, secret } = await home(house())
    for (const group of ['credentials', 'secrets']) {
      ;(await link(admin, group, secret, 'shared')).expect(200)
    }
    ;(await admin.delete(`${own}/secrets/${secret}`)).expect(200)
    ;(await member.get('/v5/credentials/name/shared')).expect(404)
    ;(await member.post('/v5/credentials/name/shared/secret')).expect(404)
    for (const path of ['/v5/credentials', '/v5/sgp/secrets']) {
      const list = (await admin.get(path)).expect(200)
      assert.deepEqual([list.list('items'), list.num('total')], [[], 0])
    }
    const body = { type: 'key', name: 'shared', payload: 'another' }
    ;(await admin.post('/v5/credentials', body)).expect(200)
  })

  test('to delete what is linked here, through Scale`s API, takes away the link alone', async () => {
    const { admin, member, secret } = await home(house())
    ;(await link(admin, 'secrets', secret, 'linked-key')).expect(200)
    ;(await link(admin, 'credentials', secret, 'linked')).expect(200)
    ;(await member.delete(`/v5/sgp/secrets/${secret}`)).expect(204)
    ;(await admin.get(`/v5/sgp/secrets/${secret}`)).expect(404)
    ;(await member.delete(`/v5/credentials/${secret}`)).expect(200)
    ;(await member.get(`${own}/secrets/${secret}`)).expect(404)
    assert.equal(
      (await admin.get(`${own}/secrets/${secret}/value`)).expect(200).str('value'),
      'mine',
    )
    assert.deepEqual([await sizeOf(admin, 'secrets'), await sizeOf(admin, 'credentials')], [0, 0])
  })

  test('a link has a name of its own: it keeps to its group, and is there once', async () => {
    const { admin, secret } = await home(house())
    ;(await link(admin, 'secrets', secret)).expect(422)
    ;(await link(admin, 'secrets', secret, 'Upper')).expect(422)
    ;(await admin.post('/v5/sgp/secrets', { key: 'taken', value: '1' })).expect(200)
    ;(await link(admin, 'secrets', secret, 'taken')).expect(409)
    ;(await link(admin, 'secrets', secret, 'free')).expect(200)
    ;(await link(admin, 'secrets', secret, 'free2')).expect(409)
    ;(await admin.post('/v5/sgp/secrets', { key: 'free', value: '1' })).expect(409)
    ;(await link(admin, 'personal', secret, 'AGAIN')).expect(409)
    ;(await link(admin, 'credentials', secret)).expect(200)
    assert.deepEqual(await namesIn(admin, '/v5/credentials', 'items'), ['MY_KEY'])
  })

  test('many links of one secret into one group at once make one', async () => {
    const { admin, secret } = await home(house())
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, n) => link(admin, 'credentials', secret, `n${n}`)),
    )
    const done = answers.filter(({ status }) => status === 200)
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200, 409]))
    assert.equal(done.length, 1)
    assert.equal(await sizeOf(admin, 'credentials'), 1)
  })

  test('a list with a link that was made anew is walked once, and to its end', async () => {
    const { admin, secret } = await home(house())
    ;(await link(admin, 'secrets', secret, 'a-link')).expect(200)
    for (const key of ['b', 'c', 'd']) {
      ;(await admin.post('/v5/sgp/secrets', { key, value: '1' })).expect(200)
    }
    ;(await admin.delete(`${own}/groups/secrets/links/${secret}`)).expect(200)
    ;(await link(admin, 'secrets', secret, 'z-link')).expect(200)
    for (const [sort, expected] of [
      ['created_at', ['b', 'c', 'd', 'z-link']],
      ['key', ['b', 'c', 'd', 'z-link']],
      ['updated_at', ['b', 'c', 'd', 'z-link']],
    ] as const) {
      const seen: unknown[] = []
      let query = `limit=1&sort_by=${sort}`
      for (let pages = 0; pages < 10; pages++) {
        const page = (await admin.get(`/v5/sgp/secrets?${query}`)).expect(200)
        const [item] = page.list('items')
        if (item !== undefined) seen.push(item['key'])
        if (page.json['has_more'] !== true) break
        query = `limit=1&sort_by=${sort}&starting_after=${String(item?.['id'])}`
      }
      assert.deepEqual(seen, expected, sort)
    }
  })

  test('a search finds a part of a name, whatever its case, in every group one may use', async () => {
    const { admin, member, secret } = await home(house())
    const names = ['OpenAI prod', 'openai-dev', '100%_sure', 'ÉTAT de Genève', 'x_y', 'xzy']
    for (const name of names) {
      ;(await admin.post('/v5/credentials', { type: 'key', name, payload: 'p' })).expect(200)
    }
    ;(await admin.post('/v5/sgp/secrets', { key: 'openai', value: 'v' })).expect(200)
    const find = (text: string) =>
      namesIn(member, `${own}/secrets?search=${encodeURIComponent(text)}`)
    assert.deepEqual(await find('OPENAI'), ['OpenAI prod', 'openai-dev', 'openai'])
    assert.deepEqual(await find('%'), ['100%_sure'])
    assert.deepEqual(await find('x_y'), ['x_y'])
    assert.deepEqual(await find('!'), [])
    assert.deepEqual(await find('ÉTAT'), ['ÉTAT de Genève'])
    assert.deepEqual(await find('genève'), ['ÉTAT de Genève'])
    assert.deepEqual(await find('MY_'), [])
    ;(await link(admin, 'credentials', secret, 'my own')).expect(200)
    assert.deepEqual(await find('MY '), ['my own'])
  })

  test('a search is walked in pages, without gap or repetition, links included', async () => {
    const { admin, secret } = await home(house())
    for (let n = 0; n < 5; n++) {
      ;(await admin.post('/v5/sgp/secrets', { key: `k${n}`, value: 'v' })).expect(200)
      ;(await admin.post('/v5/credentials', { type: 'key', name: `k${n}`, payload: 'p' })).expect(
        200,
      )
    }
    ;(await link(admin, 'secrets', secret, 'k-link')).expect(200)
    const seen: unknown[] = []
    let after: string | null = ''
    while (after !== null) {
      const page = (await admin.get(`${own}/secrets?limit=3&after=${after}`)).expect(200)
      seen.push(...page.list('data').map(({ id, group }) => `${String(group)} ${String(id)}`))
      after = page.json['next'] as string | null
    }
    assert.equal(seen.length, 12)
    assert.equal(new Set(seen).size, 12)
  })

  test('the values of a group are all of its current ones, links included', async () => {
    const { admin, member, secret } = await home(house())
    ;(await admin.post(`${own}/groups`, { name: 'apps' })).expect(200)
    for (const name of ['A', 'B']) {
      const body = { name, value: `of ${name}` }
      ;(await admin.post(`${own}/groups/apps/secrets`, body)).expect(200)
    }
    ;(await link(admin, 'apps', secret, 'C')).expect(200)
    const byName = (await admin.get(`${own}/groups/apps/secrets/A`)).expect(200)
    ;(await admin.patch(`${own}/secrets/${byName.str('id')}`, { value: 'new' })).expect(200)
    const data = (await member.get(`${own}/groups/apps/values`)).expect(200).list('data')
    assert.deepEqual(
      data.map(({ name, value, version }) => [name, value, version]),
      [
        ['A', 'new', 2],
        ['B', 'of B', 1],
        ['C', 'mine', 1],
      ],
    )
  })

  test('a group with more than a thousand secrets is not read at once', async () => {
    const { admin } = await home(house())
    ;(await admin.post(`${own}/groups`, { name: 'big' })).expect(200)
    for (let n = 0; n < 1_001; n += 91) {
      const some = Array.from({ length: Math.min(91, 1_001 - n) }, (_, i) =>
        admin.post(`${own}/groups/big/secrets`, { name: `n${n + i}`, value: 'v' }),
      )
      for (const answer of await Promise.all(some)) answer.expect(200)
    }
    ;(await admin.get(`${own}/groups/big/values`)).expect(409)
    const last = (await admin.get(`${own}/groups/big/secrets/n1000`)).expect(200)
    ;(await admin.delete(`${own}/secrets/${last.str('id')}`)).expect(200)
    const { length } = (await admin.get(`${own}/groups/big/values`)).expect(200).list('data')
    assert.equal(length, 1_000)
  })
})

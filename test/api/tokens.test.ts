import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SCOPES } from '#domain/subject.ts'
import type { Api } from '#test/support/api.ts'
import { callOf, routes, sendCall } from '#test/support/calls.ts'
import { settle } from '#test/support/estate.ts'
import { onEachEngine } from '#test/support/house.ts'

const own = '/strongroom/v1'
const DAY_MS = 24 * 3_600_000
const TRIALS = 500

const mint = async (
  api: Api,
  body: object,
): Promise<{ readonly id: string; readonly api: Api }> => {
  const made = (await api.post(`${own}/tokens`, { name: 'made', ...body })).expect(200)
  return { id: made.str('id'), api: api.as(made.str('token')) }
}

const subsets = SCOPES.reduce<readonly (readonly string[])[]>(
  (sets, scope) => [...sets, ...sets.map((set) => [...set, scope])],
  [[]],
)

const later = (ms: number): string => new Date(Date.now() + ms).toISOString()

async function scopesOf(api: Api): Promise<unknown> {
  const { token } = (await api.get(`${own}/whoami`)).expect(200).json
  return (token as { readonly scopes: unknown }).scopes
}

onEachEngine((house) => {
  // Bug class 39.
  test('of two sets of scopes, a token of one mints a token of the other only if it has them all', async () => {
    const { admin } = await house().tenant()
    for (const held of subsets) {
      const holder = await mint(admin, { scopes: held })
      for (const asked of subsets) {
        const answer = await holder.api.post(`${own}/tokens`, { name: 'n', scopes: asked })
        const may = held.includes('manage') && asked.every((scope) => held.includes(scope))
        assert.equal(answer.status, may ? 200 : 403, `${held.join()} mints ${asked.join()}`)
        if (may) assert.deepEqual(await scopesOf(admin.as(answer.str('token'))), asked)
      }
    }
  })

  test('without scopes asked for, or with null, a token mints its like', async () => {
    const { admin } = await house().tenant()
    const held = ['manage', 'list']
    const holder = await mint(admin, { scopes: held })
    for (const body of [{}, { scopes: null }]) {
      assert.deepEqual(await scopesOf((await mint(holder.api, body)).api), held)
      assert.equal(await scopesOf((await mint(admin, body)).api), null)
    }
  })

  // Bug class 39.
  test('a token mints none that outlives it', async () => {
    const { admin } = await house().tenant()
    const holder = await mint(admin, { scopes: ['manage'], expires_at: later(60_000) })
    const longer = await holder.api.post(`${own}/tokens`, { name: 'n', expires_at: later(DAY_MS) })
    const silent = await holder.api.post(`${own}/tokens`, { name: 'n' })
    const made = [longer, silent].filter(({ status }) => status === 200)
    for (const answer of made) {
      const { token } = (await admin.as(answer.str('token')).get(`${own}/whoami`)).expect(200).json
      const { expires_at: end } = token as { readonly expires_at: string }
      assert.ok(Date.parse(end) <= Date.now() + 60_000, `it ends at ${end}`)
    }
  })

  test('a scope opens what it is for, and nothing else', async () => {
    const opened = new Map<string, Set<string>>(SCOPES.map((scope) => [scope, new Set()]))
    for (const route of routes) {
      if (route.asked.by === 'anyone') continue
      let estate = await settle(await house().tenant())
      for (const scope of SCOPES) {
        const narrow = await mint(estate.admin, { scopes: [scope] })
        await house().record.texts()
        const { status } = await sendCall(narrow.api, route, callOf(route, estate))
        assert.ok([200, 204, 403].includes(status), `${route.operationId} answered ${status}`)
        if (status === 403) continue
        // What was done, which may be less than the route is for: a viewer is told no value.
        for (const { action } of await house().record.entries()) opened.get(scope)?.add(action)
        if (route.method !== 'GET') estate = await settle(await house().tenant())
      }
    }
    const told = [...opened].map(([scope, done]) => [scope, [...done].sort()] as const)
    assert.deepEqual(Object.fromEntries(told), {
      list: [
        ...['api.describe', 'group.get', 'group.list', 'integration.list', 'secret.get'],
        ...['secret.list', 'store.list', 'team.get', 'team.list', 'variable.list'],
        ...['version.list', 'whoami'],
      ],
      read: ['api.describe', 'group.read', 'secret.read', 'whoami'],
      write: [
        ...['api.describe', 'group.create', 'group.delete', 'group.replace', 'link.delete'],
        ...['secret.create', 'secret.delete', 'secret.purge', 'secret.undelete', 'secret.update'],
        ...['variable.create', 'variable.delete', 'variable.update', 'version.activate'],
        ...['version.create', 'version.delete', 'version.undelete', 'whoami'],
      ],
      // Not token.read: the tokens that are kept here may do everything.
      manage: [
        ...['api.describe', 'group.update', 'login.approve', 'slug.set', 'store.check'],
        ...['store.create', 'store.default', 'store.drift', 'store.move', 'store.remove'],
        'store.update',
        ...['subject.create', 'subject.get', 'subject.list', 'subject.remove', 'subject.update'],
        ...['team.create', 'team.delete', 'team.member.add', 'team.member.remove', 'team.update'],
        ...['token.create', 'token.list', 'token.revoke', 'token.rotate', 'whoami'],
      ],
      audit: ['api.describe', 'audit.query', 'whoami'],
    })
  })

  test('to link a secret takes the leave to read it and the leave to write', async () => {
    const { admin, credential, group } = await settle(await house().tenant())
    const body = { secret: credential, name: 'again' }
    for (const [scopes, status] of [
      [['write'], 403],
      [['read'], 403],
      [['read', 'write'], 200],
    ] as const) {
      const { api } = await mint(admin, { scopes })
      ;(await api.post(`${own}/groups/${group}/links`, body)).expect(status)
    }
  })

  // Bug classes 37, 38.
  test('a token is dead from its end on, though it was found warm', async () => {
    const { admin } = await house().tenant()
    const end = Date.now() + 1_500
    const { api } = await mint(admin, { expires_at: new Date(end).toISOString() })
    let dead = false
    while (!dead) {
      const sent = Date.now()
      const { status } = await api.get(`${own}/whoami`)
      if (sent >= end) assert.equal(status, 401)
      dead = status === 401
      if (dead) assert.ok(Date.now() >= end, 'it died early')
    }
    ;(await api.get('/v5/credentials')).expect(401)
  })

  // Bug class 38.
  test('an end is a moment with a zone, after now and within 366 days', async () => {
    const { admin } = await house().tenant()
    const refused = [
      ...['', 'tomorrow', '2099-01-01', '2099-01-01T00:00:00', '2099-01-01 00:00:00Z'],
      ...[
        '2099-02-30T00:00:00Z',
        '2099-13-01T00:00:00Z',
        '2099-01-01T25:00:00Z',
        '+12099-01-01T00:00:00Z',
      ],
      ...[later(-1_000), later(367 * DAY_MS), '1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z'],
    ]
    for (const end of refused) {
      const answer = await admin.post(`${own}/tokens`, { name: 'n', expires_at: end })
      assert.equal(answer.status, 422, `${end} is taken`)
    }
    for (const end of [0, -1, 1e20, true, [], {}]) {
      ;(await admin.post(`${own}/tokens`, { name: 'n', expires_at: end })).expect(422)
    }
    const zoned = new Date(Date.now() + DAY_MS + 3_600_000).toISOString().replace('Z', '+01:00')
    ;(await admin.post(`${own}/tokens`, { name: 'n', expires_at: zoned })).expect(200)
  })

  test('a token is revoked by its bearer, and by an admin, and by nobody else', async () => {
    const { admin, userToken, serviceToken } = await settle(await house().tenant())
    const [user, service] = [admin.as(userToken), admin.as(serviceToken)]
    const first = await mint(user, {})
    const second = await mint(user, {})
    ;(await service.delete(`${own}/tokens/${first.id}`)).expect(404)
    ;(await first.api.get(`${own}/whoami`)).expect(200)
    ;(await first.api.delete(`${own}/tokens/${first.id}`)).expect(200)
    ;(await first.api.get(`${own}/whoami`)).expect(401)
    ;(await admin.delete(`${own}/tokens/${second.id}`)).expect(200)
    ;(await second.api.get(`${own}/whoami`)).expect(401)
    ;(await user.get(`${own}/whoami`)).expect(200)
  })

  // Bug classes 52, 97.
  test(`${TRIALS} times made, warm, revoked: the next request is refused each time`, async () => {
    const { admin } = await house().tenant()
    const body = { type: 'key', name: 'k', payload: 'p' }
    ;(await admin.post('/v5/credentials', body)).expect(200)
    const paths = ['/v5/credentials', `${own}/groups/credentials/values`, `${own}/whoami`]
    for (let n = 0; n < TRIALS; n++) {
      const path = paths[n % paths.length] ?? ''
      const { id: token, api } = await mint(admin, {})
      ;(await api.get(path)).expect(200)
      ;(await admin.delete(`${own}/tokens/${token}`)).expect(200)
      ;(await api.get(path)).expect(401)
    }
  })

  test('a revoked token is refused as such, whatever its request holds', async () => {
    const { admin, secret } = await settle(await house().tenant())
    const { id, api } = await mint(admin, {})
    ;(await api.get(`${own}/whoami`)).expect(200)
    ;(await admin.delete(`${own}/tokens/${id}`)).expect(200)
    ;(await api.post(`${own}/groups/secrets/secrets`, { name: 7 })).expect(401)
    ;(await api.get(`${own}/secrets/${secret}/value?version=x`)).expect(401)
  })

  // Bug class 52.
  test('a token with one character changed is nobody`s', async () => {
    const { admin } = await house().tenant()
    const text = admin.token ?? ''
    for (let n = 0; n < text.length; n++) {
      const other = text[n] === 'a' ? 'b' : 'a'
      const { status } = await admin
        .as(text.slice(0, n) + other + text.slice(n + 1))
        .get(`${own}/whoami`)
      assert.equal(status, 401, `changed at ${n}`)
    }
    for (const odd of [text.slice(0, -1), `${text}0`, text.toUpperCase(), 'x'.repeat(8_000)]) {
      ;(await admin.as(odd).get(`${own}/whoami`)).expect(401)
    }
  })

  test('the same token speaks on every API, and in its other form', async () => {
    const { admin } = await house().tenant()
    const other = (admin.token ?? '').replace(/^sr_/, 'tfy_')
    ;(await admin.as(other).get(`${own}/whoami`)).expect(200)
    const headers = { 'x-api-key': other }
    ;(await admin.as(null).send('GET', '/v5/credentials', { headers })).expect(200)
  })

  test('a list of tokens never holds what could be shown as one', async () => {
    const { admin } = await house().tenant()
    const { text } = (await admin.get(`${own}/tokens`)).expect(200)
    const [, secret = ''] = (admin.token ?? '').split(/_user_/)
    for (const part of secret.split('_')) assert.ok(!text.includes(part))
  })
})

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Action } from '#domain/action.ts'
import type { Dialect, Route } from '#dialects/dialect.ts'
import { dialects } from '#server/registry.ts'
import {
  absentStatus,
  callOf,
  namingParamsOf,
  needsToken,
  routes,
  sendCall,
  targetOf,
} from '#test/support/calls.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { onEachEngine, type House } from '#test/support/house.ts'
import { requestBytes, sendRaw, type RawRequest } from '#test/support/raw.ts'

/** Text that stands in every place of a refused request, and may stand in no entry. */
const CANARY = 'canary0canary1canary2'

const operators = new Set([
  ...['createAccount', 'listAccounts', 'closeAudit', 'rewrapKeys', 'rotateRootKey'],
])

/** Actions that take no scope: who one is, and what nobody is kept from. */
const unscoped = new Set<Action>(['whoami', 'api.describe'])

/** What an action is done to beside one thing: each has a line of its own. */
const besides: Readonly<Record<string, number>> = {
  // The subject, beside the team.
  addMember: 1,
  removeMember: 1,
  // Who it is shared with, beside the group.
  shareGroup: 1,
  unshareGroup: 1,
  // The secret that it becomes, beside what was read in the store.
  importSecret: 1,
  // The secrets that were read: one of the group's own, and one by a link.
  readGroup: 2,
  // What an environment shows: a secret of its own, and one by a link.
  deleteEnvironment: 2,
  delete_environment: 2,
  delete_environment_by_name: 2,
  readInjection: 2,
  // What is in the group: the secret that came with it, the one that changed, or all that went.
  'SecretGroup.post': 1,
  'SecretGroup.putById': 1,
  'SecretGroup.delete': 2,
  // Whose it is, beside the token.
  'PersonalAccessToken.postForUser': 1,
  // The group in which it was given a role.
  'VirtualAccount.put': 1,
  // The old token and the new one, beside whose they are.
  'VirtualAccount.regenerateToken': 2,
  // The group in which the token is shown.
  'VirtualAccount.syncToSecretStore': 1,
  // The member who was not in the team before.
  'Team.put': 1,
}

type Headers = readonly (readonly [name: string, value: string])[]

const bearer = (token: string | null): Headers => [['authorization', `Bearer ${token ?? ''}`]]

interface Sending extends Partial<RawRequest> {
  readonly target: string
}

const send = ({ server }: House, { method = 'GET', target, headers = [], body = null }: Sending) =>
  sendRaw(server.url, requestBytes(server.url, { method, target, headers, body }))

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

/** The one entry that a refused request leaves; nothing that was sent may be in it. */
async function refused(house: House, status: number, reason: string, sending: Sending) {
  await house.record.texts()
  const answer = await send(house, sending)
  const texts = await house.record.texts()
  assert.equal(answer.status, status, answer.body.toString())
  assert.equal(texts.length, 1, 'one entry for one request')
  const [text = ''] = texts
  assert.ok(!text.includes(CANARY), text)
  assert.ok(!answer.body.includes(CANARY), 'the answer repeats what was sent')
  const entry = JSON.parse(text) as Readonly<Record<string, unknown>>
  assert.deepEqual([entry['outcome'], entry['reason']], ['refused', reason])
  return entry
}

const noted: Headers = [
  ['user-agent', CANARY],
  ['x-request-id', CANARY],
]

/** APIs that answer a body that is no JSON as they answer one that is not valid. */
const unprocessable = new Set(['prime-intellect', 'scale-sgp'])

/** Refusals that any route can give, and the request that brings each. */
async function refusalsOf(house: House, dialect: Dialect, route: Route, estate: Estate) {
  const { method } = route
  const call = callOf(route, estate)
  const target = targetOf(route, call)
  const body = call.body === null ? null : json(call.body)
  const mine = [...bearer(call.token ?? estate.admin.token), ...noted]
  const none = { method, target, body, headers: noted }
  if (needsToken(route)) {
    await refused(house, 401, 'no_token', none)
    await refused(house, 401, 'bad_token', { ...none, headers: bearer(CANARY) })
    const two: Headers = [...mine, ['authorization', CANARY]]
    await refused(house, 400, 'two_tokens', { ...none, headers: two })
  }
  const params = namingParamsOf(route).map(
    ({ key, name }) => [name, key === 'versions/:n' ? '7777777' : CANARY] as const,
  )
  if (params.length > 0) {
    const absent = { ...call, params: { ...call.params, ...Object.fromEntries(params) } }
    const sending = { ...none, target: targetOf(route, absent), headers: mine }
    await refused(house, absentStatus(route), 'not_found', sending)
  }
  await refused(house, 405, 'no_method', { ...none, method: 'OPTIONS', headers: mine })
  if (body === null) return
  const large: Headers = [...mine, ['content-length', '1048577']]
  await refused(house, 413, 'too_large', { ...none, body: null, headers: large })
  const packed: Headers = [...mine, ['content-encoding', 'gzip']]
  await refused(house, 415, 'unsupported_encoding', { ...none, headers: packed })
  const malformed = unprocessable.has(dialect.name) ? 422 : 400
  const broken = Buffer.from(`{"name": "${CANARY}", `)
  await refused(house, malformed, 'malformed', { ...none, body: broken, headers: mine })
  await refused(house, 422, 'invalid', { ...none, body: json([CANARY]), headers: mine })
}

onEachEngine((house) => {
  describe('what is done', () => {
    for (const route of routes) {
      test(`${route.method} ${route.path} is on the record`, async () => {
        const estate = await settle(await house().tenant())
        const api = operators.has(route.operationId) ? house().operator : estate.admin
        await house().record.texts()
        const answer = await sendCall(api, route, callOf(route, estate))
        answer.expect(route.success.status)
        const texts = await house().record.texts()
        assert.equal(texts.length, 1 + (besides[route.operationId] ?? 0), texts.join('\n'))
        for (const text of texts) {
          const { action, outcome } = JSON.parse(text) as Readonly<Record<string, unknown>>
          assert.deepEqual([action, outcome], [route.action, 'allowed'])
          assert.ok(!text.includes('value-'), 'a value is on the record')
        }
      })
    }
  })

  describe('what is refused', () => {
    let estate: Estate | null = null
    before(async () => {
      estate = await settle(await house().tenant())
    })

    for (const dialect of dialects) {
      for (const route of dialect.routes) {
        test(`${route.method} ${route.path} refuses on the record`, async () => {
          assert.ok(estate !== null)
          await refusalsOf(house(), dialect, route, estate)
        })
      }
    }

    test('a token without the scope is refused on the record, on every route that takes one', async () => {
      assert.ok(estate !== null)
      const made = await estate.admin.post('/strongroom/v1/tokens', { name: 'nothing', scopes: [] })
      const headers = bearer(made.expect(200).str('token'))
      for (const route of routes) {
        const { asked, action, operationId } = route
        if (asked.by === 'anyone' || unscoped.has(action) || operators.has(operationId)) continue
        const call = callOf(route, estate)
        const body = call.body === null ? null : json(call.body)
        const sending = { method: route.method, target: targetOf(route, call), headers, body }
        const entry = await refused(house(), 403, 'denied', sending)
        assert.equal(entry['action'], route.action)
      }
    })

    test('a path of no API is refused on the record', async () => {
      for (const target of [
        '/',
        `/${CANARY}`,
        `/v5`,
        '/strongroom',
        `/v5/${CANARY}`,
        '/V5/credentials',
      ]) {
        await refused(house(), 404, 'no_route', { target, headers: noted })
      }
      await refused(house(), 404, 'no_route', { target: `/${CANARY}/%zz` })
      await refused(house(), 404, 'no_route', { method: 'POST', target: `/v5/${CANARY}/%ff` })
    })

    test('query parameters that cannot be read are refused on the record', async () => {
      assert.ok(estate !== null)
      const headers = bearer(estate.admin.token)
      const queries = [
        `limit=${CANARY}`,
        `sort_by=${CANARY}`,
        `starting_after=${CANARY}`,
        `starting_after=${CANARY}&ending_before=${CANARY}`,
        `name=${CANARY}&name=${CANARY}`,
      ]
      for (const query of queries) {
        const target = `/v5/credentials?${query}`
        await refused(house(), 422, 'invalid', { target, headers })
      }
    })
  })

  test('the health of the server leaves no entry, a look at an OpenAPI document one', async () => {
    await house().record.texts()
    assert.equal((await send(house(), { target: '/health' })).status, 200)
    assert.deepEqual(await house().record.texts(), [])
    for (const { openapiPath } of dialects) {
      assert.equal((await send(house(), { target: openapiPath })).status, 200)
      const entries = await house().record.entries()
      assert.deepEqual(
        entries.map(({ action, outcome }) => [action, outcome]),
        [['api.describe', 'allowed']],
      )
    }
  })

  test('an entry says who, with what, from where, and to which thing', async () => {
    const { id, admin } = await house().tenant()
    const self = (await admin.get('/strongroom/v1/whoami')).expect(200)
    const { id: token } = self.json['token'] as { readonly id: string }
    const body = { key: 'a', value: '1' }
    const secret = (await admin.post('/v5/sgp/secrets', body)).expect(200).str('id')
    const [entry] = (await house().record.entries()).slice(-1)
    assert.ok(entry !== undefined)
    const { at, ...said } = entry as typeof entry & { readonly at: number }
    assert.ok(Math.abs(Date.now() - at) < 60_000)
    assert.deepEqual(said, {
      v: 1,
      ...{ account: id, subject: self.str('id'), kind: 'user', token, api: 'scale-sgp' },
      ...{ from: '127.0.0.1', action: 'secret.create', target: 'secret', id: secret, name: 'a' },
      ...{ version: 1, outcome: 'allowed' },
    })
  })

  test('the record of an account is its own, newest first, in pages without gap', async () => {
    const { admin } = await house().tenant()
    const secrets: string[] = []
    for (const key of ['a', 'b', 'c']) {
      secrets.push((await admin.post('/v5/sgp/secrets', { key, value: '1' })).expect(200).str('id'))
    }
    const seen: unknown[] = []
    let before: string | null = ''
    while (before !== null) {
      const query: string = before === '' ? '' : `&before=${before}`
      const page = (await admin.get(`/strongroom/v1/audit?limit=2${query}`)).expect(200)
      seen.push(...page.list('data').filter(({ action }) => action === 'secret.create'))
      before = page.json['next'] as string | null
    }
    const ids = (seen as { readonly id: string }[]).map(({ id }) => id)
    assert.deepEqual(ids, secrets.toReversed())
  })
})

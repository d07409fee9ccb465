import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Api } from '#test/support/api.ts'
import { useGround } from './ground.ts'

/** Faults that were found in stores beside the database, each kept from coming back. */

const own = '/strongroom/v1'

const ground = useGround()

const moveTo = (id: string, store: string) =>
  ground().api().post(`${own}/secrets/${id}/move`, { store })

test('a secret that is moved out and back keeps its value while the former place is cleared', async () => {
  const { api, proxy, agree } = ground()
  const body = { name: 'there-and-back', value: 'kept' }
  const id = (await api().post(`${own}/groups/outside/secrets`, body)).expect(200).str('id')
  const first = (await api().get(`${own}/secrets/${id}`)).expect(200).str('path')
  const held = Promise.withResolvers<undefined>()
  const asked = Promise.withResolvers<undefined>()
  // The reconciler's removal is held back until the secret is in the store again.
  proxy.trouble((method, path) => {
    if (method !== 'DELETE' || !path.includes(id)) return { kind: 'none' }
    asked.resolve(undefined)
    return { kind: 'held', until: held.promise }
  })
  ;(await moveTo(id, 'embedded')).expect(200)
  await asked.promise
  const back = (await moveTo(id, 'ours')).expect(200)
  assert.notEqual(back.str('path'), first)
  held.resolve(undefined)
  proxy.trouble(null)
  await agree()
  assert.equal((await api().get(`${own}/secrets/${id}/value`)).expect(200).str('value'), 'kept')
})

// Bug class 17.
test('what the surroundings give is the operator’s: another account needs a credential', async () => {
  const { api, proxy } = ground()
  const account = (await api().post(`${own}/accounts`, { name: 'other' })).expect(200)
  const other = new Api(api().url, account.str('token'))
  const config = { url: proxy.url }
  const refused = await other.post(`${own}/stores`, { name: 'mine', kind: 'vault', config })
  assert.match(refused.expect(424).text, /a credential is missing/)
})

// Bug class 17.
test('a plan tells nothing of another account’s secrets in the same store', async () => {
  const { api, proxy } = ground()
  const body = { name: 'merger', value: 'v' }
  ;(await api().post(`${own}/groups/outside/secrets`, body)).expect(200)
  const account = (await api().post(`${own}/accounts`, { name: 'curious' })).expect(200)
  const other = new Api(api().url, account.str('token'))
  const store = { kind: 'vault', config: { url: proxy.url }, credential: { token: 'root' } }
  ;(await other.post(`${own}/stores`, { name: 'same', ...store })).expect(200)
  const plan = (await other.get(`${own}/stores/same/plan`)).expect(200)
  assert.equal(plan.text.includes('merger'), false)
  assert.deepEqual(plan.list('foreign'), [])
})

const check = () => ground().api().post(`${own}/stores/ours/check`)
const isPutOfProbe = (method: string, path: string) =>
  method === 'POST' && /\/data\/.*\/probe\//.test(path)

test('a probe whose put has no answer is taken away at once', async () => {
  const { api, proxy, store, differences, healthy } = ground()
  await healthy()
  const lost = { kind: 'unanswered' } as const
  proxy.trouble((method, path) => (isPutOfProbe(method, path) ? lost : { kind: 'none' }))
  ;(await check()).expect(503)
  const { kind, config, credential } = store
  const given = { name: 'tried', kind, config: { ...config, url: proxy.url }, credential }
  ;(await api().post(`${own}/stores`, given)).expect(503)
  const struck = proxy.struck()
  proxy.trouble(null)
  assert.ok(struck >= 2, `${struck} answers were lost`)
  assert.deepEqual(await differences(), [])
})

test('a probe that cannot be taken away is an orphan, which a sync takes away', async () => {
  const { api, proxy, agree, differences, healthy } = ground()
  await healthy()
  let put = false
  proxy.trouble((method, path) => {
    if (put) return { kind: 'lost' }
    put = isPutOfProbe(method, path)
    return { kind: put ? 'unanswered' : 'none' }
  })
  ;(await check()).expect(503)
  proxy.trouble(null)
  assert.match((await differences()).join(), /^store: \S+\/probe\/\S+ 1$/)
  await healthy()
  const plan = (await api().get(`${own}/stores/ours/plan`)).expect(200)
  assert.equal(plan.list('orphans').length, 1)
  assert.match(String(plan.list('orphans')[0]?.['path']), /\/probe\//)
  const body = { plan: plan.str('plan') }
  ;(await api().post(`${own}/stores/ours/sync`, body)).expect(200)
  await agree()
})

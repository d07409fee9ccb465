import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Api } from '#test/support/api.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { onEachEngine } from '#test/support/house.ts'

const own = '/strongroom/v1'
const vendor = '/api/svc/v1'
const polling = '/api/v1/auth_challenge/status'

/** Everything that somebody may hold and show, by what it is for. */
async function held(mine: Estate, stranger: Api): Promise<Readonly<Record<string, string>>> {
  const { admin, login, loginToken, virtualName, virtualToken, secret, token } = mine
  const plan = (await admin.get(`${own}/stores/${mine.store}/plan`)).expect(200)
  const kept = await admin.get(`${vendor}/virtual-accounts/${mine.virtualAccount}/token`)
  return {
    'a token': admin.token ?? '',
    'a token of another account': stranger.token ?? '',
    'a token of a virtual account': kept.expect(200).str('token'),
    'what asks how a login stands': loginToken,
    'the code of a login': login,
    'the plan of a store': plan.str('plan'),
    'the id of a token': token,
    'the id of a token of a virtual account': virtualToken,
    'the name of a virtual account': virtualName,
    'the id of a secret': secret,
    'the id of the account': mine.id,
  }
}

const TOKENS = new Set(['a token', 'a token of another account', 'a token of a virtual account'])

interface Place {
  /** What belongs here, or what is taken here as it names nothing of anybody's. */
  readonly takes: ReadonlySet<string>
  readonly refused: readonly number[]
  readonly show: (api: Api, text: string) => ReturnType<Api['get']>
}

/** Where each of them is shown. */
const places = ({ login, mark, store, virtualAccount, secret }: Estate) =>
  ({
    'as a bearer': {
      ...{ takes: TOKENS, refused: [401] },
      show: (api, text) => api.as(text).get(`${own}/whoami`),
    },
    'as a key': {
      ...{ takes: TOKENS, refused: [401] },
      show: (api, text) =>
        api.as(null).send('GET', '/v5/credentials', { headers: { 'x-api-key': text } }),
    },
    'as what asks how a login stands': {
      ...{ takes: new Set(['what asks how a login stands']), refused: [401] },
      show: (api, text) => api.as(text).get(`${polling}?challenge=${login}`),
    },
    'as the code of a login': {
      ...{ takes: new Set<string>(), refused: [401, 404] },
      show: (api, text) => api.get(`${polling}?challenge=${encodeURIComponent(text)}`),
    },
    'as a login to approve': {
      ...{ takes: new Set(['the code of a login']), refused: [404] },
      show: (api, text) => api.post(`${own}/login-challenges/${encodeURIComponent(text)}/approve`),
    },
    'as the plan of a store': {
      ...{ takes: new Set(['the plan of a store']), refused: [409, 422] },
      show: (api, text) => api.post(`${own}/stores/${store}/sync`, { plan: text }),
    },
    'as the id of a token': {
      ...{
        takes: new Set(['the id of a token', 'the id of a token of a virtual account']),
        refused: [404],
      },
      show: (api, text) => api.delete(`${own}/tokens/${encodeURIComponent(text)}`),
    },
    'as the id of a token of the virtual account': {
      ...{ takes: new Set(['the id of a token of a virtual account']), refused: [404] },
      show: (api, text) =>
        api.delete(`${vendor}/virtual-accounts/${virtualAccount}/jwt/${encodeURIComponent(text)}`),
    },
    'as a secret to link': {
      ...{ takes: new Set(['the id of a secret']), refused: [404] },
      show: (api, text) =>
        api.post(`${own}/groups/personal/links`, {
          secret: text,
          name: `L_${secret}_${mark}`.toUpperCase(),
        }),
    },
  }) satisfies Readonly<Record<string, Place>>

onEachEngine((house) => {
  // Bug class 36: CVE-2026-4282.
  test('what is made for one thing is shown for any other in vain', async (t) => {
    const mine = await settle(await house().tenant())
    const { admin: stranger } = await house().tenant()
    const all = Object.entries(await held(mine, stranger))
    let pairs = 0
    for (const [where, { takes, refused, show }] of Object.entries<Place>(places(mine))) {
      for (const [what, text] of all) {
        if (takes.has(what)) continue
        const answer = await show(mine.admin, text)
        assert.ok(
          refused.includes(answer.status),
          `${what} ${where}: ${answer.status} ${answer.text}`,
        )
        pairs += 1
      }
    }
    for (const [where, { takes, show }] of Object.entries<Place>(places(mine))) {
      const right = all.find(([what]) => takes.has(what))
      if (right === undefined) continue
      const { status, text } = await show(mine.admin, right[1])
      assert.equal(status, 200, `${right[0]} ${where}: ${text}`)
    }
    assert.ok(pairs > 70)
    t.diagnostic(`${pairs} pairs`)
  })

  // Bug classes 23, 24: CVE-2023-24999.
  test('the id of a token does nothing by way of somebody else`s', async () => {
    const mine = await settle(await house().tenant())
    const { admin, virtualAccount, virtualToken, user, userToken } = mine
    const manifest = { type: 'virtual-account', name: `second-${mine.mark}` }
    const second = await admin.send('PUT', `${vendor}/virtual-accounts`, { body: { manifest } })
    const { id, jwtId } = second.expect(200).json['data'] as { id: string; jwtId: string }
    const token = second.str('token')
    const works = async () => (await admin.as(token).get(`${own}/whoami`)).expect(200)
    await works()
    for (const [of, one] of [
      [virtualAccount, jwtId],
      [id, virtualToken],
      [user, jwtId],
      [mine.id, jwtId],
    ]) {
      ;(await admin.delete(`${vendor}/virtual-accounts/${of}/jwt/${one}`)).expect(404)
    }
    const member = admin.as(userToken)
    for (const one of [jwtId, virtualToken, mine.token, mine.personalToken]) {
      ;(await member.delete(`${own}/tokens/${one}`)).expect(404)
      ;(await member.delete(`${vendor}/personal-access-tokens/${one}`)).expect(404)
    }
    await works()
    ;(await admin.delete(`${vendor}/virtual-accounts/${id}/jwt/${jwtId}`)).expect(200)
    ;(await admin.as(token).get(`${own}/whoami`)).expect(401)
  })

  // Bug class 30: CVE-2026-1035. There is no token to refresh; a login is what is good for once.
  test('of many that approve one login at once, one does, and one token is made', async () => {
    const { admin, login } = await settle(await house().tenant())
    const count = async () => (await admin.get(`${own}/tokens`)).expect(200).list('data').length
    const before = await count()
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => admin.post(`${own}/login-challenges/${login}/approve`)),
    )
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    for (const { status } of answers) assert.ok([200, 404, 409].includes(status), String(status))
    assert.equal(await count(), before + 1)
  })
})

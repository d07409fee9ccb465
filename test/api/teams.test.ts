import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Api } from '#test/support/api.ts'
import { settle } from '#test/support/estate.ts'
import { teamGroup } from '#test/support/settlers.ts'
import { onEachEngine, type House } from '#test/support/house.ts'

const own = '/strongroom/v1'
const TRIALS = 500

/** A user of the account with a token. */
async function user(admin: Api, name: string): Promise<{ readonly id: string; readonly api: Api }> {
  const body = { email: `${name}@example.com`, role: 'member' }
  const made = (await admin.post(`${own}/users`, body)).expect(200)
  return { id: made.str('id'), api: admin.as(made.str('token')) }
}

/** A team of Ann, with a secret in its group; Ben is in the account, and in no team. */
async function office(house: House) {
  const { admin } = await house.tenant()
  const [ann, ben] = [await user(admin, 'ann'), await user(admin, 'ben')]
  const team = (await ann.api.post(`${own}/teams`, { name: 'research' })).expect(200).str('id')
  const group = await teamGroup(admin, team)
  const body = { name: 'TEAM_KEY', value: 'of the team' }
  const secret = (await ann.api.post(`${own}/groups/${group}/secrets`, body)).expect(200).str('id')
  return { admin, ann, ben, team, group, secret, members: `${own}/teams/${team}/members` }
}

const ways = (group: string, secret: string): readonly string[] => [
  `${own}/groups/${group}`,
  `${own}/groups/${group}/values`,
  `${own}/groups/${group}/secrets/TEAM_KEY`,
  `${own}/groups/${group}/secrets/TEAM_KEY/value`,
  `${own}/secrets/${secret}`,
  `${own}/secrets/${secret}/value`,
  `${own}/secrets/${secret}/versions`,
]

onEachEngine((house) => {
  test("a team's group is hidden from who is not in the team, in every way to it", async () => {
    const { admin, ann, ben, team, group, secret, members } = await office(house())
    for (const path of [...ways(group, secret), members]) {
      ;(await ann.api.get(path)).expect(200)
      ;(await admin.get(path)).expect(200)
      ;(await ben.api.get(path)).expect(404)
    }
    for (const list of ['groups', 'secrets?search=TEAM', 'teams']) {
      assert.ok(!(await ben.api.get(`${own}/${list}`)).expect(200).text.includes(team), list)
      assert.ok(!(await ben.api.get(`${own}/${list}`)).expect(200).text.includes(secret), list)
    }
    const body = { name: 'MINE', value: '1' }
    ;(await ben.api.post(`${own}/groups/${group}/secrets`, body)).expect(404)
    ;(await ben.api.post(`${own}/groups/personal/links`, { secret, name: 'MINE' })).expect(404)
    ;(await ben.api.post(`${own}/groups/${group}/links`, { secret })).expect(404)
    ;(await ben.api.patch(`${own}/secrets/${secret}`, { value: '2' })).expect(404)
    ;(await ben.api.delete(`${own}/secrets/${secret}`)).expect(404)
    ;(await ben.api.post(members, { member: ben.id })).expect(404)
    ;(await ben.api.delete(`${members}/${ann.id}`)).expect(404)
    ;(await ben.api.delete(`${own}/teams/${team}`)).expect(404)
    ;(await ben.api.post(`${own}/groups`, { name: 'n', team })).expect(404)
    const value = (await ann.api.get(`${own}/secrets/${secret}/value`)).expect(200)
    assert.equal(value.str('value'), 'of the team')
  })

  test('a personal group is its owner`s alone, whoever is admin', async () => {
    const { admin, ann, ben } = await office(house())
    const body = { name: 'MINE', value: 'of Ann' }
    const made = (await ann.api.post(`${own}/groups/personal/secrets`, body)).expect(200)
    const [secret, group] = [made.str('id'), made.str('group')]
    const paths = [`${own}/secrets/${secret}/value`, `${own}/groups/${group}/values`]
    for (const path of paths) {
      ;(await ann.api.get(path)).expect(200)
      for (const { api } of [ben, { api: admin }]) (await api.get(path)).expect(404)
    }
    ;(await admin.delete(`${own}/secrets/${secret}`)).expect(404)
    ;(await admin.post(`${own}/groups/credentials/links`, { secret })).expect(404)
    const seen = (await admin.get(`${own}/secrets?limit=1000`)).expect(200).text
    assert.ok(!seen.includes(secret))
    // The same word is another group for each of them.
    assert.deepEqual(
      (await ben.api.get(`${own}/groups/personal/values`)).expect(200).list('data'),
      [],
    )
  })

  test('who is added to a team sees its group on the next request, though found warm', async () => {
    const { ann, ben, group, secret, members } = await office(house())
    for (const path of ways(group, secret)) (await ben.api.get(path)).expect(404)
    ;(await ann.api.post(members, { member: ben.id })).expect(200)
    for (const path of ways(group, secret)) (await ben.api.get(path)).expect(200)
  })

  test('what was given shows in every list of a caller found warm, on the next request', async () => {
    const { ann, ben, team, group, secret, members } = await office(house())
    ;(await ben.api.get(`${own}/whoami`)).expect(200)
    ;(await ann.api.post(members, { member: ben.id })).expect(200)
    for (const { api } of [ann, ben]) {
      for (const [list, id] of [
        ['groups', group],
        ['secrets', secret],
        ['teams', team],
        ['whoami', team],
      ] as const) {
        assert.ok((await api.get(`${own}/${list}`)).expect(200).text.includes(id), list)
      }
    }
  })

  test('who is taken out of a team, or out with it, is refused on the next request', async () => {
    const { admin, ann, ben, team, group, secret, members } = await office(house())
    ;(await ann.api.post(members, { member: ben.id })).expect(200)
    for (const path of ways(group, secret)) (await ben.api.get(path)).expect(200)
    ;(await ann.api.delete(`${members}/${ben.id}`)).expect(200)
    for (const path of ways(group, secret)) (await ben.api.get(path)).expect(404)
    ;(await admin.delete(`${own}/teams/${team}`)).expect(409)
    ;(await ann.api.delete(`${own}/secrets/${secret}`)).expect(200)
    ;(await ann.api.delete(`${own}/teams/${team}`)).expect(200)
    for (const path of [...ways(group, secret), members]) (await ann.api.get(path)).expect(404)
    for (const path of [`${own}/groups/${group}`, members]) (await admin.get(path)).expect(404)
    assert.deepEqual((await ann.api.get(`${own}/teams`)).expect(200).list('data'), [])
  })

  test(`${TRIALS} times in, warm, out: the next request is refused each time`, async () => {
    const { admin, ben, secret, members } = await office(house())
    const path = `${own}/secrets/${secret}/value`
    for (let n = 0; n < TRIALS; n++) {
      ;(await admin.post(members, { member: ben.id })).expect(200)
      ;(await ben.api.get(path)).expect(200)
      ;(await admin.delete(`${members}/${ben.id}`)).expect(200)
      ;(await ben.api.get(path)).expect(404)
    }
  })

  test('reads that run while a member is taken out stop with the answer to that', async () => {
    const { admin, ben, secret, members } = await office(house())
    const path = `${own}/secrets/${secret}/value`
    for (let round = 0; round < 20; round++) {
      ;(await admin.post(members, { member: ben.id })).expect(200)
      const running = Array.from({ length: 16 }, () => ben.api.get(path))
      ;(await admin.delete(`${members}/${ben.id}`)).expect(200)
      const after = await Promise.all(Array.from({ length: 16 }, () => ben.api.get(path)))
      assert.deepEqual(new Set(after.map(({ status }) => status)), new Set([404]))
      for (const { status } of await Promise.all(running)) assert.ok([200, 404].includes(status))
    }
  })

  // Bug class 98.
  test('a hidden group cannot be found by its name either', async () => {
    const { admin, userToken, groupName } = await settle(await house().tenant())
    const body = { name: 'plans', owner: 'me' }
    ;(await admin.post(`${own}/groups`, body)).expect(200)
    const member = admin.as(userToken)
    ;(await member.get(`${own}/groups/${groupName}`)).expect(200)
    for (const path of ['', '/values', '/secrets/x', '/secrets/x/value']) {
      const [hidden, absent] = [
        await member.get(`${own}/groups/plans${path}`),
        await member.get(`${own}/groups/plant${path}`),
      ]
      assert.deepEqual([hidden.status, hidden.text], [absent.status, absent.text])
      hidden.expect(404)
    }
  })
})

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import type { Api } from '#test/support/api.ts'
import { settle } from '#test/support/estate.ts'
import { onEachEngine } from '#test/support/house.ts'

const own = '/strongroom/v1'
const secrets = '/api/v1/secrets/'

const idIn = ({ json }: { json: Readonly<Record<string, unknown>> }): string =>
  (json['data'] as { readonly id: string }).id

async function environmentOf(admin: Api): Promise<string> {
  ;(await admin.send('PUT', `${own}/slug`, { body: { slug: 'ada' } })).expect(200)
  return (await admin.post(`${own}/environments`, { name: 'evaluation' })).expect(200).str('id')
}

onEachEngine((house) => {
  test('of a link and a variable of one name that come at once, one comes', async () => {
    const { admin } = await house().tenant()
    const hub = `/api/v1/environmentshub/${await environmentOf(admin)}`
    for (let n = 0; n < 20; n++) {
      const name = `NAME_${n}`
      const secret = idIn((await admin.post(secrets, { name, value: 'hunter2' })).expect(200))
      const both = await Promise.all([
        admin.post(`${hub}/secrets/link/${secret}`, {}),
        admin.post(`${hub}/variables`, { name, value: 'plain' }),
      ])
      assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409])
    }
    const counts = await Promise.all(
      ['secrets', 'variables'].map((of) => admin.get(`${hub}/${of}`)),
    )
    assert.equal(counts.flatMap((all) => all.expect(200).list('data')).length, 20)
  })

  test('what a job is given is read on the record, each secret by its own line', async () => {
    const { admin } = await house().tenant()
    const environment = await environmentOf(admin)
    const hub = `/api/v1/environmentshub/${environment}`
    const direct = idIn(
      (await admin.post(`${hub}/secrets`, { name: 'BOTH', value: 'strong' })).expect(200),
    )
    const linked = idIn((await admin.post(secrets, { name: 'LINKED', value: 'x' })).expect(200))
    ;(await admin.post(`${hub}/secrets/link/${linked}`, {})).expect(200)
    ;(await admin.post(`${hub}/variables`, { name: 'BOTH', value: 'weak' })).expect(200)
    await house().record.entries()
    const given = await admin.get(`${own}/environments/${environment}/injection`)
    assert.deepEqual(
      given
        .expect(200)
        .list('data')
        .map(({ name, source, value }) => [name, source, value]),
      [
        ['BOTH', 'direct', 'strong'],
        ['LINKED', 'linked', 'x'],
      ],
    )
    const entries = await house().record.entries()
    assert.ok(entries.every(({ action }) => action === 'group.read'))
    assert.deepEqual(entries.map(({ id }) => id).sort(), [environment, direct, linked].sort())
  })

  test('a secret of a team of another account leaves no trace of it', async () => {
    const [{ admin }, stranger] = [await house().tenant(), await house().tenant()]
    const team = (await stranger.admin.post(`${own}/teams`, { name: 'canary team' })).str('id')
    await house().record.texts()
    ;(await admin.get(`${secrets}?teamId=${team}`)).expect(403)
    ;(await admin.get(`${secrets.slice(0, -1)}/${team}?teamId=${team}`)).expect(403)
    const told = (await house().record.texts()).join('\n')
    assert.doesNotMatch(told, /canary/)
    assert.ok(!told.includes(team))
  })

  // Bug class 20.
  test('who has left the team has left its environments', async () => {
    const { admin } = await house().tenant()
    const user = await admin.post(`${own}/users`, { email: 'u@example.com', role: 'member' })
    const member = admin.as(user.expect(200).str('token'))
    const team = (await admin.post(`${own}/teams`, { name: 'lab' })).expect(200).str('id')
    ;(await admin.post(`${own}/teams/${team}/members`, { member: user.str('id') })).expect(200)
    const body = { name: 'train', team_id: team }
    const resolved = await member.post('/api/v1/environmentshub/resolve', body)
    const hub = `/api/v1/environmentshub/${idIn(resolved.expect(200))}`
    ;(await member.post(`${hub}/secrets`, { name: 'KEY', value: 'x' })).expect(200)
    ;(await admin.delete(`${own}/teams/${team}/members/${user.str('id')}`)).expect(200)
    ;(await member.get(`${hub}/secrets`)).expect(404)
    ;(await member.get('/api/v1/environmentshub/lab/train/@latest')).expect(404)
    ;(await admin.delete(`${own}/teams/${team}`)).expect(409)
    ;(await admin.delete(hub)).expect(200)
    ;(await admin.delete(`${own}/teams/${team}`)).expect(200)
    ;(await admin.send('PUT', `${own}/slug`, { body: { slug: 'lab' } })).expect(200)
  })

  test('what an environment gives is refused in one way, whether it is there or not', async () => {
    const { admin, environment, userToken } = await settle(await house().tenant())
    const member = admin.as(userToken)
    const nothing = environment.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'))
    const [hidden, absent] = await Promise.all(
      [environment, nothing].map((id) => member.get(`${own}/environments/${id}/injection`)),
    )
    assert.equal(hidden?.expect(404).text, absent?.expect(404).text)
  })

  test('no more than a thousand logins wait at once', async () => {
    const anybody = house().operator.as(null)
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const body = { encryptionPublicKey: publicKey.export({ type: 'spki', format: 'pem' }) }
    const path = '/api/v1/auth_challenge/generate'
    for (let n = 0; n < 20; n++) {
      const asked = await Promise.all(Array.from({ length: 50 }, () => anybody.post(path, body)))
      for (const answer of asked) answer.expect(200)
    }
    const refused = (await anybody.post(path, body)).expect(503)
    assert.equal(refused.headers['retry-after'], '30')
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Route } from '#dialects/dialect.ts'
import type { Api } from '#test/support/api.ts'
import { callOf, routes, sendCall } from '#test/support/calls.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { matchesGolden } from '#test/support/golden.ts'
import { onEachEngine, type House, type Tenant } from '#test/support/house.ts'

const own = '/strongroom/v1'

/** Who asks, and for whose things. */
const roles: Readonly<Record<string, (house: House, estate: Estate) => Promise<Api>>> = {
  operator: ({ operator }) => Promise.resolve(operator),
  admin: (_house, { admin }) => Promise.resolve(admin),
  teammate: (_house, { admin, userToken }) => Promise.resolve(admin.as(userToken)),
  async member(_house, { admin, mark }) {
    const body = { email: `outside-${mark}@example.com`, role: 'member' }
    return admin.as((await admin.post(`${own}/users`, body)).expect(200).str('token'))
  },
  service: (_house, { admin, serviceToken }) => Promise.resolve(admin.as(serviceToken)),
}

const signs: Readonly<Record<number, string>> = { 200: '✔', 204: '✔', 403: '✘', 404: '·', 424: '·' }

/** What else a route says of something that is not there: here a username, which the client asks for. */
const ownSigns: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  resolve_environment: { 400: '·' },
}

const HEAD = `# What each role may do over HTTP: ✔ done, ✘ refused, · not found, as if it were not there.
#
# operator  the admin of the account that runs the installation; for it the things of other accounts
#           are not there, and its own are its as they are any admin's
# admin     an admin of the account, and a member of the team
# teammate  a member of the account, and of the team
# member    a member of the account, and of no team
# service   a service account with the role member
#
# The things: secrets and credentials of the account; a named group of the account with a link to a
# secret of the admin's personal group; a user, a service account, a team, a token of the admin's; an
# environment of the admin's with a secret, a link and a variable; a virtual account, a role binding and
# a store.
# Prime Intellect says ✘ of a team that is not there too, and TrueFoundry · of an integration (424).
`

interface Scene {
  readonly estate: Estate
  readonly api: Api
}

async function sceneFor(house: House, role: string, tenant: Tenant): Promise<Scene> {
  const estate = await settle(tenant)
  const api = await roles[role]?.(house, estate)
  assert.ok(api !== undefined)
  return { estate, api }
}

/** By role: what is only read may be read again, what is changed is another one each time. */
type Scenes = Readonly<Record<string, Scene>>

async function scenesFor(house: House): Promise<Scenes> {
  const scenes = Object.keys(roles).map(
    async (role) => [role, await sceneFor(house, role, await house.tenant())] as const,
  )
  return Object.fromEntries(await Promise.all(scenes))
}

async function cell(house: House, route: Route, role: string, reading: Scenes): Promise<string> {
  const again = route.method === 'GET' ? reading[role] : undefined
  const { estate, api } = again ?? (await sceneFor(house, role, await house.tenant()))
  const { status, text } = await sendCall(api, route, callOf(route, estate))
  const sign = signs[status] ?? ownSigns[route.operationId]?.[status]
  assert.ok(sign !== undefined, `${route.operationId} as ${role} answered ${status}: ${text}`)
  return sign
}

async function line(house: House, route: Route, reading: Scenes): Promise<string> {
  const cells = await Promise.all(
    Object.keys(roles).map((role) => cell(house, route, role, reading)),
  )
  const name = `${route.method.padEnd(6)} ${route.path}`
  return (
    name.padEnd(62) +
    cells.map((sign, n) => sign.padEnd(Object.keys(roles)[n]?.length ?? 1)).join('  ')
  )
}

onEachEngine((house) => {
  // Bug class 71.
  test('every role may do on every route what was reviewed', async () => {
    const { operator } = house()
    ;(await operator.send('PUT', `${own}/slug`, { body: { slug: 'operator' } })).expect(200)
    const reading = await scenesFor(house())
    const lines: string[] = []
    for (const route of routes) {
      lines.push((await line(house(), route, reading)).trimEnd())
    }
    const title = ''.padEnd(62) + Object.keys(roles).join('  ')
    matchesGolden(
      new URL('roles.golden.txt', import.meta.url),
      `${[HEAD, title, ...lines].join('\n')}\n`,
    )
  })

  test('an admin does not take the role away from itself, nor itself away', async () => {
    const { admin } = await house().tenant()
    const self = (await admin.get(`${own}/whoami`)).expect(200).str('id')
    const path = `${own}/users/${self}`
    for (const body of [
      { role: 'member' },
      { state: 'suspended' },
      { role: 'member', name: 'x' },
    ]) {
      ;(await admin.patch(path, body)).expect(403)
    }
    ;(await admin.delete(path)).expect(403)
    ;(await admin.delete(`${own}/service-accounts/${self}`)).expect(403)
    ;(await admin.patch(path, { name: 'the admin', role: 'admin', state: 'active' })).expect(200)
    assert.equal((await admin.get(`${own}/whoami`)).expect(200).str('role'), 'admin')
  })

  test('another admin takes a role away, from the next request on', async () => {
    const { admin } = await house().tenant()
    const body = { email: 'second@example.com', role: 'admin' }
    const made = (await admin.post(`${own}/users`, body)).expect(200)
    const second = admin.as(made.str('token'))
    ;(await second.get(`${own}/users`)).expect(200)
    ;(await admin.patch(`${own}/users/${made.str('id')}`, { role: 'member' })).expect(200)
    ;(await second.get(`${own}/users`)).expect(403)
    ;(await second.get(`${own}/whoami`)).expect(200)
    ;(await admin.patch(`${own}/users/${made.str('id')}`, { role: 'admin' })).expect(200)
    ;(await second.get(`${own}/users`)).expect(200)
  })

  // Bug classes 19, 29, 34.
  test('who is suspended is out with every token, and in again when brought back', async () => {
    const { admin, user, userToken, secret } = await settle(await house().tenant())
    const suspended = admin.as(userToken)
    const body = { name: 'another' }
    const another = (await suspended.post(`${own}/tokens`, body)).expect(200).str('token')
    ;(await admin.patch(`${own}/users/${user}`, { state: 'suspended' })).expect(200)
    for (const token of [userToken, another]) {
      ;(await admin.as(token).get(`${own}/secrets/${secret}/value`)).expect(401)
      ;(await admin.as(token).get('/v5/credentials')).expect(401)
      ;(await admin.as(token).post(`${own}/tokens`, body)).expect(401)
    }
    ;(await admin.patch(`${own}/users/${user}`, { state: 'active' })).expect(200)
    for (const token of [userToken, another]) {
      ;(await admin.as(token).get(`${own}/secrets/${secret}/value`)).expect(200)
    }
  })

  // Bug class 20.
  test('who is removed is out for good, and in no list', async () => {
    const estate = await settle(await house().tenant())
    const { admin, user, userToken, userEmail, team, secret } = estate
    ;(await admin.delete(`${own}/users/${user}`)).expect(200)
    ;(await admin.as(userToken).get(`${own}/secrets/${secret}/value`)).expect(401)
    ;(await admin.get(`${own}/users/${user}`)).expect(404)
    ;(await admin.patch(`${own}/users/${user}`, { state: 'active' })).expect(404)
    ;(await admin.delete(`${own}/users/${user}`)).expect(404)
    for (const list of ['users', `teams/${team}/members`]) {
      const ids = (await admin.get(`${own}/${list}`))
        .expect(200)
        .list('data')
        .map(({ id }) => id)
      assert.ok(!ids.includes(user), `a removed user is in ${list}`)
    }
    const body = { email: userEmail, role: 'member' }
    const again = (await admin.post(`${own}/users`, body)).expect(200)
    assert.notEqual(again.str('id'), user)
    const self = (await admin.as(again.str('token')).get(`${own}/whoami`)).expect(200)
    assert.deepEqual(self.json['teams'], [])
  })

  // Bug classes 29, 34.
  test('a service account is suspended and removed as a user is', async () => {
    const { admin, service, serviceToken } = await settle(await house().tenant())
    const api = admin.as(serviceToken)
    const path = `${own}/service-accounts/${service}`
    ;(await admin.patch(path, { state: 'suspended' })).expect(200)
    ;(await api.get('/v5/credentials')).expect(401)
    ;(await admin.patch(path, { state: 'active' })).expect(200)
    ;(await api.get('/v5/credentials')).expect(200)
    ;(await admin.delete(path)).expect(200)
    ;(await api.get('/v5/credentials')).expect(401)
    ;(await admin.post(`${own}/tokens`, { name: 'n', service_account: service })).expect(404)
  })

  test('to a member, somebody else of the account is as nobody', async () => {
    const { admin, userToken, service } = await settle(await house().tenant())
    const member = admin.as(userToken)
    const nobody = service.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'))
    for (const [method, body] of [['GET'], ['PATCH', { name: 'mine' }], ['DELETE']] as const) {
      const [of, none] = await Promise.all(
        [service, nobody].map((id) =>
          member.send(method, `${own}/service-accounts/${id}`, body === undefined ? {} : { body }),
        ),
      )
      assert.deepEqual(
        [of?.status, of?.text],
        [none?.status, none?.text],
        `${method} tells them apart`,
      )
    }
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Api } from '#test/support/api.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { Rows } from '#test/support/extras.ts'
import { onEachEngine } from '#test/support/house.ts'
import { manifests } from '#test/support/calls/truefoundry.ts'

const own = '/strongroom/v1'
const vendor = '/api/svc/v1'

/** Whose answers show what somebody may do. */
const looks = ({ group, secret, teamSecret, team, service }: Estate): readonly string[] => [
  ...[`${own}/whoami`, `${own}/users`, `${own}/groups`, `${own}/tokens`, `${own}/secrets`],
  ...[`${own}/groups/${group}/values`, `${own}/secrets/${secret}/value`, `${own}/stores`],
  ...[`${own}/secrets/${teamSecret}/value`, `${own}/teams/${team}/members`],
  ...[`${own}/groups/${group}/collaborators`, `${own}/tokens?service_account=${service}`],
]

async function powers(estate: Estate): Promise<readonly string[]> {
  const { admin, userToken, serviceToken } = estate
  const seen: string[] = []
  for (const token of [admin.token, userToken, serviceToken]) {
    for (const path of looks(estate)) {
      const { status, text } = await admin.as(token).get(path)
      seen.push(`${path}: ${status} ${text}`)
    }
  }
  return seen
}

type Change = readonly [method: string, path: string, body: unknown]

/** Changes of what people may do, each refused: by who asks, by its form, or by what it names. */
const changes = (estate: Estate): Readonly<Record<'admin' | 'member', readonly Change[]>> => {
  const { user, service, group, team, userEmail, id } = estate
  const person = `${own}/users/${user}`
  const shares = `${own}/groups/${group}/collaborators`
  const binding = manifests.binding(estate)
  return {
    admin: [
      ['PATCH', person, { role: 'Admin', state: 'active' }],
      ['PATCH', person, { role: 'admin', state: 'removed' }],
      ['PATCH', person, { role: 'admin', name: 'x'.repeat(101) }],
      ['PATCH', `${own}/service-accounts/${user}`, { role: 'admin', name: '\n' }],
      ['PUT', shares, { with: userEmail, role: 'owner' }],
      ['PUT', shares, { with: 'nobody@example.com', role: 'admin' }],
      ['POST', `${own}/teams/${team}/members`, { member: 'nobody@example.com' }],
      ['POST', `${own}/tokens`, { name: 't', scopes: ['read', 'everything'] }],
      ['POST', `${own}/tokens`, { name: 't', expires_at: '1999-01-01T00:00:00Z' }],
      ['POST', `${own}/tokens`, { name: '', service_account: service }],
      ['POST', `${own}/tokens`, { name: 't', service_account: id }],
      ['PATCH', `${vendor}/users/roles`, { email: userEmail, roles: ['tenant-admin', 'root'] }],
      ['PUT', `${vendor}/apply`, { manifest: { ...binding, permissions: [{}] } }],
      ['PUT', `${vendor}/apply`, { manifest: { ...binding, subjects: [{ type: 'user' }] } }],
      ['POST', `${own}/users`, { email: userEmail, role: 'admin' }],
    ],
    member: [
      ['PATCH', person, { role: 'admin' }],
      ['PATCH', person, { name: 'me', role: 'admin' }],
      ['PATCH', `${own}/service-accounts/${service}`, { role: 'admin' }],
      ['POST', `${own}/tokens`, { name: 't', service_account: service }],
      ['POST', `${own}/users`, { email: 'second@example.com', role: 'admin' }],
      ['POST', `${own}/service-accounts`, { name: 'mine', role: 'admin' }],
      ['DELETE', `${own}/teams/${team}`, undefined],
      ['PUT', `${vendor}/apply`, { manifest: binding }],
    ],
  }
}

async function refused(api: Api, list: readonly Change[]): Promise<void> {
  for (const [method, path, body] of list) {
    const { status, text } = await api.send(method, path, body === undefined ? {} : { body })
    const what = `${method} ${path} ${JSON.stringify(body)}: ${status} ${text}`
    assert.ok(status >= 400 && status < 500, what)
    // Who was refused a token was not given one beside the refusal.
    assert.doesNotMatch(text, /sr_|tfy_|eyJ/, what)
  }
}

/** The tables in which it stands what anybody may do. */
const POWERS = /^(?:subject|token|team|team_member|collaborator|secret_group|account|manifest) /

onEachEngine((house) => {
  // Bug classes 4, 33: CVE-2024-9180, CVE-2026-46405.
  test('a change that is refused changes nobody`s rights, and leaves no token', async () => {
    const estate = await settle(await house().tenant())
    const rows = house().engine === 'SQLite' ? new Rows(house().server.dataDir) : null
    const kept = () => rows?.all().filter((row) => POWERS.test(row))
    const before = [await powers(estate), kept()]
    const { admin, member } = changes(estate)
    await refused(estate.admin, admin)
    await refused(estate.admin.as(estate.userToken), member)
    assert.deepEqual([await powers(estate), kept()], before)
    // They were about rights: one that is not refused shows.
    const path = `${own}/users/${estate.user}`
    ;(await estate.admin.patch(path, { role: 'admin' })).expect(200)
    assert.notDeepEqual(await powers(estate), before[0])
    rows?.close()
  })
})

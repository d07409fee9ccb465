import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onEachEngine } from '#test/support/house.ts'

const own = '/strongroom/v1'
const vendor = '/api/svc/v1'

/** Names of which each begins with the first, or is what it is cut or spelled to elsewhere. */
const NAMES = ['team-a', 'team-ab', 'team-a.b', 'team-a-b', 'team-A', 'team-a_', 'team-', 'team']

onEachEngine((house) => {
  // Bug class 10: CVE-2026-18203, CVE-2026-18211.
  test('who is given a role in a group has none in one whose name begins alike', async () => {
    const { admin, name: tenant } = await house().tenant()
    for (const name of NAMES) {
      ;(await admin.post(`${own}/groups`, { name, open: false })).expect(200)
      ;(await admin.post(`${own}/groups/${name}/secrets`, { name: 'k', value: name })).expect(200)
    }
    const subjects = async (email: string) => {
      const made = await admin.post(`${own}/users`, { email, role: 'member' })
      return admin.as(made.expect(200).str('token'))
    }
    const shared = await subjects('shared@example.com')
    const bound = await subjects('bound@example.com')
    const share = { with: 'shared@example.com', role: 'editor' }
    ;(await admin.send('PUT', `${own}/groups/team-a/collaborators`, { body: share })).expect(200)
    const manifest = {
      ...{ type: 'role-binding', name: 'readers' },
      subjects: [{ type: 'user', name: 'bound@example.com' }],
      permissions: [
        {
          ...{ resourceType: 'secret-group', resourceFqn: `${tenant}:team-a` },
          role: 'secret-group-editor',
        },
      ],
    }
    ;(await admin.send('PUT', `${vendor}/apply`, { body: { manifest } })).expect(200)
    for (const member of [shared, bound]) {
      for (const name of NAMES) {
        const read = await member.get(`${own}/groups/${name}/secrets/k/value`)
        if (name === 'team-a') assert.equal(read.expect(200).str('value'), name)
        else assert.ok([403, 404].includes(read.status), `${name}: ${read.text}`)
      }
      const seen = (await member.get(`${own}/groups`)).expect(200).list('data')
      assert.deepEqual(
        seen.filter(({ kind }) => kind === 'named').map(({ name }) => name),
        ['team-a'],
      )
    }
  })

  // Bug classes 9, 10: GHSA-59w7-v8rr-pr4p. A name with signs of a pattern in it is that name alone.
  test('a full name is of one group, whatever signs and colons the names hold', async () => {
    const { operator } = house()
    const made = async (name: string) => {
      const answer = (await operator.post(`${own}/accounts`, { name })).expect(200)
      return operator.as(answer.str('token'))
    }
    const names = ['ten', 'ten:team-a', 'ten*', '*', 'ten/+,', 'ten.', 'tenant', '{{account}}', '%']
    for (const name of names) {
      const admin = await made(name)
      ;(await admin.post(`${own}/groups`, { name: 'team-a' })).expect(200)
      for (const other of names) {
        const fqn = encodeURIComponent(`${other}:team-a`)
        const { status, text } = await admin.get(`${vendor}/fqn/secret-group?fqn=${fqn}`)
        assert.equal(status, other === name ? 200 : 404, `${other} as ${name}: ${text}`)
      }
    }
  })
})

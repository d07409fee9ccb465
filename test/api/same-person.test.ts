import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle } from '#test/support/estate.ts'
import { onEachEngine } from '#test/support/house.ts'

const own = '/strongroom/v1'

onEachEngine((house) => {
  // Bug classes 5, 8: CVE-2021-41802, CVE-2022-40186.
  test('one address in two accounts is two people, and nothing makes them one', async () => {
    const mine = await settle(await house().tenant())
    const theirs = await settle(await house().tenant())
    const email = theirs.userEmail
    const made = (await mine.admin.post(`${own}/users`, { email, role: 'admin' })).expect(200)
    assert.notEqual(made.str('id'), theirs.user)
    const namesake = mine.admin.as(made.str('token'))
    const self = (await namesake.get(`${own}/whoami`)).expect(200)
    assert.deepEqual([self.json['teams'], self.str('role')], [[], 'admin'])
    const other = mine.admin.as(theirs.userToken)
    assert.equal((await other.get(`${own}/whoami`)).expect(200).str('role'), 'member')
    for (const path of [`secrets/${theirs.secret}/value`, `groups/${theirs.group}/values`]) {
      ;(await namesake.get(`${own}/${path}`)).expect(404)
      ;(await other.get(`${own}/${path}`)).expect(200)
    }
    ;(await mine.admin.delete(`${own}/users/${made.str('id')}`)).expect(200)
    ;(await other.get(`${own}/whoami`)).expect(200)
  })

  // Bug class 5: no name, address or id is given to who has another one already.
  test('nobody takes the address of another, in any way that a person is changed', async () => {
    const { admin, user, userEmail, userToken, service } = await settle(await house().tenant())
    const body = { email: 'other@example.com', role: 'member' }
    const other = (await admin.post(`${own}/users`, body)).expect(200).str('id')
    for (const [path, change] of [
      [`users/${other}`, { email: userEmail }],
      [`users/${other}`, { name: userEmail, email: userEmail, id: user }],
      [`service-accounts/${service}`, { email: userEmail, kind: 'user' }],
    ] as const) {
      await admin.patch(`${own}/${path}`, change)
    }
    const listed = (await admin.get(`${own}/users`)).expect(200).list('data')
    const of = listed.filter(({ email }) => email === userEmail).map(({ id }) => id)
    assert.deepEqual(of, [user])
    assert.equal((await admin.as(userToken).get(`${own}/whoami`)).expect(200).str('id'), user)
    ;(await admin.post(`${own}/users`, { email: userEmail, role: 'member' })).expect(409)
  })
})

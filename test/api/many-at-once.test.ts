import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle, type Estate } from '#test/support/estate.ts'
import { Rows } from '#test/support/extras.ts'
import { manifests } from '#test/support/calls/truefoundry.ts'
import { onEachEngine } from '#test/support/house.ts'

const own = '/strongroom/v1'
const vendor = '/api/svc/v1'

type Request = readonly [method: string, path: string, body: unknown]

/** As many as a bulk request may be asked for, with this one in the middle. */
const among = <T>(one: T, others: (n: number) => T): readonly T[] =>
  Array.from({ length: 21 }, (_, n) => (n === 10 ? one : others(n)))

/** Requests about many things, of which one is another account's, or none at all. */
const requests = (mine: Estate, theirs: Estate, people: readonly string[]): readonly Request[] => {
  const { groupFqn, inGroupName, group, id, mark } = mine
  const secret = (n: number) => ({ key: `n${n}.${mark}`, value: `value-n-${mark}` })
  const permission = (fqn: string) => ({
    ...{ resource_fqn: fqn, resource_type: 'secret-group', role_id: 'secret-group-viewer' },
  })
  const bound = (fqn: string) => ({
    ...{ resourceType: 'secret-group', resourceFqn: fqn, role: 'secret-group-viewer' },
  })
  const subject = (name: string) => ({ type: 'user', name })
  const put = (manifest: object): Request => ['PUT', `${vendor}/apply`, { manifest }]
  const person = (n: number) => people[n % people.length] ?? ''
  return [
    // A secret without a value stays what it is: one that is not in the group cannot.
    [
      ...['PUT', `${vendor}/secret-groups/${group}`],
      { secrets: among<object>({ key: theirs.inGroupName }, secret) },
    ] as unknown as Request,
    [
      ...['POST', `${vendor}/secret-groups`],
      {
        ...{ name: `new-${mark}`, integrationId: id },
        secrets: among({ key: '../x', value: 'v' }, secret),
      },
    ] as unknown as Request,
    put({
      ...manifests.team(mine),
      members: among(theirs.userEmail, person),
    }),
    put({
      ...manifests.group(mine),
      collaborators: among(
        { subject: `user:${theirs.userEmail}`, role_id: 'secret-group-admin' },
        (n) => ({ subject: `user:${person(n)}`, role_id: 'secret-group-admin' }),
      ),
    }),
    put({
      ...manifests.virtualAccount(mine),
      permissions: among(permission(theirs.groupFqn), () => permission(groupFqn)),
    }),
    put({
      ...manifests.binding(mine),
      subjects: among(subject(theirs.userEmail), (n) => subject(person(n))),
    }),
    put({
      ...manifests.binding(mine),
      permissions: among(bound(theirs.groupFqn), () => bound(groupFqn)),
    }),
    ['PATCH', `${own}/secrets/${theirs.inGroup}`, { name: inGroupName }],
  ]
}

onEachEngine(
  (house) => {
    // Bug class 19: CVE-2026-95814, CVE-2026-27802.
    test('of many things in one request, one that is not the caller`s has none of them done', async () => {
      const mine = await settle(await house().tenant())
      const theirs = await settle(await house().tenant())
      const people: string[] = []
      for (let n = 0; n < 5; n++) {
        const email = `p${n}-${mine.mark}@example.com`
        people.push(email)
        ;(await mine.admin.post(`${own}/users`, { email, role: 'member' })).expect(200)
      }
      const rows = new Rows(house().server.dataDir)
      const kept = () => rows.all().filter((row) => !/^(?:audit_|checkpoint)/.test(row))
      const before = kept()
      for (const [method, path, body] of requests(mine, theirs, people)) {
        const { status, text } = await mine.admin.send(method, path, { body })
        const what = `${method} ${path} ${JSON.stringify(body).slice(0, 200)}: ${status} ${text}`
        assert.ok([404, 409, 422].includes(status), what)
        assert.deepEqual(kept(), before, what)
      }
      const [, , [method, path, body] = []] = requests(mine, mine, people)
      const right = await mine.admin.send(method ?? '', path ?? '', { body })
      right.expect(200)
      assert.notDeepEqual(kept(), before)
      rows.close()
    })

    // Bug class 19: what is asked of many at once holds nothing of another account's.
    test('a list asked for by many names gives those of one`s own', async () => {
      const mine = await settle(await house().tenant())
      const theirs = await settle(await house().tenant())
      const fqnOf = ({ groupFqn, inGroupName }: Estate) => `${groupFqn}:${inGroupName}`
      const secretFqns = among(fqnOf(theirs), () => fqnOf(mine))
      const { text, status } = await mine.admin.post(`${vendor}/secrets`, { secretFqns })
      assert.ok([200, 404].includes(status), text)
      assert.ok(!text.includes(theirs.mark), text)
    })
  },
  ['SQLite'],
)

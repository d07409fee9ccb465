import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callOf, pathOf, routes } from '#test/support/calls.ts'
import { settle } from '#test/support/estate.ts'
import { onEachEngine } from '#test/support/house.ts'
import { referencesIn } from '#test/support/references.ts'

const own = '/strongroom/v1'

/** Parameters that are lists: of what they name, the part that is one's own counts. */
const LISTS = new Set(['ownedByTeams'])

onEachEngine(
  (house) => {
    // Bug classes 11, 12: CVE-2025-24365, CVE-2026-15630.
    test('a query that names two things at one place names none', async (t) => {
      const mine = await settle(await house().tenant())
      const theirs = await settle(await house().tenant())
      let tried = 0
      for (const route of routes) {
        const call = callOf(route, mine)
        for (const { place, of } of referencesIn('query', route)) {
          const [ours = ''] = of(mine)
          const [others = ''] = of(theirs)
          for (const [first, second] of [
            [ours, others],
            [others, ours],
            [ours, ours],
          ] as const) {
            const query = new URLSearchParams([
              ...Object.entries(call.query).filter(([name]) => name !== place),
              ...[
                [place, first],
                [place, second],
              ],
            ])
            const target = `${pathOf(route, call)}?${query.toString()}`
            const body = call.body === null ? {} : { body: call.body }
            const api = call.token === null ? mine.admin : mine.admin.as(call.token)
            const { status, text } = await api.send(route.method, target, body)
            const right = LISTS.has(place) ? [200] : [400, 422]
            assert.ok(right.includes(status), `${route.method} ${target}: ${status} ${text}`)
            assert.ok(!text.includes(theirs.mark), text)
            tried += 1
          }
        }
      }
      assert.ok(tried > 60)
      t.diagnostic(`${tried} requests`)
    })

    // Bug classes 11, 12: what is decided about and what is acted on are one reading of one text.
    test('a body that names two things at one place is judged by the one that it acts on', async () => {
      const mine = await settle(await house().tenant())
      const theirs = await settle(await house().tenant())
      const send = (path: string, members: readonly (readonly [string, string])[]) => {
        const text = members.map((pair) => pair.map((one) => JSON.stringify(one)).join(':'))
        return mine.admin.send('POST', path, { body: Buffer.from(`{${text.join(',')}}`) })
      }
      const links = `${own}/groups/${mine.emptyGroup}/links`
      for (const foreign of [theirs.secret, theirs.inGroup]) {
        const both = [
          ['secret', mine.credential],
          ['secret', foreign],
        ] as const
        ;(await send(links, [...both, ['name', 'one']])).expect(404)
      }
      const listed = (await mine.admin.get(`${own}/groups/${mine.emptyGroup}/secrets`)).expect(200)
      assert.deepEqual(listed.list('data'), [])
      const linked = await send(links, [
        ['secret', theirs.secret],
        ['secret', mine.credential],
      ])
      if (linked.status === 200) assert.equal(linked.str('id'), mine.credential)
      else assert.equal(linked.status, 422)
      const team = `${own}/teams/${mine.emptyTeam}/members`
      const members = (await mine.admin.get(team)).expect(200).text
      ;(
        await send(team, [
          ['member', mine.user],
          ['member', theirs.user],
        ])
      ).expect(404)
      assert.equal((await mine.admin.get(team)).expect(200).text, members)
    })

    // Bug classes 11, 12: a path and a body that do not belong together.
    test('a path within one group and a body within another do only what both allow', async () => {
      const mine = await settle(await house().tenant())
      const theirs = await settle(await house().tenant())
      const { admin } = mine
      for (const [method, path, body] of [
        ['POST', `groups/${theirs.group}/links`, { secret: mine.credential }],
        ['POST', `groups/${theirs.groupName}/secrets`, { name: 'n', value: 'v' }],
        ['POST', `teams/${theirs.team}/members`, { member: mine.user }],
        ['PUT', `groups/${theirs.group}/store`, { store: mine.store }],
        ['POST', `secrets/${theirs.secret}/move`, { store: mine.store }],
        ['POST', `deleted-secrets/${theirs.deleted}/undelete`, { group: mine.group }],
        ['PUT', `groups/${theirs.group}/collaborators`, { with: mine.userEmail, role: 'viewer' }],
      ] as const) {
        const { status, text } = await admin.send(method, `${own}/${path}`, { body })
        assert.equal(status, 404, `${method} ${path}: ${text}`)
        assert.ok(!text.includes(theirs.mark), text)
      }
    })
  },
  ['SQLite'],
)

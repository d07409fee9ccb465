import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Api, Json } from '#test/support/api.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { onEachEngine } from '#test/support/house.ts'

const own = '/strongroom/v1'

/** A list in pages: where it is, and how its next page is asked for. */
interface List {
  readonly path: string
  /** The parameter that says where it goes on. */
  readonly from: string
  readonly items: string
  next(page: Answer): string
}

const nextOf = ({ json }: Answer): string => String(json['next'])
const lastOf = (answer: Answer): string => String(answer.list('items').at(-1)?.['id'])

/** Every list that goes on from a place, as one account has it. */
const lists = ({ group, secret, team }: Estate): readonly List[] => [
  ...['secrets', 'groups', 'users', 'service-accounts', 'teams', 'tokens'].map((name) => ({
    ...{ path: `${own}/${name}`, from: 'after', items: 'data', next: nextOf },
  })),
  { path: `${own}/groups/${group}/secrets`, from: 'after', items: 'data', next: nextOf },
  { path: `${own}/teams/${team}/members`, from: 'after', items: 'data', next: nextOf },
  { path: `${own}/audit`, from: 'before', items: 'data', next: nextOf },
  { path: `${own}/secrets/${secret}/versions`, from: 'before', items: 'data', next: nextOf },
  ...['starting_after', 'ending_before'].flatMap((from) =>
    ['', 'sort_by=name&', 'sort_order=desc&'].map((order) => ({
      ...{ path: `/v5/credentials?${order}`, from, items: 'items', next: lastOf },
    })),
  ),
  { path: '/v5/sgp/secrets', from: 'starting_after', items: 'items', next: lastOf },
]

const page = (api: Api, { path, from }: List, place: string | null, limit: number) => {
  const more = place === null ? '' : `&${from}=${encodeURIComponent(place)}`
  return api.get(`${path}${path.includes('?') ? '' : '?'}limit=${limit}${more}`)
}

const idOf = (item: Json): string => JSON.stringify(item['id'] ?? item['seq'] ?? item['version'])

async function fill({ admin, mark }: Estate): Promise<void> {
  for (const n of [1, 2, 3]) {
    const credential = { type: 'key', name: `more ${n} ${mark}`, payload: 'p' }
    ;(await admin.post('/v5/credentials', credential)).expect(200)
    ;(await admin.post('/v5/sgp/secrets', { key: `more-${n}-${mark}`, value: 'v' })).expect(200)
  }
}

onEachEngine(
  (house) => {
    // Bug class 21.
    test('a place of one list is taken by another in vain: nobody sees more than their own', async (t) => {
      const mine = await settle(await house().tenant())
      const theirs = await settle(await house().tenant())
      await fill(mine)
      await fill(theirs)
      const places = new Set<string>()
      for (const list of lists(theirs)) {
        const first = (await page(theirs.admin, list, null, 1)).expect(200)
        places.add(list.next(first))
      }
      for (const list of lists(mine)) {
        places.add(list.next((await page(mine.admin, list, null, 1)).expect(200)))
      }
      let taken = 0
      for (const list of lists(mine)) {
        const whole = (await page(mine.admin, list, null, 1_000)).expect(200).list(list.items)
        const ours = new Set(whole.map(idOf))
        for (const place of places) {
          const answer = await page(mine.admin, list, place, 1_000)
          const { status, text } = answer
          assert.ok(
            !text.includes(theirs.mark) && !text.includes(theirs.id),
            `${list.path}: ${text}`,
          )
          if (status !== 200) {
            assert.ok(
              [400, 404, 422].includes(status),
              `${list.path} ${list.from}: ${status} ${text}`,
            )
            continue
          }
          taken += 1
          for (const item of answer.list(list.items)) {
            // The record goes on while it is read.
            assert.ok(ours.has(idOf(item)) || list.path.endsWith('/audit'), `${list.path}: ${text}`)
          }
        }
      }
      assert.ok(places.size > 12 && taken > places.size)
      t.diagnostic(
        `${places.size} places, ${taken} taken as the place of another list of one's own`,
      )
    })
  },
  ['SQLite'],
)

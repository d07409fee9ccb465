import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import type { SecretRef } from '#core/locate.ts'
import { Api } from '#test/support/api.ts'
import { settle } from '#test/support/estate.ts'
import { startServer } from '#test/support/server.ts'

/** One reading of a value. */
export interface Ask {
  readonly called: string
  readonly token: string
  readonly ref: SecretRef
  readonly version: number | null
}

export interface SettledFile {
  readonly asks: readonly Ask[]
  /** Values that are known to be there, each of one secret. */
  readonly values: readonly string[]
  /** A secret whose third version is the current one, and a secret beside it. */
  readonly secret: string
  readonly beside: string
  /** Somebody without a role, and how readings by them are called of a group that is not theirs. */
  readonly member: string
  readonly closed: string
}

const own = '/strongroom/v1'

/** Values of every kind, in a database that nobody has open any more. */
export async function settleFile(dataDir: string): Promise<SettledFile> {
  const server = await startServer({ dataDir, args: ['--private-stores'] })
  try {
    const operator = new Api(server.url, server.token)
    const account = (await operator.post(`${own}/accounts`, { name: 'first' })).expect(200)
    const admin = operator.as(account.str('token'))
    const estate = await settle({ id: account.str('id'), name: 'first', admin })
    const closed = await settleNeighbours(admin, estate.storeName)
    const other = (await operator.post(`${own}/accounts`, { name: 'other' })).expect(200)
    const stranger = operator.as(other.str('token'))
    const theirs = { key: estate.secretName, value: 'value-theirs' }
    const foreign = (await stranger.post('/v5/sgp/secrets', theirs)).expect(200).str('id')
    const revoked = (await admin.post(`${own}/tokens`, { name: 'gone' })).expect(200)
    ;(await admin.delete(`${own}/tokens/${revoked.str('id')}`)).expect(200)
    const narrow = { name: 'narrow', scopes: ['list'] }
    const tokens = [
      ...[revoked.str('token'), estate.userToken, estate.serviceToken, stranger.token ?? ''],
      (await admin.post(`${own}/tokens`, narrow)).expect(200).str('token'),
    ]
    const places = [
      ...[estate.secret, estate.linked, estate.teamSecret, estate.inEnvironment, closed],
    ]
    const asks = [
      ...(await asksOf(admin)),
      ...places.flatMap((id) => tokens.map((token) => ofId('who may', token, id))),
      ofId('another account', admin.token ?? '', foreign),
      ofId('deleted', admin.token ?? '', estate.deleted),
      ...[1, 2].map((n) => ({
        ...ofId('version', admin.token ?? '', estate.secret),
        version: n,
      })),
      ofId('theirs', stranger.token ?? '', foreign),
    ]
    const { mark } = estate
    const known = ['1', '3', 'p', 'g', 'me', 'team', 'e'].map((of) => `value-${of}-${mark}`)
    const { secret, inGroup: beside } = estate
    return {
      asks,
      ...{ secret, beside, member: estate.user, closed: ofId('who may', '', closed).called },
      values: [...known, 'value-theirs', 'value-a', 'value-b', 'value-far'],
    }
  } finally {
    await server.stop()
    leavePages(`${dataDir}/strongroom.db`)
  }
}

/** Closed groups that differ by one letter, with a secret of the same name; and one in another store. */
async function settleNeighbours(admin: Api, store: string): Promise<string> {
  const made = async (path: string, body: unknown) =>
    (await admin.post(`${own}/${path}`, body)).expect(200).str('id')
  const near: string[] = []
  for (const letter of ['a', 'b']) {
    const group = await made('groups', { name: `near-${letter}`, open: false })
    near.push(await made(`groups/${group}/secrets`, { name: 'KEY', value: `value-${letter}` }))
  }
  const far = await made('groups', { name: 'far', store })
  await made(`groups/${far}/secrets`, { name: 'FAR', value: 'value-far' })
  return near[0] ?? ''
}

const ofId = (called: string, token: string, id: string): Ask => ({
  ...{ called: `${called} ${id}`, token, version: null },
  ref: { by: 'id', id },
})

/** Every value that somebody may read, at each place where it is shown. */
async function asksOf(admin: Api): Promise<readonly Ask[]> {
  const token = admin.token ?? ''
  const groups = (await admin.get(`${own}/groups?limit=1000`)).expect(200).list('data')
  const asks: Ask[] = []
  for (const { id: group, name, kind } of groups) {
    const path = `${own}/groups/${String(group)}/secrets?limit=1000`
    const word = kind === 'named' ? String(name) : String(group)
    for (const shown of (await admin.get(path)).expect(200).list('data')) {
      const [id, entry] = [String(shown['id']), String(shown['name'])]
      const called = `${word} ${entry}`
      const ref = { by: 'name-in', name: entry, group: { by: 'word', word } } as const
      asks.push({ called, token, ref, version: null }, ofId(called, token, id))
    }
  }
  assert.ok(asks.length > 20)
  return asks
}

/** Leaves free pages with something in them. */
function leavePages(path: string): void {
  const db = new DatabaseSync(path)
  db.exec('PRAGMA secure_delete = OFF')
  db.exec('CREATE TABLE gone (bytes BLOB)')
  db.prepare('INSERT INTO gone VALUES (?)').run(Buffer.alloc(60_000, 7))
  db.exec('DROP TABLE gone')
  db.close()
}

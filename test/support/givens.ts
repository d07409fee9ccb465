import type { House } from './house.ts'
import type { Known } from './vector-match.ts'

type Give = (house: House, known: Known) => Promise<Readonly<Record<string, string>>>

const own = '/strongroom/v1'

const adminOf = ({ operator }: House, known: Known) => operator.as(known.get('admin') ?? '')

/** Things that a vector may find there: what its `# given:` lines name, and what is then known. */
export const givens: Readonly<Record<string, Give>> = {
  async 'a member'(house, known) {
    const body = { email: 'member@example.com', role: 'member' }
    const made = (await adminOf(house, known).post(`${own}/users`, body)).expect(200)
    return { member: made.str('token'), member_id: made.str('id') }
  },
  async 'a service account'(house, known) {
    const body = { name: 'builder', role: 'member' }
    const made = (await adminOf(house, known).post(`${own}/service-accounts`, body)).expect(200)
    return { service: made.str('token'), service_id: made.str('id') }
  },
  async 'a token that may only list'(house, known) {
    const body = { name: 'lister', scopes: ['list'] }
    const made = (await adminOf(house, known).post(`${own}/tokens`, body)).expect(200)
    return { lister: made.str('token'), lister_id: made.str('id') }
  },
  async 'a revoked token'(house, known) {
    const admin = adminOf(house, known)
    const made = (await admin.post(`${own}/tokens`, { name: 'old' })).expect(200)
    ;(await admin.delete(`${own}/tokens/${made.str('id')}`)).expect(200)
    return { revoked: made.str('token') }
  },
  async 'another account with a secret'(house) {
    const { id, admin } = await house.tenant()
    const body = { name: 'theirs', value: 'their-value' }
    const made = (await admin.post(`${own}/groups/secrets/secrets`, body)).expect(200)
    return { stranger: admin.token ?? '', stranger_account: id, foreign_secret: made.str('id') }
  },
  async 'a secret'(house, known) {
    const body = {
      key: 'db-password',
      value: 'correct horse battery',
      description: 'main database',
    }
    const made = (await adminOf(house, known).post('/v5/sgp/secrets', body)).expect(200)
    return { secret: made.str('id') }
  },
  async 'a credential'(house, known) {
    const body = { type: 'key', name: 'model-key', payload: 'hunter2' }
    const made = (await adminOf(house, known).post('/v5/credentials', body)).expect(200)
    return { credential: made.str('id') }
  },
  async 'a group'(house, known) {
    const made = (await adminOf(house, known).post(`${own}/groups`, { name: 'apps' })).expect(200)
    return { group: made.str('id') }
  },
  async 'a team'(house, known) {
    const made = (await adminOf(house, known).post(`${own}/teams`, { name: 'research' })).expect(
      200,
    )
    return { team: made.str('id') }
  },
}

/** What every vector knows from the start: an account of its own, its admin, and the operator. */
export async function startOf(house: House): Promise<Map<string, string>> {
  const { id, name, admin } = await house.tenant()
  const self = (await admin.get(`${own}/whoami`)).expect(200)
  return new Map([
    ['account', id],
    ['account_name', name],
    ['admin', admin.token ?? ''],
    ['admin_id', self.str('id')],
    ['operator', house.operator.token ?? ''],
    ['operator_account', house.server.accountId],
  ])
}

import { generateKeyPairSync } from 'node:crypto'
import type { Answer } from './api.ts'
import type { House } from './house.ts'
import { plantInSmallVault, smallVault } from './small-vault.ts'
import type { Known } from './vector-match.ts'

type Give = (house: House, known: Known) => Promise<Readonly<Record<string, string>>>

const own = '/strongroom/v1'

/** The id in the envelope of Prime Intellect. */
const dataId = ({ json }: Answer): string => (json['data'] as { readonly id: string }).id

/** As it stands in JSON. */
const loginKey = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .replaceAll('\n', '\\n')

const adminOf = ({ operator }: House, known: Known) => operator.as(known.get('admin') ?? '')

let planted: Promise<void> | null = null

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
  async 'a personal secret'(house, known) {
    const body = { name: 'API_KEY', value: 'hunter2', description: 'for the model' }
    const made = (await adminOf(house, known).post('/api/v1/secrets/', body)).expect(200)
    return { personal_secret: dataId(made) }
  },
  async 'a team with a secret'(house, known) {
    const admin = adminOf(house, known)
    const team = (await admin.post(`${own}/teams`, { name: 'research' })).expect(200).str('id')
    const body = { name: 'TEAM_KEY', value: 'hunter2', teamId: team }
    const made = (await admin.post('/api/v1/secrets/', body)).expect(200)
    return { team, team_secret: dataId(made) }
  },
  async 'an environment'(house, known) {
    const admin = adminOf(house, known)
    ;(await admin.send('PUT', `${own}/slug`, { body: { slug: 'ada' } })).expect(200)
    const made = (await admin.post(`${own}/environments`, { name: 'evaluation' })).expect(200)
    return { environment: made.str('id') }
  },
  async 'a secret and a variable in the environment'(house, known) {
    const admin = adminOf(house, known)
    const path = `/api/v1/environmentshub/${known.get('environment') ?? ''}`
    const body = { name: 'DATABASE_URL', value: 'hunter2' }
    const direct = (await admin.post(`${path}/secrets`, body)).expect(200)
    const plain = { name: 'REGION', value: 'north' }
    const variable = (await admin.post(`${path}/variables`, plain)).expect(200)
    return { direct_secret: dataId(direct), variable: dataId(variable) }
  },
  async 'a personal secret linked into the environment'(house, known) {
    const admin = adminOf(house, known)
    const body = { name: 'API_KEY', value: 'hunter2' }
    const secret = dataId((await admin.post('/api/v1/secrets/', body)).expect(200))
    const environment = known.get('environment') ?? ''
    const path = `/api/v1/environmentshub/${environment}/secrets/link/${secret}`
    ;(await admin.post(path, {})).expect(200)
    return { personal_secret: secret }
  },
  'a key to encrypt for': () => Promise.resolve({ login_key: loginKey }),
  async 'a login that waits'(house, known) {
    const body = { encryptionPublicKey: loginKey.replaceAll('\\n', '\n') }
    const path = '/api/v1/auth_challenge/generate'
    const asked = (await adminOf(house, known).as(null).post(path, body)).expect(200)
    return { login: asked.str('challenge'), login_token: asked.str('status_auth_token') }
  },
  async 'a secret group'(house, known) {
    const body = {
      name: 'apps',
      integrationId: known.get('account') ?? '',
      secrets: [
        { key: 'DB_PASSWORD', value: 'correct horse' },
        { key: 'api-key', value: 'hunter2' },
      ],
    }
    const path = '/api/svc/v1/secret-groups'
    const made = (await adminOf(house, known).post(path, body)).expect(200)
    const { id, associatedSecrets } = made.json['data'] as {
      readonly id: string
      readonly associatedSecrets: readonly [{ readonly id: string }, { readonly id: string }]
    }
    const [first, second] = associatedSecrets
    const tenant = encodeURIComponent(known.get('account_name') ?? '')
    return { secret_group: id, db_password: first.id, api_key: second.id, tenant }
  },
  async 'a member who may view the secret group'(house, known) {
    const admin = adminOf(house, known)
    const body = { email: 'viewer@example.com', role: 'member' }
    const made = (await admin.post(`${own}/users`, body)).expect(200)
    const path = `${own}/groups/${known.get('secret_group') ?? ''}/collaborators`
    const share = { with: 'viewer@example.com', role: 'viewer' }
    ;(await admin.send('PUT', path, { body: share })).expect(200)
    return { viewer: made.str('token'), viewer_id: made.str('id') }
  },
  async 'a secret linked into the secret group'(house, known) {
    const admin = adminOf(house, known)
    const body = { key: 'shared-key', value: 'hunter2' }
    const secret = (await admin.post('/v5/sgp/secrets', body)).expect(200).str('id')
    const path = `${own}/groups/${known.get('secret_group') ?? ''}/links`
    ;(await admin.post(path, { secret })).expect(200)
    return { shared_key: secret }
  },
  async 'a virtual account'(house, known) {
    const manifest = { type: 'virtual-account', name: 'deployer' }
    const path = '/api/svc/v1/virtual-accounts'
    const made = (await adminOf(house, known).send('PUT', path, { body: { manifest } })).expect(200)
    const { id, jwtId } = made.json['data'] as { readonly id: string; readonly jwtId: string }
    return { virtual_account: id, jwt_id: jwtId, virtual_token: made.str('token') }
  },
  async 'a personal access token'(house, known) {
    const admin = adminOf(house, known)
    const path = '/api/svc/v1/personal-access-tokens'
    const token = (await admin.post(path, { name: 'laptop' })).expect(200).str('token')
    const [row] = (await admin.get(path)).expect(200).json['data'] as readonly [{ id: string }]
    return { personal_token: token, personal_token_id: row.id }
  },
  async 'a team of the member'(house, known) {
    const manifest = { type: 'team', name: 'payments', members: ['member@example.com'] }
    const path = '/api/svc/v1/teams'
    const made = (await adminOf(house, known).send('PUT', path, { body: { manifest } })).expect(200)
    return { member_team: dataId(made) }
  },
  async 'the secret group shared with the team'(house, known) {
    const path = `${own}/groups/${known.get('secret_group') ?? ''}/collaborators`
    const body = { with: 'team:payments', role: 'editor' }
    ;(await adminOf(house, known).send('PUT', path, { body })).expect(200)
    return {}
  },
  async 'a role binding'(house, known) {
    const fqn = `${known.get('account_name') ?? ''}:apps`
    const manifest = {
      ...{ type: 'role-binding', name: 'readers' },
      subjects: [{ type: 'user', name: 'member@example.com' }],
      permissions: [
        { resourceType: 'secret-group', resourceFqn: fqn, role: 'secret-group-viewer' },
      ],
    }
    const path = '/api/svc/v1/apply'
    const made = (await adminOf(house, known).send('PUT', path, { body: { manifest } })).expect(200)
    return { binding: dataId(made) }
  },
  async 'a vault'() {
    return { vault: await smallVault() }
  },
  async 'a store'(house, known) {
    const vault = await smallVault()
    const body = {
      ...{ name: 'ours', kind: 'vault', config: { url: vault } },
      credential: { token: 'hunter2' },
    }
    const made = (await adminOf(house, known).post(`${own}/stores`, body)).expect(200)
    return { vault, store: made.str('id') }
  },
  async 'something that is not ours in the vault'() {
    // The vault is one for all servers of this process.
    await (planted ??= plantInSmallVault('legacy/vectors/db', { password: 'hunter2' }))
    return {}
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

import { generateKeyPairSync } from 'node:crypto'
import type { Api } from './api.ts'
import type { Tenant } from './house.ts'

const own = '/strongroom/v1'

/** One of everything that an account can hold, each with a name that is no other account's. */
export interface Estate extends Tenant {
  /** Part of every name and value here, and of none elsewhere; a value begins with `value-`. */
  readonly mark: string
  /** A secret of the account, with the versions 1 (live), 2 (deleted) and 3 (the current one). */
  readonly secret: string
  readonly secretName: string
  readonly credential: string
  readonly credentialName: string
  /** A named group; it holds a secret and a link. */
  readonly group: string
  readonly groupName: string
  readonly inGroup: string
  readonly inGroupName: string
  /** The secret that the group shows by a link; its home is the admin's personal group. */
  readonly linked: string
  /** A named group that holds nothing. */
  readonly emptyGroup: string
  readonly emptyGroupName: string
  readonly user: string
  readonly userEmail: string
  readonly userToken: string
  readonly service: string
  readonly serviceToken: string
  /** A team of the admin and the user, with a secret in its group. */
  readonly team: string
  readonly teamSecret: string
  /** A team that owns nothing. */
  readonly emptyTeam: string
  /** A token of the admin's, beside the one in use. */
  readonly token: string
  /** A secret that was deleted and can be brought back. */
  readonly deleted: string
  /** An environment of the admin's, with a secret and a variable in it. */
  readonly environment: string
  readonly environmentName: string
  readonly variableName: string
  /** The code of a login that waits for its user's word. */
  readonly login: string
}

let estates = 0

/** Fills an account. */
export async function settle(tenant: Tenant): Promise<Estate> {
  const { admin } = tenant
  estates += 1
  const mark = `m${estates}x${tenant.id.slice(-6)}`
  const made = async (path: string, body: unknown) => (await admin.post(path, body)).expect(200)
  const people = await settlePeople(made, mark)
  const secret = (
    await made('/v5/sgp/secrets', { key: `s-${mark}`, value: `value-1-${mark}` })
  ).str('id')
  await settleVersions(admin, secret, mark)
  const payload = { type: 'key', name: `c/${mark}`, payload: `value-p-${mark}` }
  const credential = (await made('/v5/credentials', payload)).str('id')
  const groups = await settleGroups(made, mark)
  const { group } = groups
  return {
    ...{ ...tenant, mark, secret, secretName: `s-${mark}`, credential },
    ...{ credentialName: `c/${mark}`, ...people, ...groups },
    ...(await settleTeams(admin, made, mark, people.user)),
    token: (await made(`${own}/tokens`, { name: `t-${mark}` })).str('id'),
    ...(await settleEnvironment(admin, made, mark)),
    ...(await settleRest(admin, made, mark, group)),
  }
}

async function settleEnvironment(admin: Api, made: Made, mark: string) {
  const environmentName = `env-${mark}`
  const variableName = `V_${mark.toUpperCase()}`
  ;(await admin.send('PUT', `${own}/slug`, { body: { slug: `u-${mark}` } })).expect(200)
  const environment = (await made(`${own}/environments`, { name: environmentName })).str('id')
  const variable = `${own}/environments/${environment}/variables/${variableName}`
  ;(await admin.send('PUT', variable, { body: { value: `plain-${mark}` } })).expect(200)
  const secret = { name: `E_${mark.toUpperCase()}`, value: `value-e-${mark}` }
  await made(`${own}/groups/${environment}/secrets`, secret)
  return { environment, environmentName, variableName }
}

/** Of no one: whoever has the other half of it can open what it is given. */
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const encryptionPublicKey = publicKey.export({ format: 'pem', type: 'spki' })

async function settleRest(admin: Api, made: Made, mark: string, group: string) {
  const body = { name: `d.${mark}`, value: `value-d-${mark}` }
  const deleted = (await made(`${own}/groups/${group}/secrets`, body)).str('id')
  ;(await admin.delete(`${own}/secrets/${deleted}`)).expect(200)
  const share = { with: `u-${mark}@example.com`, role: 'viewer' }
  ;(await admin.send('PUT', `${own}/groups/${group}/collaborators`, { body: share })).expect(200)
  const login = await made('/api/v1/auth_challenge/generate', { encryptionPublicKey })
  return { deleted, login: login.str('challenge') }
}

type Made = (path: string, body: unknown) => Promise<{ str(name: string): string }>

async function settlePeople(made: Made, mark: string) {
  const userEmail = `u-${mark}@example.com`
  const user = await made(`${own}/users`, { email: userEmail, role: 'member' })
  const service = await made(`${own}/service-accounts`, { name: `b-${mark}`, role: 'member' })
  return {
    ...{ user: user.str('id'), userEmail, userToken: user.str('token') },
    ...{ service: service.str('id'), serviceToken: service.str('token') },
  }
}

async function settleVersions(admin: Api, secret: string, mark: string): Promise<void> {
  const versions = `${own}/secrets/${secret}/versions`
  for (const n of [2, 3]) (await admin.post(versions, { value: `value-${n}-${mark}` })).expect(200)
  ;(await admin.delete(`${versions}/2`)).expect(200)
}

async function settleGroups(made: Made, mark: string) {
  const groupName = `g-${mark}`
  const emptyGroupName = `e-${mark}`
  const inGroupName = `k.${mark}`
  const group = (await made(`${own}/groups`, { name: groupName })).str('id')
  const emptyGroup = (await made(`${own}/groups`, { name: emptyGroupName })).str('id')
  const value = { name: inGroupName, value: `value-g-${mark}` }
  const inGroup = (await made(`${own}/groups/${group}/secrets`, value)).str('id')
  const mine = { name: `P_${mark.toUpperCase()}`, value: `value-me-${mark}` }
  const linked = (await made(`${own}/groups/personal/secrets`, mine)).str('id')
  await made(`${own}/groups/${group}/links`, { secret: linked })
  return { group, groupName, emptyGroup, emptyGroupName, inGroup, inGroupName, linked }
}

async function settleTeams(admin: Api, made: Made, mark: string, user: string) {
  const team = (await made(`${own}/teams`, { name: `team-${mark}` })).str('id')
  const emptyTeam = (await made(`${own}/teams`, { name: `spare-${mark}` })).str('id')
  await made(`${own}/teams/${team}/members`, { member: user })
  const group = await teamGroup(admin, team)
  const value = { name: `T_${mark.toUpperCase()}`, value: `value-team-${mark}` }
  const teamSecret = (await made(`${own}/groups/${group}/secrets`, value)).str('id')
  return { team, emptyTeam, teamSecret }
}

/** The id of the group that comes with a team. */
export async function teamGroup(api: Api, team: string): Promise<string> {
  const groups = (await api.get(`${own}/groups?limit=1000`)).expect(200).list('data')
  const found = groups.find(({ kind, owner }) => {
    const { id } = owner as { readonly id: string }
    return kind === 'team' && id === team
  })
  if (typeof found?.['id'] !== 'string') throw new Error('the team has no group')
  return found['id']
}

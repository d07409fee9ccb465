import { generateKeyPairSync } from 'node:crypto'
import type { Answer, Api } from './api.ts'
import { plantInSmallVault, smallVault } from './small-vault.ts'

/** The parts that an estate is made of. */

const own = '/strongroom/v1'
const truefoundry = '/api/svc/v1'

/** Where they are made: by whom, and with what in every name. */
export interface Site {
  readonly admin: Api
  readonly mark: string
  readonly made: (path: string, body: unknown) => Promise<Answer>
}

const put = async ({ admin }: Site, path: string, body: unknown): Promise<Answer> =>
  (await admin.send('PUT', path, { body })).expect(200)

/** The texts of the thing under `data`. */
const dataOf = ({ json }: Answer) => json['data'] as { readonly id: string; readonly jwtId: string }

export async function settlePeople({ admin, made, mark }: Site) {
  const userEmail = `u-${mark}@example.com`
  const user = await made(`${own}/users`, { email: userEmail, role: 'member' })
  const serviceName = `b-${mark}`
  const service = await made(`${own}/service-accounts`, { name: serviceName, role: 'member' })
  return {
    adminName: (await admin.get(`${own}/whoami`)).expect(200).str('name'),
    ...{ user: user.str('id'), userEmail, userToken: user.str('token') },
    ...{ service: service.str('id'), serviceName, serviceToken: service.str('token') },
  }
}

export async function settleVersions({ admin, made, mark }: Site, secret: string): Promise<void> {
  const versions = `${own}/secrets/${secret}/versions`
  for (const n of [2, 3]) await made(versions, { value: `value-${n}-${mark}` })
  ;(await admin.delete(`${versions}/2`)).expect(200)
}

/** A secret of the admin's own, and a link to it in this group. */
async function settleLink({ made, mark }: Site, group: string, name: string): Promise<string> {
  const mine = { name, value: `value-me-${mark}` }
  const id = (await made(`${own}/groups/personal/secrets`, mine)).str('id')
  await made(`${own}/groups/${group}/links`, { secret: id })
  return id
}

/** Named groups of the account, open to all of it or to admins alone. */
export async function settleGroups(site: Site, open = true) {
  const { made, mark } = site
  const groupName = `g-${mark}`
  const emptyGroupName = `e-${mark}`
  const inGroupName = `k.${mark}`
  const linkedName = `P_${mark.toUpperCase()}`
  const group = (await made(`${own}/groups`, { name: groupName, open })).str('id')
  const emptyGroup = (await made(`${own}/groups`, { name: emptyGroupName, open })).str('id')
  const value = { name: inGroupName, value: `value-g-${mark}` }
  const inGroup = (await made(`${own}/groups/${group}/secrets`, value)).str('id')
  const linked = await settleLink(site, group, linkedName)
  return {
    ...{ group, groupName, emptyGroup, emptyGroupName },
    ...{ inGroup, inGroupName, linked, linkedName },
  }
}

export async function settleTeams({ admin, made, mark }: Site, user: string) {
  const teamName = `team-${mark}`
  const team = (await made(`${own}/teams`, { name: teamName })).str('id')
  const emptyTeam = (await made(`${own}/teams`, { name: `spare-${mark}` })).str('id')
  await made(`${own}/teams/${team}/members`, { member: user })
  const group = await teamGroup(admin, team)
  const value = { name: `T_${mark.toUpperCase()}`, value: `value-team-${mark}` }
  const teamSecret = (await made(`${own}/groups/${group}/secrets`, value)).str('id')
  return { team, teamName, emptyTeam, teamSecret }
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

export async function settleEnvironment(site: Site) {
  const { made, mark } = site
  const slug = `u-${mark}`
  const environmentName = `env-${mark}`
  const variableName = `V_${mark.toUpperCase()}`
  await put(site, `${own}/slug`, { slug })
  const environment = (await made(`${own}/environments`, { name: environmentName })).str('id')
  const plain = { name: variableName, value: `plain-${mark}` }
  const variable = await made(`/api/v1/environmentshub/${environment}/variables`, plain)
  const secret = { name: `E_${mark.toUpperCase()}`, value: `value-e-${mark}` }
  const direct = await made(`${own}/groups/${environment}/secrets`, secret)
  return {
    ...{ slug, environment, environmentName, inEnvironment: direct.str('id') },
    linkedInEnvironment: await settleLink(site, environment, `L_${mark.toUpperCase()}`),
    ...{ variable: dataOf(variable).id, variableName },
  }
}

/** Of no one: whoever has the other half of it can open what it is given. */
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const encryptionPublicKey = publicKey.export({ format: 'pem', type: 'spki' })

export async function settleRest(site: Site, group: string) {
  const { admin, made, mark } = site
  const body = { name: `d.${mark}`, value: `value-d-${mark}` }
  const deleted = (await made(`${own}/groups/${group}/secrets`, body)).str('id')
  ;(await admin.delete(`${own}/secrets/${deleted}`)).expect(200)
  const share = { with: `u-${mark}@example.com`, role: 'viewer' }
  await put(site, `${own}/groups/${group}/collaborators`, share)
  const login = await made('/api/v1/auth_challenge/generate', { encryptionPublicKey })
  const [entry] = (await admin.get(`${own}/audit?limit=1`)).expect(200).list('data')
  return {
    ...{ deleted, login: login.str('challenge'), loginToken: login.str('status_auth_token') },
    entry: Number(entry?.['seq']),
  }
}

/** The same place in the one Vault of this process is nobody else's. */
export async function settleStore({ made, mark }: Site) {
  const storeName = `st-${mark}`
  const storeUrl = `${await smallVault()}/${mark}`
  const store = await made(`${own}/stores`, {
    ...{ name: storeName, kind: 'vault', config: { url: storeUrl, prefix: mark } },
    credential: { token: `value-t-${mark}` },
  })
  await plantInSmallVault(`legacy/${mark}/key`, { key: `value-f-${mark}` })
  return { store: store.str('id'), storeName, storeUrl }
}

/** What is made by manifest, or called by its full name. */
export async function settleManifests(site: Site, groupName: string) {
  const { admin, mark } = site
  const [store] = (await admin.get(`${truefoundry}/provider-integrations`)).expect(200).list('data')
  const { fqn: storeFqn, tenantName } = store as { fqn: string; tenantName: string }
  const groupFqn = `${tenantName}:${groupName}`
  const personalTokenName = `l-${mark}`
  const token = await admin.get(`${truefoundry}/personal-access-tokens/${personalTokenName}`)
  const binding = {
    ...{ type: 'role-binding', name: `r-${mark}` },
    subjects: [{ type: 'user', name: `u-${mark}@example.com` }],
    permissions: [
      { resourceType: 'secret-group', resourceFqn: groupFqn, role: 'secret-group-viewer' },
    ],
  }
  await put(site, `${truefoundry}/apply`, { manifest: binding })
  return {
    ...{ storeFqn, groupFqn, bindingName: binding.name, personalTokenName },
    personalToken: dataOf(token.expect(200)).id,
    ...(await settleVirtualAccount(site)),
  }
}

async function settleVirtualAccount(site: Site) {
  const { made, mark } = site
  const group = `t-${mark}`
  await made(`${own}/groups`, { name: group })
  const virtualName = `v-${mark}`
  const shownIn = { type: 'tfy-secrets', secret_group: group, key: `token-${mark}` }
  const manifest = { type: 'virtual-account', name: virtualName, secret_store_config: shownIn }
  const account = await put(site, `${truefoundry}/virtual-accounts`, { manifest })
  const { id, jwtId } = dataOf(account)
  return { virtualAccount: id, virtualName, virtualToken: jwtId }
}

import type { Tenant } from './house.ts'
import {
  settleEnvironment,
  settleGroups,
  settleManifests,
  settlePeople,
  settleRest,
  settleStore,
  settleTeams,
  settleVersions,
} from './settlers.ts'

/** One of everything that an account can hold, each with a name that is no other account's. */
export interface Estate extends Tenant {
  /** Part of every name and value here, and of none elsewhere; a value begins with `value-`. */
  readonly mark: string
  /** A secret of the account, with the versions 1 (live), 2 (deleted) and 3 (the current one). */
  readonly secret: string
  /** The place in the log of an entry of the account. */
  readonly entry: number
  readonly secretName: string
  readonly credential: string
  readonly credentialName: string
  /** A named group; it holds a secret and a link. */
  readonly group: string
  readonly groupName: string
  readonly inGroup: string
  readonly inGroupName: string
  /** `tenant:group` */
  readonly groupFqn: string
  /** The secret that the group shows by a link; its home is the admin's personal group. */
  readonly linked: string
  readonly linkedName: string
  /** A named group that holds nothing. */
  readonly emptyGroup: string
  readonly emptyGroupName: string
  readonly user: string
  /** The admin, as manifests call it. */
  readonly adminName: string
  readonly userEmail: string
  readonly userToken: string
  readonly service: string
  readonly serviceName: string
  readonly serviceToken: string
  /** A team of the admin and the user, with a secret in its group. */
  readonly team: string
  readonly teamName: string
  readonly teamSecret: string
  /** A team that owns nothing. */
  readonly emptyTeam: string
  /** A token of the admin's, beside the one in use. */
  readonly token: string
  /** A secret that was deleted and can be brought back. */
  readonly deleted: string
  /** By which the environments of the admin are addressed. */
  readonly slug: string
  /** An environment of the admin's, with a secret, a link and a variable in it. */
  readonly environment: string
  readonly environmentName: string
  readonly inEnvironment: string
  /** The secret that the environment shows by a link; its home is the admin's personal group. */
  readonly linkedInEnvironment: string
  readonly variable: string
  readonly variableName: string
  /** The code of a login that waits for its user's word, and what alone may ask how it stands. */
  readonly login: string
  readonly loginToken: string
  /** A store beside the embedded one; nothing is in it. */
  readonly store: string
  readonly storeName: string
  readonly storeUrl: string
  /** The store that comes with the account, as manifests call it. */
  readonly storeFqn: string
  /** A personal access token of the admin's that was got by its name. */
  readonly personalToken: string
  readonly personalTokenName: string
  /** A service account whose token is kept, and shown as a secret in a group of its own. */
  readonly virtualAccount: string
  readonly virtualName: string
  readonly virtualToken: string
  /** A role binding that lets the user see the group. */
  readonly bindingName: string
}

const own = '/strongroom/v1'

let estates = 0

/** Fills an account. */
export async function settle(tenant: Tenant): Promise<Estate> {
  const { admin } = tenant
  estates += 1
  const mark = `m${estates}x${tenant.id.slice(-6)}`
  const made = async (path: string, body: unknown) => (await admin.post(path, body)).expect(200)
  const of = { admin, made, mark }
  const people = await settlePeople(of)
  const secret = (
    await made('/v5/sgp/secrets', { key: `s-${mark}`, value: `value-1-${mark}` })
  ).str('id')
  await settleVersions(of, secret)
  const payload = { type: 'key', name: `c/${mark}`, payload: `value-p-${mark}` }
  const credential = (await made('/v5/credentials', payload)).str('id')
  const groups = await settleGroups(of)
  return {
    ...(await settleStore(of)),
    ...{ ...tenant, mark, secret, secretName: `s-${mark}`, credential },
    ...{ credentialName: `c/${mark}`, ...people, ...groups },
    ...(await settleTeams(of, people.user)),
    token: (await made(`${own}/tokens`, { name: `t-${mark}` })).str('id'),
    ...(await settleEnvironment(of)),
    ...(await settleRest(of, groups.group)),
    ...(await settleManifests(of, groups.groupName)),
  }
}

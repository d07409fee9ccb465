import {
  editing,
  administering,
  everyday,
  everydayOfUser,
  inEnvironment,
  inTeam,
  looking,
} from './uses.ts'
import { made, own, put, truefoundry, type Stage } from './stage.ts'
import type { Armed } from './trial.ts'

/** One way to lose what one may: gives it, and says how it is taken. */
export type Loss = (stage: Stage, turn: number) => Promise<Armed>

const GONE = [401]
const FORBIDDEN = [403, 404]

const tokenRevoked: Loss = async (stage, turn) => {
  const { admin, victim } = stage
  const api = admin.as(victim.token)
  const token = await made(api, `${own}/tokens`, { name: `t${turn}` })
  const path = `${own}/tokens/${token.str('id')}`
  return {
    ...{ token: token.str('token'), uses: everydayOfUser(stage), refusals: GONE },
    // By its own bearer, or by an admin.
    take: () => (turn % 2 === 0 ? admin : api).delete(path),
  }
}

const personalTokenRevoked =
  (all: boolean): Loss =>
  async (stage, turn) => {
    const { admin, victim } = stage
    const api = admin.as(victim.token)
    const body = {
      name: `pat-${all ? 'all' : 'one'}-${turn}`,
      tokenType: turn % 2 === 0 ? 'jwt' : 'opaque',
    }
    const path = `${truefoundry}/personal-access-tokens`
    const token = (await made(api, path, body)).str('token')
    const found = await api.get(`${path}?nameSearchQuery=${body.name}`)
    const [one] = found.expect(200).list('data')
    const sent = { body: { email: victim.email } }
    return {
      ...{ token, uses: everydayOfUser(stage), refusals: GONE },
      take: () =>
        all
          ? admin.send('DELETE', `${path}/revoke/all`, sent)
          : api.delete(`${path}/${String(one?.['id'])}`),
    }
  }

interface VirtualAccount {
  readonly id: string
  readonly jwtId: string
  readonly token: string
}

async function virtualAccount({ admin }: Stage, name: string): Promise<VirtualAccount> {
  const manifest = { type: 'virtual-account', name }
  const answer = await put(admin, `${truefoundry}/virtual-accounts`, { manifest })
  const { id, jwtId } = answer.json['data'] as Omit<VirtualAccount, 'token'>
  const shown = await admin.get(`${truefoundry}/virtual-accounts/${id}/token`)
  return { id, jwtId, token: shown.expect(200).str('token') }
}

const virtualAccounts: Readonly<
  Record<string, (stage: Stage, account: VirtualAccount) => Pick<Armed, 'take'>>
> = {
  "a virtual account's token is replaced without grace": ({ admin }, { id }) => ({
    take: () =>
      admin.post(`${truefoundry}/virtual-accounts/${id}/regenerate-token`, {
        gracePeriodInMinutes: 0,
      }),
  }),
  "a virtual account's token is revoked": ({ admin }, { id, jwtId }) => ({
    take: () => admin.delete(`${truefoundry}/virtual-accounts/${id}/jwt/${jwtId}`),
  }),
  'a virtual account is removed': ({ admin }, { id }) => ({
    take: () => admin.delete(`${truefoundry}/virtual-accounts/${id}`),
  }),
}

const ofVirtualAccounts: Readonly<Record<string, Loss>> = Object.fromEntries(
  Object.entries(virtualAccounts).map(([name, taking], n): [string, Loss] => [
    name,
    async (stage, turn) => {
      const account = await virtualAccount(stage, `va-${n}-${turn}`)
      const { token } = account
      return { token, uses: everyday(stage), refusals: GONE, ...taking(stage, account) }
    },
  ]),
)

const userSuspended: Loss = (stage, turn) => {
  const { admin, victim } = stage
  const path = `${own}/users/${victim.id}`
  const email = { body: { email: victim.email } }
  return Promise.resolve({
    ...{ token: victim.token, uses: everydayOfUser(stage), refusals: GONE },
    take: () =>
      turn % 2 === 0
        ? admin.patch(path, { state: 'suspended' })
        : admin.send('PATCH', `${truefoundry}/users/deactivate`, email),
    restore: async () => (await admin.patch(path, { state: 'active' })).expect(200),
  })
}

const removed =
  (path: string, body: (turn: number) => object, remove: (id: string) => string): Loss =>
  async (stage, turn) => {
    const { admin } = stage
    const answer = await made(admin, `${own}/${path}`, body(turn))
    return {
      ...{ token: answer.str('token'), uses: everyday(stage), refusals: GONE },
      take: () => admin.delete(remove(answer.str('id'))),
    }
  }

const roleLost: Loss = (stage, turn) => {
  const { admin, deputy } = stage
  const path = `${own}/users/${deputy.id}`
  const roles = { body: { email: deputy.email, roles: ['tenant-member'] } }
  return Promise.resolve({
    ...{ token: deputy.token, uses: administering(stage), refusals: FORBIDDEN },
    take: () =>
      turn % 2 === 0
        ? admin.patch(path, { role: 'member' })
        : admin.send('PATCH', `${truefoundry}/users/roles`, roles),
    restore: async () => (await admin.patch(path, { role: 'admin' })).expect(200),
  })
}

const outOfTeam: Loss = async (stage) => {
  const { admin, victim, team } = stage
  const members = `${own}/teams/${team.id}/members`
  await made(admin, members, { member: victim.id })
  return {
    ...{ token: victim.token, uses: inTeam(stage), refusals: FORBIDDEN },
    take: () => admin.delete(`${members}/${victim.id}`),
  }
}

const share = ({ admin, victim }: Stage, group: string, role: string) =>
  admin.send('PUT', `${own}/groups/${group}/collaborators`, { body: { with: victim.email, role } })

const collaboratorRemoved: Loss = async (stage) => {
  const { admin, victim, closed } = stage
  ;(await share(stage, closed.group, 'editor')).expect(200)
  return {
    ...{ token: victim.token, refusals: FORBIDDEN },
    uses: [...editing(closed), ...looking(closed)],
    take: () => admin.delete(`${own}/groups/${closed.group}/collaborators/${victim.email}`),
  }
}

const collaboratorLowered: Loss = async (stage) => {
  const { victim, closed } = stage
  ;(await share(stage, closed.group, 'editor')).expect(200)
  return {
    ...{ token: victim.token, uses: editing(closed), refusals: FORBIDDEN },
    take: () => share(stage, closed.group, 'viewer'),
  }
}

const outOfEnvironment: Loss = async (stage) => {
  const { admin, victim, environment } = stage
  ;(await share(stage, environment.id, 'editor')).expect(200)
  return {
    ...{ token: victim.token, uses: inEnvironment(stage), refusals: FORBIDDEN },
    take: () => admin.delete(`${own}/groups/${environment.id}/collaborators/${victim.email}`),
  }
}

const bindingDeleted: Loss = async (stage) => {
  const { admin, victim, binding, estate } = stage
  const [tenant = ''] = estate.groupFqn.split(':')
  const bound = { type: 'role-binding', name: 'bound-here' }
  const permission = { resourceType: 'secret-group', role: 'secret-group-editor' }
  await put(admin, `${truefoundry}/apply`, {
    manifest: {
      ...{ ...bound, subjects: [{ type: 'user', name: victim.email }] },
      permissions: [{ ...permission, resourceFqn: `${tenant}:${binding.name}` }],
    },
  })
  return {
    ...{ token: victim.token, refusals: FORBIDDEN },
    uses: [...editing(binding), ...looking(binding)],
    take: () => admin.post(`${truefoundry}/delete`, { manifest: bound }),
  }
}

export const losses: Readonly<Record<string, Loss>> = {
  'a token is revoked': tokenRevoked,
  'a personal access token is revoked': personalTokenRevoked(false),
  'every personal access token is revoked': personalTokenRevoked(true),
  ...ofVirtualAccounts,
  'a user is suspended': userSuspended,
  'a user is removed': removed(
    'users',
    (turn) => ({ email: `gone-${turn}@example.com`, role: 'member' }),
    (id) => `${own}/users/${id}`,
  ),
  'a service account is removed': removed(
    'service-accounts',
    (turn) => ({ name: `gone-${turn}`, role: 'member' }),
    (id) => `${own}/service-accounts/${id}`,
  ),
  'an admin becomes a member': roleLost,
  'a member leaves a team': outOfTeam,
  'a collaborator is removed': collaboratorRemoved,
  'an editor becomes a viewer': collaboratorLowered,
  'a collaborator of an environment is removed': outOfEnvironment,
  'a role binding is deleted': bindingDeleted,
}

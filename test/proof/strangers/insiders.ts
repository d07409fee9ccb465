import type { Estate } from '#test/support/estate.ts'
import { settleGroups, settleVersions, teamGroup, type Site } from '#test/support/settlers.ts'
import { virtualAccount } from './nobodies.ts'
import type { Insider } from './trials.ts'

const own = '/strongroom/v1'

const siteOf = ({ admin }: Estate, mark: string): Site => ({
  ...{ admin, mark },
  made: async (path, body) => (await admin.post(path, body)).expect(200),
})

export const HIDDEN_PARTS = ['a closed group', 'a team', 'an environment'] as const

export type Hidden = Readonly<Record<(typeof HIDDEN_PARTS)[number], Estate>>

/**
 * What is in an account and yet not for everyone in it: the estate with a closed group, a team's group
 * or an environment of the admin's in the place of what is open.
 */
export async function hiddenParts(estate: Estate): Promise<Hidden> {
  const { admin, team, teamSecret, environment, inEnvironment } = estate
  const site = siteOf(estate, `c${estate.mark}`)
  const groups = await settleGroups(site, false)
  await settleVersions(site, groups.inGroup)
  const gone = { name: `d.${site.mark}`, value: `value-d-${site.mark}` }
  const deleted = await site.made(`${own}/groups/${groups.group}/secrets`, gone)
  ;(await admin.delete(`${own}/secrets/${deleted.str('id')}`)).expect(200)
  const [tenant = ''] = estate.groupFqn.split(':')
  const secretOf = (id: string, name: string) => ({
    ...{ secret: id, secretName: name, inGroup: id, inGroupName: name },
    ...{ credential: id, credentialName: name },
  })
  const closed: Estate = {
    ...{ ...estate, ...groups, ...secretOf(groups.inGroup, groups.inGroupName) },
    ...{ mark: site.mark, deleted: deleted.str('id'), groupFqn: `${tenant}:${groups.groupName}` },
  }
  const groupOfTeam = await teamGroup(admin, team)
  const name = estate.mark.toUpperCase()
  const ofTeam = { group: groupOfTeam, ...secretOf(teamSecret, `T_${name}`), linked: teamSecret }
  const inTheEnvironment = { group: environment, ...secretOf(inEnvironment, `E_${name}`) }
  return {
    'a closed group': closed,
    'a team': { ...closed, ...ofTeam },
    'an environment': { ...closed, ...inTheEnvironment },
  }
}

/** Who is of the account, but not of what is hidden there. */
export async function insidersOf(estate: Estate): Promise<ReadonlyMap<string, Insider>> {
  const { admin, mark } = estate
  const token = async (path: string, body: object) =>
    admin.as((await admin.post(`${own}/${path}`, body)).expect(200).str('token'))
  const user = (name: string) =>
    token('users', { email: `${name}-${mark}@example.com`, role: 'member' })
  const member = await user('elsewhere')
  const team = (await member.post(`${own}/teams`, { name: `elsewhere-${mark}` })).expect(200)
  ;(await member.get(`${own}/groups/${await teamGroup(member, team.str('id'))}`)).expect(200)
  const virtual = await virtualAccount(admin, `i-${mark}`)
  return new Map([
    ['a member of another team', { api: member, views: false }],
    [
      'a service account without a role',
      {
        api: await token('service-accounts', { name: `i2-${mark}`, role: 'member' }),
        views: false,
      },
    ],
    ['a virtual account without a role', { api: admin.as(virtual.token), views: false }],
    ['a viewer', { api: await user('viewer'), views: true }],
  ])
}

/** Lets the viewer look at those parts that can be shared. */
export async function letView({ admin, mark }: Estate, hidden: Hidden): Promise<void> {
  const body = { with: `viewer-${mark}@example.com`, role: 'viewer' }
  const parts = Object.values(hidden).flatMap(({ group, emptyGroup }) => [group, emptyGroup])
  for (const group of new Set(parts)) {
    const path = `${own}/groups/${group}/collaborators`
    const { status } = await admin.send('PUT', path, { body })
    // What belongs to a team alone is shared with nobody.
    if (status !== 200 && status !== 409) throw new Error(`sharing was answered ${status}`)
  }
}

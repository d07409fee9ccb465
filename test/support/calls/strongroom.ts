import type { Body, Calls } from './call.ts'

/** The plan of a store in which there is no orphan. */
const NOTHING_TO_DO = '4f53cda18c2baa0c'

const embedded = (): Body => ({ store: 'embedded' })

export const strongroomCalls: Calls = {
  params: {
    'audit/:seq': ({ entry }) => String(entry),
    'collaborators/:collaborator': ({ userEmail }) => userEmail,
    'deleted-secrets/:id': ({ deleted }) => deleted,
    'environments/:environment': ({ environment }) => environment,
    'login-challenges/:code': ({ login }) => login,
    'variables/:variable': ({ variableName }) => variableName,
    'groups/:group': ({ group }) => group,
    'links/:id': ({ linked }) => linked,
    'members/:member': ({ user }) => user,
    'secrets/:id': ({ secret }) => secret,
    'secrets/:name': ({ inGroupName }) => inGroupName,
    'service-accounts/:id': ({ service }) => service,
    'stores/:store': ({ store }) => store,
    'teams/:team': ({ team }) => team,
    'tokens/:id': ({ token }) => token,
    'users/:id': ({ user }) => user,
    'versions/:n': () => '1',
  },
  special: {
    deleteGroup: { group: ({ emptyGroup }) => emptyGroup },
    deleteTeam: { team: ({ emptyTeam }) => emptyTeam },
    undeleteVersion: { n: () => '2' },
  },
  queries: {
    proveAuditGrowth: () => ({ from: '1' }),
    planImport: ({ group, mark }) => ({ group, prefix: `legacy/${mark}/` }),
  },
  bodies: {
    addMember: ({ service }) => ({ member: service }),
    createEnvironment: ({ mark }) => ({ name: `n-${mark}` }),
    putVariable: () => ({ value: 'plain' }),
    setSlug: ({ mark }) => ({ slug: `o-${mark}` }),
    setTeamSlug: ({ mark }) => ({ slug: `ot-${mark}` }),
    shareGroup: ({ userEmail }) => ({ with: userEmail, role: 'viewer' }),
    undeleteSecret: () => ({}),
    createAccount: ({ mark }) => ({ name: `account ${mark}` }),
    createGroup: ({ mark, team }) => ({ name: `n-${mark}`, team }),
    createLink: ({ credential, mark }) => ({ secret: credential, name: `l.${mark}` }),
    createSecret: ({ mark }) => ({ name: `n.${mark}`, value: `value-n-${mark}` }),
    createServiceAccount: ({ mark }) => ({ name: `other ${mark}`, role: 'member' }),
    createStore: ({ mark, storeUrl }) => ({
      ...{ name: `ns-${mark}`, kind: 'vault', config: { url: storeUrl, prefix: `n${mark}` } },
      credential: { token: `value-n-${mark}` },
    }),
    changeStore: ({ mark, storeUrl }) => ({ config: { url: storeUrl, prefix: `o${mark}` } }),
    setDefaultStore: embedded,
    importSecret: ({ group, mark }) => ({
      ...{ group, path: `legacy/${mark}/key`, name: `i.${mark}` },
    }),
    syncStore: () => ({ plan: NOTHING_TO_DO }),
    moveGroup: embedded,
    moveSecret: embedded,
    createTeam: ({ mark }) => ({ name: `other ${mark}` }),
    createToken: ({ mark, service }) => ({ name: `other ${mark}`, service_account: service }),
    createUser: ({ mark }) => ({ email: `other-${mark}@example.com`, role: 'member' }),
    createVersion: ({ mark }) => ({ value: `value-o-${mark}` }),
    updateSecret: ({ mark }) => ({ value: `value-o-${mark}` }),
    updateServiceAccount: ({ mark }) => ({ name: `other ${mark}` }),
    updateUser: ({ mark }) => ({ name: `other ${mark}` }),
  },
}

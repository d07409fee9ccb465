import type { Estate } from '#test/support/estate.ts'
import type { Body, Calls, Of } from './call.ts'

/** Manifests of what an estate holds, by their types. */
export const manifests = {
  group: ({ groupName, storeFqn }: Estate): Body => ({
    ...{ type: 'secret-group', name: groupName, integration_fqn: storeFqn },
  }),
  team: ({ teamName, adminName, userEmail, serviceName }: Estate): Body => ({
    ...{ type: 'team', name: teamName, members: [userEmail, serviceName], managers: [adminName] },
  }),
  virtualAccount: ({ virtualName, groupFqn }: Estate): Body => ({
    ...{ type: 'virtual-account', name: virtualName },
    permissions: [
      {
        ...{ resource_fqn: groupFqn, resource_type: 'secret-group' },
        role_id: 'secret-group-viewer',
      },
    ],
  }),
  binding: ({ bindingName, userEmail, groupFqn }: Estate): Body => ({
    ...{ type: 'role-binding', name: bindingName },
    subjects: [{ type: 'user', name: userEmail }],
    permissions: [
      { resourceType: 'secret-group', resourceFqn: groupFqn, role: 'secret-group-viewer' },
    ],
  }),
}

const applying =
  (manifest: Of<Body>): Of<Body> =>
  (estate) => ({ manifest: manifest(estate) })

const theUser: Of<Body> = ({ userEmail }) => ({ email: userEmail })

export const truefoundryCalls: Calls = {
  params: {
    'secret-groups/:id': ({ group }) => group,
    'fqn/:type': () => 'secret-group',
    'secrets/:id': ({ inGroup }) => inGroup,
    'personal-access-tokens/:name': ({ personalTokenName }) => personalTokenName,
    'personal-access-tokens/:id': ({ personalToken }) => personalToken,
    'virtual-accounts/:id': ({ virtualAccount }) => virtualAccount,
    'jwt/:jwtId': ({ virtualToken }) => virtualToken,
    'teams/:id': ({ team }) => team,
    'users/:id': ({ user }) => user,
  },
  special: {
    'Team.delete': { id: ({ emptyTeam }) => emptyTeam },
  },
  queries: {
    'Fqn.get': ({ groupFqn }) => ({ fqn: groupFqn }),
    'VirtualAccount.exists': ({ virtualName }) => ({ name: virtualName }),
    'User.delete': () => ({ forceDelete: 'true' }),
    'ActivityLog.queryActivityLogPaginated': () => ({ metric: 'list' }),
  },
  bodies: {
    'SecretGroup.post': ({ mark, id }) => ({
      ...{ name: `n-${mark}`, integrationId: id },
      secrets: [{ key: `n.${mark}`, value: `value-n-${mark}` }],
    }),
    'SecretGroup.put': applying(manifests.group),
    'SecretGroup.putById': ({ inGroupName, linkedName, mark }) => ({
      secrets: [{ key: inGroupName, value: `value-o-${mark}` }, { key: linkedName }],
    }),
    'Secret.list': ({ group }) => ({ secretGroupId: group }),
    'PersonalAccessToken.post': ({ mark }) => ({ name: `p-${mark}` }),
    'PersonalAccessToken.postForUser': ({ mark, userEmail }) => ({
      ...{ name: `f-${mark}`, userEmail },
    }),
    'PersonalAccessToken.revokeAll': theUser,
    'VirtualAccount.put': applying(manifests.virtualAccount),
    'VirtualAccount.regenerateToken': () => ({ gracePeriodInMinutes: 5 }),
    'Team.put': applying(manifests.team),
    'User.register': ({ mark }) => ({ email: `registered-${mark}@example.com` }),
    'User.invite': ({ mark }) => ({
      ...{ email: `invited-${mark}@example.com`, acceptInviteClientUrl: 'https://example.com/in' },
    }),
    'User.patchRoles': ({ userEmail }) => ({ email: userEmail, roles: ['tenant-member'] }),
    'User.activate': theUser,
    'User.deactivate': theUser,
    'Apply.put': applying(manifests.group),
    'Apply.delete': applying(({ emptyGroupName: name }) => ({ type: 'secret-group', name })),
    'Apply.dependencyTree': (estate) => ({ manifests: [manifests.group(estate)] }),
  },
}

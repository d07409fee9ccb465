import { own, prime, truefoundry, type Shared, type Stage } from './stage.ts'
import type { Use } from './trial.ts'

/** What people may do with what they have: for each API that knows of it, a reading and a writing. */

const get = (path: string): Use => ({ method: 'GET', path })
const post = (path: string, body: Use['body'] = {}): Use => ({ method: 'POST', path, body })
const patch = (path: string, body: Use['body']): Use => ({ method: 'PATCH', path, body })
const put = (path: string, body: Use['body']): Use => ({ method: 'PUT', path, body })

const described = { description: 'by the victim' }

/** What any good token of the account may. */
export const everyday = ({ estate }: Stage): readonly Use[] => [
  get(`${own}/secrets/${estate.secret}/value`),
  patch(`/v5/sgp/secrets/${estate.secret}`, described),
  get(`${truefoundry}/secret-groups/${estate.group}`),
  patch(`${own}/secrets/${estate.inGroup}`, described),
  get('/v5/credentials'),
  put(`${truefoundry}/secret-groups/${estate.group}`, {
    secrets: [{ key: estate.inGroupName }, { key: estate.linkedName }],
  }),
  post(`/v5/credentials/${estate.credential}/secret`),
  get(`${own}/groups/${estate.group}/values`),
  patch(`/v5/credentials/${estate.credential}`, described),
  post(`${truefoundry}/secrets`, { secretGroupId: estate.group }),
]

/** What a user may beside that. */
export const everydayOfUser = (stage: Stage): readonly Use[] => [
  ...everyday(stage),
  get(`${prime}/secrets/`),
  patch(`${prime}/secrets/${stage.victim.personal}`, described),
  get(`${prime}/secrets/${stage.victim.personal}`),
  get(`${prime}/user/whoami`),
  get(`${truefoundry}/session`),
]

/** What only an admin may. */
export const administering = ({ estate, closed }: Stage): readonly Use[] => [
  get(`${own}/users`),
  put(`${own}/default-store`, { store: 'embedded' }),
  get(`${truefoundry}/users`),
  get(`${own}/audit?limit=1`),
  get(`${own}/secrets/${closed.secret}/value`),
  put(`${truefoundry}/secret-groups/${closed.group}`, { secrets: [{ key: closed.key }] }),
  get(`${prime}/teams/${estate.team}/members`),
  get(`${truefoundry}/virtual-accounts/${estate.virtualAccount}/token`),
  patch(`${own}/secrets/${closed.secret}`, described),
  get(`${own}/users/${estate.user}`),
  get(`${truefoundry}/secrets/${closed.secret}`),
]

/** What only a member of the team may, who is no admin. */
export const inTeam = ({ team: { id, group, secret } }: Stage): readonly Use[] => [
  get(`${own}/secrets/${secret}/value`),
  patch(`${prime}/secrets/${secret}?teamId=${id}`, described),
  get(`${prime}/secrets/?teamId=${id}`),
  patch(`${own}/secrets/${secret}`, described),
  get(`${own}/groups/${group}/values`),
  get(`${truefoundry}/teams/${id}`),
  get(`${prime}/teams/${id}/members`),
  get(`${own}/teams/${id}/members`),
  get(`${truefoundry}/teams/${id}/members`),
]

/** What only an editor of the group may. */
export const editing = ({ group, secret, key }: Shared): readonly Use[] => [
  get(`${own}/secrets/${secret}/value`),
  put(`${truefoundry}/secret-groups/${group}`, { secrets: [{ key }] }),
  get(`${own}/groups/${group}/values`),
  patch(`${own}/secrets/${secret}`, described),
]

/** What it takes to be a collaborator at all for. */
export const looking = ({ group, secret }: Shared): readonly Use[] => [
  get(`${truefoundry}/secret-groups/${group}`),
  get(`${own}/secrets/${secret}`),
  get(`${truefoundry}/secrets/${secret}`),
  get(`${own}/groups/${group}`),
]

/** What an editor of the environment may. */
export const inEnvironment = ({ environment: { id, variable, secret } }: Stage): readonly Use[] => [
  get(`${prime}/environmentshub/${id}/secrets`),
  patch(`${prime}/environmentshub/${id}/secrets/${secret}`, described),
  get(`${own}/environments/${id}/injection`),
  put(`${own}/environments/${id}/variables/${variable}`, { value: '2' }),
  get(`${prime}/environmentshub/${id}/variables`),
]

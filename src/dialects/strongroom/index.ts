import type { Dialect } from '#dialects/dialect.ts'
import { shownToken } from '#dialects/credential.ts'
import { collaboratorRoutes } from './collaborators.ts'
import { refusal, refusals } from './faults.ts'
import { deletedRoutes } from './deleted.ts'
import { environmentRoutes } from './environments.ts'
import { groupRoutes } from './groups.ts'
import { loginRoutes } from './logins.ts'
import { peopleRoutes } from './people.ts'
import { recordRoutes } from './record.ts'
import { secretRoutes } from './secrets.ts'
import { storeRoutes } from './stores.ts'
import { teamRoutes } from './teams.ts'
import { versionRoutes } from './versions.ts'

/** Our own API: people, teams and tokens; every group and secret; versions, links, stores, the record. */
export const strongroom: Dialect = {
  name: 'strongroom',
  title: 'Strongroom',
  version: 'v1',
  prefixes: ['/strongroom'],
  openapiPath: '/strongroom/v1/openapi.json',
  security: { Bearer: { type: 'http', scheme: 'bearer' } },
  routes: [
    ...peopleRoutes,
    ...teamRoutes,
    ...groupRoutes,
    ...collaboratorRoutes,
    ...environmentRoutes,
    ...secretRoutes,
    ...versionRoutes,
    ...storeRoutes,
    ...deletedRoutes,
    ...loginRoutes,
    ...recordRoutes,
  ],
  credential: (headers) => shownToken(headers, 'x-api-key', null),
  refusals,
  refuse: refusal,
  firstSteps: (url, token) => [
    `export STRONGROOM_URL=${url} STRONGROOM_TOKEN=${token}`,
    `echo -n hello | npx strongroom set first-key`,
    `npx strongroom get first-key`,
  ],
}

import type { Dialect } from '#dialects/dialect.ts'
import { shownToken } from '#dialects/credential.ts'
import { environmentSecretRoutes } from './environment-secrets.ts'
import { environmentRoutes } from './environments.ts'
import { refusal, refusals } from './faults.ts'
import { loginRoutes } from './logins.ts'
import { peopleRoutes } from './people.ts'
import { secretRoutes } from './secrets.ts'
import { variableRoutes } from './variables.ts'

/** Prime Intellect: secrets (`/api/v1/secrets`), environments with theirs, and the login. */
export const primeIntellect: Dialect = {
  name: 'prime-intellect',
  title: 'Prime Intellect secrets and environments',
  version: 'v1',
  prefixes: ['/api/v1'],
  openapiPath: '/api/v1/openapi.json',
  security: { HTTPBearer: { type: 'http', scheme: 'bearer' } },
  routes: [
    ...secretRoutes,
    ...environmentRoutes,
    ...environmentSecretRoutes,
    ...variableRoutes,
    ...peopleRoutes,
    ...loginRoutes,
  ],
  credential: (headers) => shownToken(headers, null, null),
  refusals,
  refuse: refusal,
  firstSteps: (url, token) => [
    'pip install prime',
    `export PRIME_API_BASE_URL=${url} PRIME_API_KEY=${token} PRIME_DISABLE_VERSION_CHECK=1`,
    `prime secret create --name FIRST_KEY --value hello`,
  ],
}

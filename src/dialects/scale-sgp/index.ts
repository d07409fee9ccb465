import type { Dialect } from '#dialects/dialect.ts'
import { namedBy, shownToken } from '#dialects/credential.ts'
import { credentialRoutes } from './credentials.ts'
import { refusal, refusals } from './faults.ts'
import { secretRoutes } from './secrets.ts'

/** Scale SGP: cloud secrets (`/v5/sgp/secrets`) and credentials (`/v5/credentials`). */
export const scaleSgp: Dialect = {
  name: 'scale-sgp',
  title: 'Scale SGP secrets and credentials',
  version: 'v5',
  prefixes: ['/v5'],
  openapiPath: '/v5/openapi.json',
  security: { APIKeyHeader: { type: 'apiKey', in: 'header', name: 'x-api-key' } },
  routes: [...secretRoutes, ...credentialRoutes],
  credential: (headers) =>
    shownToken(headers, 'x-api-key', namedBy(headers, 'x-selected-account-id')),
  refusals,
  refuse: refusal,
  firstSteps: (url, token, account) => [
    'pip install scale-gp-beta',
    `export SGP_CLIENT_BASE_URL=${url} SGP_API_KEY=${token} SGP_ACCOUNT_ID=${account}`,
    `python -c "from scale_gp_beta import SGPClient; c = SGPClient(); c.credentials.create(name='first', type='key', payload='hello'); print(c.credentials.decrypt_by_name('first').result)"`,
  ],
}

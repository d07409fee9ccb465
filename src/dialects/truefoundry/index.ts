import type { Dialect } from '#dialects/dialect.ts'
import { shownToken } from '#dialects/credential.ts'
import { applyRoutes } from './apply.ts'
import { refusal, refusals } from './faults.ts'
import { integrationRoutes } from './integrations.ts'
import { recordRoutes } from './record.ts'
import { secretGroupRoutes } from './secret-groups.ts'
import { secretRoutes } from './secrets.ts'
import { sessionRoutes } from './session.ts'
import { teamRoutes } from './teams.ts'
import { tokenRoutes } from './tokens.ts'
import { userRoutes } from './users.ts'
import { virtualAccountTokenRoutes } from './virtual-account-tokens.ts'
import { virtualAccountRoutes } from './virtual-accounts.ts'

/** TrueFoundry: secret groups and secrets, and what its CLI and SDKs ask beside them. */
export const truefoundry: Dialect = {
  name: 'truefoundry',
  title: 'TrueFoundry secret groups and secrets',
  version: 'v1',
  prefixes: ['/api/svc'],
  openapiPath: '/api/svc/v1/openapi.json',
  security: { bearer: { type: 'http', scheme: 'bearer' } },
  routes: [
    ...secretGroupRoutes,
    ...secretRoutes,
    ...integrationRoutes,
    ...tokenRoutes,
    ...virtualAccountRoutes,
    ...virtualAccountTokenRoutes,
    ...teamRoutes,
    ...userRoutes,
    ...applyRoutes,
    ...recordRoutes,
    ...sessionRoutes,
  ],
  credential: (headers) => shownToken(headers, null, null),
  refusals,
  refuse: refusal,
  firstSteps: (url, token, account) => [
    'pip install truefoundry-sdk',
    `export TFY_HOST=${url} TFY_API_KEY=${token}`,
    `python -c "from truefoundry_sdk import TrueFoundry; c = TrueFoundry(base_url='${url}'); g = c.secret_groups.create(name='first', integration_id='${account}', secrets=[{'key': 'hello', 'value': 'world'}]).data; print(c.secrets.get(g.associated_secrets[0].id).data.value)"`,
  ],
}

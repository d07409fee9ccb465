import type { Calls } from './call.ts'

export const scaleSgpCalls: Calls = {
  params: {
    'credentials/:credential_id': ({ credential }) => credential,
    'name/:credential_name': ({ credentialName }) => credentialName,
    'secrets/:secret_id': ({ secret }) => secret,
  },
  bodies: {
    'POST-V5-/sgp/secrets': ({ mark }) => ({ key: `new-${mark}`, value: `value-n-${mark}` }),
    'PATCH-V5-/sgp/secrets/{secret_id}': ({ mark }) => ({ value: `value-o-${mark}` }),
    'POST-V5-/v5/credentials': ({ mark }) => ({
      type: 'key',
      name: `new ${mark}`,
      payload: `value-n-${mark}`,
    }),
    'PATCH-V5-/v5/credentials/{credential_id}': ({ mark }) => ({ payload: `value-o-${mark}` }),
  },
}

import { encryptionPublicKey } from '#test/support/settlers.ts'
import type { Body, Calls, Of } from './call.ts'

const newSecret: Of<Body> = ({ mark }) => ({
  name: `N_${mark.toUpperCase()}`,
  value: `value-n-${mark}`,
})
const otherValue: Of<Body> = ({ mark }) => ({ value: `value-o-${mark}` })

export const primeIntellectCalls: Calls = {
  params: {
    'secrets/:secret_id': ({ linked }) => linked,
    'environmentshub/:owner': ({ slug }) => slug,
    ':owner/:name': ({ environmentName }) => environmentName,
    'environmentshub/:env_id': ({ environment }) => environment,
    'link/:secret_id': ({ linked }) => linked,
    'variables/:var_id': ({ variable }) => variable,
    'teams/:team_id': ({ team }) => team,
  },
  special: {
    update_environment_secret: { secret_id: ({ inEnvironment }) => inEnvironment },
    delete_environment_secret: { secret_id: ({ inEnvironment }) => inEnvironment },
    unlink_secret: { secret_id: ({ linkedInEnvironment }) => linkedInEnvironment },
  },
  queries: {
    get_auth_challenge_status: ({ login }) => ({ challenge: login }),
  },
  bodies: {
    create_secret_api_v1_secrets__post: newSecret,
    create_secret_api_v1_secrets_post: newSecret,
    update_secret_api_v1_secrets__secret_id__patch: otherValue,
    resolve_environment: ({ mark }) => ({ name: `n-${mark}` }),
    create_environment_secret: newSecret,
    update_environment_secret: otherValue,
    create_environment_variable: ({ mark }) => ({
      name: `W_${mark.toUpperCase()}`,
      value: 'plain',
    }),
    update_environment_variable: () => ({ value: 'plainer' }),
    update_slug_api_v1_user_slug_patch: ({ mark }) => ({ slug: `o-${mark}` }),
    generate_auth_challenge: () => ({ encryptionPublicKey }),
  },
  tokens: {
    get_auth_challenge_status: ({ loginToken }) => loginToken,
  },
}

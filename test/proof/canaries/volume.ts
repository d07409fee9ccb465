import type { Canaries } from './canaries.ts'
import type { Sending } from './sending.ts'

const own = '/strongroom/v1'
const A_GROUP = 40

type Many = (
  canaries: Canaries,
  n: number,
) => Omit<Sending, 'about'> & { readonly operation: string }

const one = (
  operation: string,
  method: string,
  target: string,
  body: (name: string, value: string) => object,
): Many => {
  return (canaries, n) => {
    const value = canaries.make(`${operation} number ${n}`)
    return { operation, method, target, secrets: [value], body: body(`many-${n}`, value) }
  }
}

const groupOf: Many = (canaries, n) => {
  const secrets = Array.from({ length: A_GROUP }, (_, k) => ({
    key: `k-${k}`,
    value: canaries.make(`SecretGroup.post number ${n}, ${k}`),
  }))
  return {
    ...{ operation: 'SecretGroup.post', method: 'POST', target: '/api/svc/v1/secret-groups' },
    body: { name: `many-${n}`, secrets },
    secrets: secrets.map(({ value }) => value),
  }
}

/** Each API's way to keep a value; that of groups keeps many. */
const ways = (account: string): readonly Many[] => [
  one('POST-V5-/sgp/secrets', 'POST', '/v5/sgp/secrets', (key, value) => ({ key, value })),
  one('POST-V5-/v5/credentials', 'POST', '/v5/credentials', (name, payload) => ({
    ...{ type: 'key', name, payload },
  })),
  one('create_secret_api_v1_secrets_post', 'POST', '/api/v1/secrets', (name, value) => ({
    ...{ name: name.toUpperCase().replaceAll('-', '_'), value },
  })),
  one('createSecret', 'POST', `${own}/groups/secrets/secrets`, (name, value) => ({
    ...{ name: `own-${name}`, value: Buffer.from(value).toString('base64'), encoding: 'base64' },
  })),
  (canaries, n) => {
    const { body, ...group } = groupOf(canaries, n)
    return { ...group, body: { ...(body as object), integrationId: account } }
  },
]

/** Values kept through every API in turn until there are so many canaries. */
export function* many(canaries: Canaries, account: string, until: number): Generator<Sending> {
  for (let n = 0; canaries.count < until; n++) {
    for (const way of ways(account)) {
      const { operation, ...sending } = way(canaries, n)
      yield { ...sending, about: `${operation} number ${n}` }
    }
  }
}

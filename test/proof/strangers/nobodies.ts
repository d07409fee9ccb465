import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { decodeJwt, SignJWT } from 'jose'
import { mintToken, parseToken } from '#crypto/token.ts'
import type { Api } from '#test/support/api.ts'
import type { Estate } from '#test/support/estate.ts'

/** Tokens that speak for nobody, each that once did found warm by the server before it stopped to. */

const own = '/strongroom/v1'
const truefoundry = '/api/svc/v1'
const EXPIRES_MS = 1_500

/** A token of the right shape that no server ever gave. */
export const unknownToken = (): string => mintToken('user', (n) => randomBytes(n)).text

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A token that nobody has, with the key id of this token of a user`s. */
export function withAnotherSecret(token: string): string {
  const keyId = parseToken(token)?.keyId ?? ''
  const drawn = [Uint8Array.from(keyId, (digit) => DIGITS.indexOf(digit))].values()
  return mintToken('user', (n) => drawn.next().value ?? randomBytes(n)).text
}

type Maker = (estate: Estate, mark: string) => Promise<string>

const warm = async (api: Api, token: string): Promise<string> => {
  ;(await api.as(token).get(`${own}/whoami`)).expect(200)
  return token
}

interface Made {
  readonly id: string
  readonly token: string
}

async function make(admin: Api, path: string, body: object): Promise<Made> {
  const made = (await admin.post(`${own}/${path}`, body)).expect(200)
  return { id: made.str('id'), token: await warm(admin, made.str('token')) }
}

/** Warm, then taken away by this admin's request. */
const ended =
  (
    path: string,
    body: (mark: string) => object,
    end: (admin: Api, made: Made) => Promise<unknown>,
  ) =>
  async ({ admin }: Estate, mark: string): Promise<string> => {
    const made = await make(admin, path, body(mark))
    await end(admin, made)
    return made.token
  }

const user = (mark: string) => ({ email: `x-${mark}@example.com`, role: 'member' })
const service = (mark: string) => ({ name: `x-${mark}`, role: 'member' })

const suspend = async (admin: Api, path: string): Promise<void> => {
  ;(await admin.patch(`${own}/${path}`, { state: 'suspended' })).expect(200)
}

const remove = async (admin: Api, path: string): Promise<void> => {
  ;(await admin.delete(path)).expect(200)
}

export interface VirtualAccount extends Made {
  readonly jwtId: string
}

export async function virtualAccount(admin: Api, name: string): Promise<VirtualAccount> {
  const manifest = { type: 'virtual-account', name }
  const put = { body: { manifest } }
  const made = (await admin.send('PUT', `${truefoundry}/virtual-accounts`, put)).expect(200)
  const { id, jwtId } = made.json['data'] as { readonly id: string; readonly jwtId: string }
  const token = (await admin.get(`${truefoundry}/virtual-accounts/${id}/token`)).expect(200)
  return { id, jwtId, token: await warm(admin, token.str('token')) }
}

const endedVirtual =
  (end: (admin: Api, made: VirtualAccount) => Promise<unknown>): Maker =>
  async ({ admin }, mark) => {
    const made = await virtualAccount(admin, `x-${mark}`)
    await end(admin, made)
    return made.token
  }

/** A personal access token of the estate's user, made by an admin, warm. */
export async function personalToken({ admin, userEmail }: Estate, name: string): Promise<string> {
  const path = `${truefoundry}/personal-access-tokens/for-user`
  const made = (await admin.post(path, { name, userEmail })).expect(200)
  return warm(admin, made.str('token'))
}

/** A JWT of the estate's user, warm. */
export async function personalJwt({ admin, userToken }: Estate, name: string): Promise<string> {
  const body = { name, tokenType: 'jwt' }
  const made = await admin.as(userToken).post(`${truefoundry}/personal-access-tokens`, body)
  return warm(admin, made.expect(200).str('token'))
}

const revokePersonal = async ({ admin, userEmail: email }: Estate): Promise<void> => {
  const path = `${truefoundry}/personal-access-tokens/revoke/all`
  ;(await admin.send('DELETE', path, { body: { email } })).expect(200)
}

const segment = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A JWT that was good, with other parts in the place of some of its own. */
const withParts =
  (change: (parts: readonly string[]) => readonly string[]): Maker =>
  async (estate, mark) =>
    change((await personalJwt(estate, `j-${mark}`)).split('.')).join('.')

const expired: Maker = async ({ admin }, mark) => {
  const end = Date.now() + EXPIRES_MS
  const body = { name: `x-${mark}`, expires_at: new Date(end).toISOString() }
  const { token } = await make(admin, 'tokens', body)
  while ((await admin.as(token).get(`${own}/whoami`)).status !== 401) continue
  return token
}

const MAKERS: Readonly<Record<string, Maker>> = {
  'a malformed token': () => Promise.resolve('sr_user_nobody'),
  'an empty token': () => Promise.resolve(''),
  'a token with one character changed': ({ userToken }) =>
    Promise.resolve(userToken.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'))),
  'an expired token': expired,
  'a revoked token': ended(
    'tokens',
    (mark) => ({ name: `x-${mark}` }),
    (admin, { id }) => remove(admin, `${own}/tokens/${id}`),
  ),
  'the token of a suspended user': ended('users', user, (admin, { id }) =>
    suspend(admin, `users/${id}`),
  ),
  'the token of a deactivated user': ended('users', user, async (admin, { id }) => {
    const { email } = (await admin.get(`${own}/users/${id}`)).expect(200).json
    const sent = { body: { email } }
    ;(await admin.send('PATCH', `${truefoundry}/users/deactivate`, sent)).expect(200)
  }),
  'the token of a removed member': ended('users', user, (admin, { id }) =>
    remove(admin, `${own}/users/${id}`),
  ),
  'the token of a member removed by another API': ended('users', user, (admin, { id }) =>
    remove(admin, `${truefoundry}/users/${id}?forceDelete=true`),
  ),
  'the token of a suspended service account': ended('service-accounts', service, (admin, { id }) =>
    suspend(admin, `service-accounts/${id}`),
  ),
  'the token of a removed service account': ended('service-accounts', service, (admin, { id }) =>
    remove(admin, `${own}/service-accounts/${id}`),
  ),
  'the token of a removed virtual account': endedVirtual((admin, { id }) =>
    remove(admin, `${truefoundry}/virtual-accounts/${id}`),
  ),
  'a replaced token of a virtual account': endedVirtual(async (admin, { id }) => {
    const path = `${truefoundry}/virtual-accounts/${id}/regenerate-token`
    ;(await admin.post(path, { gracePeriodInMinutes: 0 })).expect(200)
  }),
  'a revoked token of a virtual account': endedVirtual((admin, { id, jwtId }) =>
    remove(admin, `${truefoundry}/virtual-accounts/${id}/jwt/${jwtId}`),
  ),
  'a revoked personal access token': async (estate, mark) => {
    const token = await personalToken(estate, `x-${mark}`)
    await revokePersonal(estate)
    return token
  },
  'a revoked JWT': async (estate, mark) => {
    const token = await personalJwt(estate, `x-${mark}`)
    await revokePersonal(estate)
    return token
  },
  'a JWT of another signer': async (estate, mark) => {
    const token = await personalJwt(estate, `x-${mark}`)
    const { privateKey } = generateKeyPairSync('ed25519')
    const header = { alg: 'EdDSA', typ: 'JWT' }
    return new SignJWT(decodeJwt(token)).setProtectedHeader(header).sign(privateKey)
  },
  'a JWT with other claims': withParts(([head = '', , signature = '']) => [
    head,
    segment({ sub: 'admin', exp: 4_102_444_800 }),
    signature,
  ]),
  'a JWT without a signature': withParts(([, claims = '']) => [
    segment({ alg: 'none', typ: 'JWT' }),
    claims,
    '',
  ]),
}

/** By what it is: the text that is shown. */
export async function nobodiesOf(estate: Estate): Promise<ReadonlyMap<string, string>> {
  const made = new Map<string, string>()
  for (const [n, [name, maker]] of Object.entries(MAKERS).entries()) {
    made.set(name, await maker(estate, `${n}-${estate.mark}`))
  }
  return made
}

/** A token that is warm when it is revoked: the next request is its first one since. */
export async function justRevoked({ admin }: Estate): Promise<string> {
  const { id, token } = await make(admin, 'tokens', { name: 'just now' })
  await remove(admin, `${own}/tokens/${id}`)
  return token
}

import { StrongroomClient } from '#client/client.ts'
import { vaultUrl } from '#client/http.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { Failure } from './failure.ts'
import { readLogin, type Login } from './login-file.ts'

type Env = Readonly<Record<string, string | undefined>>

/** A variable; one that is empty counts as one that is not set. */
const variable = (env: Env, name: string): string | undefined =>
  env[name]?.trim() === '' ? undefined : env[name]?.trim()

export const urlVariable = (env: Env): string | undefined => variable(env, 'STRONGROOM_URL')

/**
 * The vault to talk to: STRONGROOM_URL and STRONGROOM_TOKEN, else the login. A kept token goes only
 * to the vault it was kept for. Throws `Failure` when there is none.
 */
export function findVault(env: Env): StrongroomClient {
  return new StrongroomClient(connection(env))
}

function connection(env: Env): Login {
  const url = urlVariable(env)
  const token = variable(env, 'STRONGROOM_TOKEN')
  if (url !== undefined && token !== undefined) return { url, token: SecretValue.fromText(token) }
  if (token !== undefined) {
    throw new Failure('STRONGROOM_TOKEN is set without STRONGROOM_URL: set both, or log in')
  }
  const login = readLogin(env)
  if (login === null) {
    throw new Failure(
      url === undefined
        ? 'no vault is known: run `strongroom login`, or set STRONGROOM_URL and STRONGROOM_TOKEN'
        : 'STRONGROOM_URL is set without STRONGROOM_TOKEN: set both, or log in',
    )
  }
  if (url !== undefined && vaultUrl(url).href !== vaultUrl(login.url).href) {
    throw new Failure(
      'STRONGROOM_URL names another vault than the login does: set STRONGROOM_TOKEN too, or log in there',
    )
  }
  return login
}

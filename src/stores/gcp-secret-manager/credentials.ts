import type { SecretValue } from '#domain/secret-value.ts'
import { StoreFault } from '#ports/remote-store.ts'
import { credentialIn, optionalIn, requiredIn } from '#stores/credential.ts'

/** The headers that show who calls, as they are now. */
export type Shown = () => Promise<Readonly<Record<string, string>>>

/** The scope of Secret Manager (its proto files, `oauth_scopes`). */
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'

/**
 * What shows who calls. An access token is sent as it is; the key of a service account signs a token
 * itself, so that nobody is asked for one; `null` is the vendor's own chain, which may ask the
 * surroundings.
 */
export async function shownBy(credential: SecretValue | null): Promise<Shown> {
  if (credential === null) return await ambient()
  const members = credentialIn(credential)
  const token = optionalIn(members, 'access_token')
  if (token !== null) {
    const headers = { authorization: `Bearer ${token}` }
    return () => Promise.resolve(headers)
  }
  if (members['type'] === 'service_account') return await signing(members)
  throw new StoreFault(
    'refused',
    'the credential is neither {"access_token"} nor the JSON key of a service account',
  )
}

async function signing(members: Readonly<Record<string, unknown>>): Promise<Shown> {
  const email = requiredIn(members, 'client_email')
  const key = requiredIn(members, 'private_key')
  const keyId = requiredIn(members, 'private_key_id')
  const { JWT } = await import('google-auth-library')
  const jwt = new JWT({ email, key, keyId, scopes: [SCOPE] })
  jwt.useJWTAccessWithScope = true
  return async () => {
    try {
      return Object.fromEntries(await jwt.getRequestHeaders())
    } catch {
      throw new StoreFault('refused', 'the private key of the service account does not sign')
    }
  }
}

async function ambient(): Promise<Shown> {
  const { GoogleAuth } = await import('google-auth-library')
  const auth = new GoogleAuth({ scopes: [SCOPE] })
  return async () => {
    try {
      const client = await auth.getClient()
      return Object.fromEntries(await client.getRequestHeaders())
    } catch (error) {
      throw ambientFault(error)
    }
  }
}

/** Only what a server answered, or that there is nothing to show, is a refusal. */
function ambientFault(error: unknown): StoreFault {
  const { code, status } = error as { readonly code?: unknown; readonly status?: unknown }
  const answered = typeof status === 'number'
  const down = answered ? status >= 500 || status === 429 : typeof code === 'string'
  return down
    ? new StoreFault('down', 'who gives tokens here cannot be reached')
    : new StoreFault('refused', 'the surroundings give no credential for Google Cloud')
}

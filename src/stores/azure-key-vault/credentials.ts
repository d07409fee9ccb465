import type { AccessToken, TokenCredential } from '@azure/identity'
import type { SecretValue } from '#domain/secret-value.ts'
import { StoreFault } from '#ports/remote-store.ts'
import { credentialIn, optionalIn, requiredIn } from '#stores/credential.ts'

/** What shows who calls: a token, a client's secret, or for `null` the vendor's own chain. */
export async function shownBy(credential: SecretValue | null): Promise<TokenCredential> {
  if (credential === null) {
    const { DefaultAzureCredential } = await import('@azure/identity')
    return asked(new DefaultAzureCredential())
  }
  const members = credentialIn(credential)
  const token = optionalIn(members, 'access_token')
  if (token !== null) {
    return { getToken: () => Promise.resolve({ token, expiresOnTimestamp: 0 }) }
  }
  const tenant = requiredIn(members, 'tenant_id')
  const client = requiredIn(members, 'client_id')
  const secret = requiredIn(members, 'client_secret')
  const { ClientSecretCredential } = await import('@azure/identity')
  try {
    return asked(new ClientSecretCredential(tenant, client, secret, { retryOptions }))
  } catch {
    throw new StoreFault('refused', 'the credential is not one of a client')
  }
}

const retryOptions = { maxRetries: 0 }

/**
 * `inner`, asked for each request: it keeps its tokens itself. A token that ends in the past makes the
 * vault's client keep none, whose renewal in the background could end the process. Nor does it hand on
 * the signal of one call, since others wait for the same token.
 */
function asked(inner: TokenCredential): TokenCredential {
  return {
    async getToken(scopes, given = {}): Promise<AccessToken | null> {
      const options = { ...given }
      delete options.abortSignal
      try {
        const found = await inner.getToken(scopes, options)
        return found === null ? null : { token: found.token, expiresOnTimestamp: 0 }
      } catch (error) {
        throw tokenFault(error)
      }
    },
  }
}

/** Who gives tokens was not reached, or did not answer well. */
const UNREACHED = /network|ENOTFOUND|ECONN|EAI_AGAIN|ETIMEDOUT|endpoints_resolution|timed? ?out/i

function tokenFault(error: unknown): StoreFault {
  const { statusCode: status, message } = error as {
    readonly statusCode?: unknown
    readonly message?: unknown
  }
  const broken = typeof status === 'number' && (status === 429 || status >= 500)
  return broken || UNREACHED.test(String(message))
    ? new StoreFault('down', 'who gives tokens for the vault cannot be reached')
    : new StoreFault('refused', 'no token for the vault is given to this credential')
}

import { randomUUID } from 'node:crypto'
import type { AccountId, InstallationId } from '#domain/ids.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { assertNever } from '#domain/result.ts'
import type { RemoteStoreKind, Store } from '#domain/store.ts'
import type { Keyring } from '#ports/keyring.ts'
import { StoreFault, type RemoteStore, type RemoteStoreOptions } from '#ports/remote-store.ts'
import type { World } from '#ports/world.ts'
import type { OpenStore } from '#core/stores.ts'
import { credentialPlace } from '#core/store-credential.ts'
import { sealing } from '#stores/embedded/sealing.ts'
import { ValueCache } from '#stores/remote/cache.ts'
import { Guard } from '#stores/remote/guard.ts'
import { remoteStore } from '#stores/remote/store.ts'
import type { Metrics } from './metrics.ts'
import { checkAddress } from './store-address.ts'

export interface StoreSurroundings {
  readonly installation: InstallationId
  /** The account whose admins run this server. */
  readonly operator: AccountId
  readonly keyring: Keyring
  readonly world: World
  /** How long a value of a store beside our database may be kept, encrypted, in memory. */
  readonly cacheMs: number
  /** Whether stores may be at private and link-local addresses. */
  readonly privateAddresses: boolean
  /** Whether stores of every account may use what the surroundings of the server give. */
  readonly ambientCredentials: boolean
  /** What calls are counted in; `null` for nothing. */
  readonly metrics: Pick<Metrics, 'calls'> | null
}

/** Opens stores as they were set up; each vendor's SDK is loaded when its first store is. */
export function storeOpener(around: StoreSurroundings): OpenStore {
  const { keyring, world, cacheMs, installation } = around
  const random = (length: number) => world.random(length)
  return async (store, use) => {
    await checkAddress(store.config.url, around.privateAddresses)
    const ambient = around.ambientCredentials || store.account === around.operator
    const credential = await credentialOf(store, installation, keyring, random, ambient)
    return remoteStore({
      ref: store.id,
      remote: await openInstalled(store, credential, { now: () => world.now() }),
      locators: sealing(keyring, random, store.id),
      guard: new Guard({ tell: around.metrics?.calls(store, use) ?? null }),
      cache: new ValueCache(cacheMs, () => world.now()),
      newOperation: randomUUID,
    })
  }
}

async function credentialOf(
  store: Store,
  installation: InstallationId,
  keyring: Keyring,
  random: (length: number) => Uint8Array,
  ambient: boolean,
): Promise<SecretValue | null> {
  if (store.credential === null) {
    if (ambient) return null
    throw new StoreFault(
      'refused',
      "a credential is missing: what the surroundings of this server give is the operator's",
    )
  }
  const opened = await sealing(keyring, random, store.id).open(
    credentialPlace(installation, store),
    store.credential,
  )
  if (opened === null) throw new StoreFault('refused', 'the credential that is kept is damaged')
  return new SecretValue(opened)
}

/** What each kind needs beside what is installed with the server. */
const packages: Readonly<Record<RemoteStoreKind, readonly string[]>> = {
  'aws-secrets-manager': ['@aws-sdk/client-secrets-manager'],
  'aws-parameter-store': ['@aws-sdk/client-ssm'],
  'azure-key-vault': ['@azure/keyvault-secrets', '@azure/identity'],
  'gcp-secret-manager': ['@google-cloud/secret-manager', 'google-auth-library', '@grpc/grpc-js'],
  vault: [],
}

/** Opens a store by its vendor's SDK. Throws a `StoreFault`, also where that is not installed. */
export async function openInstalled(
  ...[store, credential, options]: Parameters<typeof openRemote>
): Promise<RemoteStore> {
  try {
    return await openRemote(store, credential, options)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code !== 'ERR_MODULE_NOT_FOUND') throw error
    const missing = packages[store.kind].join(' ')
    throw new StoreFault('rejected', `its client is not installed here: npm install ${missing}`)
  }
}

async function openRemote(
  { kind, config }: Pick<Store, 'kind' | 'config'>,
  credential: SecretValue | null,
  options: RemoteStoreOptions,
): Promise<RemoteStore> {
  switch (kind) {
    case 'aws-secrets-manager': {
      const { openAwsSecretsManager } = await import('#stores/aws-secrets-manager/store.ts')
      return openAwsSecretsManager(config, credential)
    }
    case 'aws-parameter-store': {
      const { openAwsParameterStore } = await import('#stores/aws-parameter-store/store.ts')
      return openAwsParameterStore(config, credential)
    }
    case 'azure-key-vault': {
      const { openAzureKeyVault } = await import('#stores/azure-key-vault/store.ts')
      return openAzureKeyVault(config, credential, options)
    }
    case 'gcp-secret-manager': {
      const { openGcpSecretManager } = await import('#stores/gcp-secret-manager/store.ts')
      return openGcpSecretManager(config, credential)
    }
    case 'vault': {
      const { openVault } = await import('#stores/vault/store.ts')
      return openVault(config, credential)
    }
    default:
      return assertNever(kind)
  }
}

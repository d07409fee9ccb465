import Type, { type Static } from 'typebox'
import type { Fault, Problem } from '#domain/fault.ts'
import { err, ok, type Result } from '#domain/result.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { STORE_PREFIX, type RemoteStoreKind, type StoreConfig } from '#domain/store.ts'
import type { Integration, Provider } from '#core/integrations.ts'
import type { GivenStore } from '#core/set-up-store.ts'
import { Nullable, NullableObject } from '#dialects/schema.ts'

/** How stores are described in the manifests of provider accounts. */

export const EMBEDDED_TYPE = 'integration/secret-store/truefoundry/db'

const types: Readonly<Record<RemoteStoreKind, string>> = {
  'aws-secrets-manager': 'integration/secret-store/aws/secrets-manager',
  'aws-parameter-store': 'integration/secret-store/aws/parameter-store',
  'azure-key-vault': 'integration/secret-store/azure/vault',
  'gcp-secret-manager': 'integration/secret-store/gcp/gsm',
  vault: 'integration/secret-store/hashicorp/vault',
}

const kinds = new Map(
  (Object.entries(types) as [RemoteStoreKind, string][]).map(([kind, type]) => [type, kind]),
)

const text = () => Type.Optional(Nullable(Type.String({ maxLength: 2_048 })))

/** Members of every kind; which count is for the kind to say. */
export const StoreManifest = Type.Object({
  type: Type.String(),
  name: Type.String(),
  region: text(),
  kms_arn: text(),
  endpoint: text(),
  key_vault_name: text(),
  vault_url: text(),
  kv_mount_path: text(),
  namespace: text(),
  root_path: Type.Optional(Nullable(Type.String({ pattern: STORE_PREFIX }))),
  project: text(),
  auth_data: Type.Optional(NullableObject()),
})

export type DescribedStore = Static<typeof StoreManifest>

const KEY_VAULT = /^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/

/** The store that a manifest describes, of this provider. */
export function givenStore(
  manifest: DescribedStore,
  provider: Provider,
  at: Problem['at'],
): Result<GivenStore, Fault> {
  const kind = kinds.get(manifest.type)
  const allowed = [...kinds.keys()].filter((type) => type.includes(`/${provider}/`))
  if (kind === undefined || !allowed.includes(manifest.type)) {
    return err({ kind: 'invalid', problems: [{ at: [...at, 'type'], rule: 'one_of', allowed }] })
  }
  const config = configOf(manifest)
  if (config === null) {
    const problem = { at: [...at, 'key_vault_name'], rule: 'pattern', pattern: KEY_VAULT.source }
    return err({ kind: 'invalid', problems: [problem as Problem] })
  }
  const { name, auth_data: auth } = manifest
  const credential = auth == null ? {} : { credential: credentialOf(auth) }
  return ok({ name, kind, config, ...credential })
}

function configOf(manifest: DescribedStore): StoreConfig | null {
  const { key_vault_name: keyVault, vault_url: vaultUrl, endpoint } = manifest
  if (keyVault != null && !KEY_VAULT.test(keyVault)) return null
  const url =
    endpoint ?? vaultUrl ?? (keyVault == null ? null : `https://${keyVault}.vault.azure.net`)
  const members = {
    ...{ url, region: manifest.region, project: manifest.project, kmsKey: manifest.kms_arn },
    ...{ mount: manifest.kv_mount_path, namespace: manifest.namespace, prefix: manifest.root_path },
  }
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value != null))
}

/** What says how to log in beside the credential itself is not part of it. */
const credentialOf = (auth: object): SecretValue =>
  SecretValue.fromText(
    JSON.stringify(Object.fromEntries(Object.entries(auth).filter(([name]) => name !== 'type'))),
  )

/** A store as a manifest describes it, never with its credential. */
export function storeManifest({ name, setUp }: Integration): Record<string, string> {
  if (setUp === null) return { type: EMBEDDED_TYPE, name }
  const { url, region, project, mount, namespace, kmsKey, prefix } = setUp.config
  const members = {
    ...{ region, project, namespace, kms_arn: kmsKey, kv_mount_path: mount, root_path: prefix },
    ...(setUp.kind === 'vault' ? { vault_url: url } : { endpoint: url }),
  }
  const said = Object.entries(members).filter(
    (member): member is [string, string] => member[1] !== undefined,
  )
  return { type: types[setUp.kind], name, ...Object.fromEntries(said) }
}

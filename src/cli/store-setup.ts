import type { StoreConfig } from '#client/wire.ts'
import { STORE_CREDENTIAL_BYTES_MAX } from '#domain/limits.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { REMOTE_STORE_KINDS, type RemoteStoreKind } from '#domain/store.ts'
import type { Flags, Given } from './command.ts'
import { Failure, Misuse } from './failure.ts'
import { readFileBytes, type Terminal } from './terminal.ts'

/** Where a store is; which of them count is its kind's own. */
export const configFlags = {
  region: { takes: 'REGION', doc: 'AWS: the region.' },
  url: { takes: 'URL', doc: 'Its address: of a Vault, a Key Vault, a private endpoint.' },
  project: { takes: 'PROJECT', doc: 'GCP: the project.' },
  mount: { takes: 'MOUNT', doc: 'Vault: where the KV v2 engine is. Default: secret.' },
  namespace: { takes: 'NAMESPACE', doc: 'Vault: the namespace.' },
  'kms-key': { takes: 'KEY', doc: 'AWS: the KMS key that encrypts there.' },
  prefix: { takes: 'PREFIX', doc: 'What every path there begins with. Default: strongroom.' },
} as const satisfies Flags

/** Where the credential of a store comes from: never from an argument. */
export const credentialFlags = {
  'credential-file': { takes: 'FILE', doc: 'Read its credential, an object of JSON, from a file.' },
  'credential-stdin': { doc: 'Read its credential from standard input.' },
} as const satisfies Flags

/** For the help of commands that take a credential. */
export const CREDENTIAL_HELP = [
  'The credential is an object of JSON, its members those of the kind:',
  'access_key_id, secret_access_key (AWS); tenant_id, client_id, client_secret (Azure); the key file',
  'of a service account (GCP); token, or role_id and secret_id (Vault).',
  'Without one, the server uses what its surroundings give, which only its operator may have.',
].join(' ')

/** A kind as it was typed. Throws `Misuse`. */
export function readKind(typed: string): RemoteStoreKind {
  const kind = REMOTE_STORE_KINDS.find((one) => one === typed)
  if (kind === undefined) throw new Misuse(`a kind is one of ${REMOTE_STORE_KINDS.join(', ')}`)
  return kind
}

/** `known` with what the flags say in its place; an empty text takes a member out. */
export function configWith(known: StoreConfig, given: Given<typeof configFlags>): StoreConfig {
  const { region, url, project, mount, namespace, 'kms-key': kms_key, prefix } = given
  const said = { region, url, project, mount, namespace, kms_key, prefix }
  const named = Object.entries(said).filter(([, text]) => text !== undefined)
  const config: StoreConfig = { ...known, ...Object.fromEntries(named) }
  return Object.fromEntries(Object.entries(config).filter(([, text]) => text !== ''))
}

/** The credential that the flags point to; `undefined` without one. Throws `Failure`. */
export async function readCredential(
  terminal: Terminal,
  given: Given<typeof credentialFlags>,
): Promise<SecretValue | undefined> {
  const { 'credential-file': path, 'credential-stdin': stdin } = given
  if (path !== undefined && stdin) {
    throw new Misuse('--credential-file and --credential-stdin exclude each other')
  }
  if (path === undefined && !stdin) return undefined
  const bytes = await (path === undefined
    ? readTyped(terminal)
    : readFileBytes(path, STORE_CREDENTIAL_BYTES_MAX))
  if (!isObject(bytes)) throw new Failure('the credential is not an object of JSON')
  return new SecretValue(bytes)
}

const readTyped = (terminal: Terminal): Promise<Uint8Array> =>
  terminal.typed
    ? terminal.ask('credential: ', STORE_CREDENTIAL_BYTES_MAX)
    : terminal.input(STORE_CREDENTIAL_BYTES_MAX)

function isObject(bytes: Uint8Array): boolean {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
  } catch {
    return false
  }
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RemoteStoreKind, StoreConfig } from '#domain/store.ts'
import { fakeKeyVault } from '#test/fakes/azure-key-vault/server.ts'
import { fakeSecretManager } from '#test/fakes/gcp-secret-manager/server.ts'
import { startMoto } from './moto.ts'
import { startOpenbao } from './openbao.ts'

/** What stands in for a vendor's store on this machine, and how it is set up with a server. */
export interface VendorStore {
  readonly kind: RemoteStoreKind
  readonly config: StoreConfig
  readonly credential: Readonly<Record<string, string>>
  /** The largest values that it takes, in bytes, where those are smaller than ours. */
  readonly limits?: { readonly text: number; readonly control: number }
  readonly stop: () => Promise<void>
}

const TOKEN = 'a-token-of-the-fake'
const AWS_KEY = { access_key_id: 'AKIAIOSFODNN7EXAMPLE', secret_access_key: 'x'.repeat(40) }

async function aws(kind: RemoteStoreKind): Promise<VendorStore> {
  const { url, stop } = await startMoto()
  return { kind, config: { region: 'us-east-1', url }, credential: AWS_KEY, stop }
}

const starts: Readonly<Record<RemoteStoreKind, () => Promise<VendorStore>>> = {
  'aws-secrets-manager': () => aws('aws-secrets-manager'),
  async 'aws-parameter-store'() {
    return { ...(await aws('aws-parameter-store')), limits: { text: 8_192, control: 6_138 } }
  },
  async 'azure-key-vault'() {
    const { url, close: stop } = await fakeKeyVault(TOKEN)
    const credential = { access_token: TOKEN }
    const limits = { text: 25_000, control: 25_000 }
    return { kind: 'azure-key-vault', config: { url }, credential, limits, stop }
  },
  async 'gcp-secret-manager'() {
    const knows = (token: string) => token === TOKEN
    const { url, project, close: stop } = await fakeSecretManager({ knows })
    const credential = { access_token: TOKEN }
    return { kind: 'gcp-secret-manager', config: { project, url }, credential, stop }
  },
  async vault() {
    const { url, token, stop } = await startOpenbao()
    return { kind: 'vault', config: { url }, credential: { token }, stop }
  },
}

/** Starts the real server, the emulator or the fake that this kind of store is tried with. */
export const startVendorStore = (kind: RemoteStoreKind): Promise<VendorStore> => starts[kind]()

/** The name of the store in a file for `serve --account-store`. */
export const ACCOUNT_STORE = 'outside'

/** What a server is started with to keep all accounts in this store; `remove` takes the file away. */
export async function accountStoreArgs({ kind, config, credential }: VendorStore) {
  const folder = await mkdtemp(join(tmpdir(), 'strongroom-store-'))
  const file = join(folder, 'store.json')
  const said = { name: ACCOUNT_STORE, kind, config, credential }
  await writeFile(file, JSON.stringify(said), { mode: 0o600 })
  return {
    args: ['--private-stores', '--account-store', file],
    remove: () => rm(folder, { recursive: true }),
  }
}

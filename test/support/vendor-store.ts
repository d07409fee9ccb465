import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RemoteStoreKind, StoreConfig } from '#domain/store.ts'
import { fakeKeyVault } from '#test/fakes/azure-key-vault/server.ts'
import { fakeSecretManager } from '#test/fakes/gcp-secret-manager/server.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import { startGrpcFaultProxy } from './grpc-fault-proxy.ts'
import { startMoto } from './moto.ts'
import { startOpenbao } from './openbao.ts'
import {
  heldInKeyVault,
  heldInOpenbao,
  heldInParameterStore,
  heldInSecretManager,
  heldInSecretsManager,
  type Held,
} from './vendor-held.ts'

/** What stands in for a vendor's store on this machine, and how it is set up with a server. */
export interface VendorStore {
  readonly kind: RemoteStoreKind
  readonly config: StoreConfig
  readonly credential: Readonly<Record<string, string>>
  /** What it holds, looked up past our own code and past whatever stands before it. */
  readonly held: () => Promise<Held>
  /** The largest values that it takes, in bytes, where those are smaller than ours. */
  readonly limits?: { readonly text: number; readonly control: number }
  readonly stop: () => Promise<void>
}

const TOKEN = 'a-token-of-the-fake'
const AWS_KEY = { access_key_id: 'AKIAIOSFODNN7EXAMPLE', secret_access_key: 'x'.repeat(40) }

type Aws = Extract<RemoteStoreKind, `aws-${string}`>

async function aws(kind: Aws, heldIn: (url: string) => Promise<Held>): Promise<VendorStore> {
  const { url, stop } = await startMoto()
  const config = { region: 'us-east-1', url }
  return { kind, config, credential: AWS_KEY, held: () => heldIn(url), stop }
}

const starts: Readonly<Record<RemoteStoreKind, () => Promise<VendorStore>>> = {
  'aws-secrets-manager': () => aws('aws-secrets-manager', heldInSecretsManager),
  async 'aws-parameter-store'() {
    const started = await aws('aws-parameter-store', heldInParameterStore)
    return { ...started, limits: { text: 8_192, control: 6_138 } }
  },
  async 'azure-key-vault'() {
    const { url, vault, close: stop } = await fakeKeyVault(TOKEN)
    const credential = { access_token: TOKEN }
    const limits = { text: 25_000, control: 25_000 }
    const held = () => Promise.resolve(heldInKeyVault(vault))
    return { kind: 'azure-key-vault', config: { url }, credential, held, limits, stop }
  },
  async 'gcp-secret-manager'() {
    const knows = (token: string) => token === TOKEN
    const { url, project, state, close: stop } = await fakeSecretManager({ knows })
    const credential = { access_token: TOKEN }
    const held = () => Promise.resolve(heldInSecretManager(state))
    return { kind: 'gcp-secret-manager', config: { project, url }, credential, held, stop }
  },
  async vault() {
    const bao = await startOpenbao()
    const { url, token, stop } = bao
    const held = () => heldInOpenbao(bao)
    return { kind: 'vault', config: { url }, credential: { token }, held, stop }
  },
}

/** Starts the real server, the emulator or the fake that this kind of store is tried with. */
export const startVendorStore = (kind: RemoteStoreKind): Promise<VendorStore> => starts[kind]()

/** Starts what can get in the way of a store; who goes through it is set up with its address. */
export function startProxyBefore({ kind, config: { url = '' } }: VendorStore): Promise<FaultProxy> {
  return kind === 'gcp-secret-manager' ? startGrpcFaultProxy(url) : startFaultProxy(url)
}

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

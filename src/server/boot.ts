import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { formatVerifierKey } from '#crypto/note.ts'
import { publicKeyOf, signingKey } from '#crypto/signing-key.ts'
import { Callers } from '#core/callers.ts'
import type { Core } from '#core/core.ts'
import { newAccount } from '#core/founding.ts'
import { Groups } from '#core/groups.ts'
import { People } from '#core/people.ts'
import { WarmKeyring } from '#core/keyring.ts'
import { idMaker } from '#core/new-id.ts'
import { abandonWrites } from '#core/reconcile.ts'
import { installationKeyContext } from '#core/root-keys.ts'
import { Secrets } from '#core/secrets.ts'
import type { GivenStore } from '#core/set-up-store.ts'
import { LogTree } from '#core/log-tree.ts'
import { Sealer } from '#core/sealer.ts'
import { Stores } from '#core/stores.ts'
import { openDatabase, type OpenedDatabase } from '#database/database.ts'
import type { InstallationId, StoreId } from '#domain/ids.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Database, Installation } from '#ports/database.ts'
import type { Keyring } from '#ports/keyring.ts'
import type { Kms } from '#ports/kms.ts'
import type { World } from '#ports/world.ts'
import { rowSeal } from '#stores/embedded/row-seal.ts'
import { credentialSealing, sealing } from '#stores/embedded/sealing.ts'
import { embeddedStore } from '#stores/embedded/store.ts'
import { readAccountStore, tryAccountStore } from './account-store.ts'
import type { Config } from './config.ts'
import type { Metrics } from './metrics.ts'
import { rightsOf } from './rights.ts'
import { openKms } from './root-key.ts'
import { storeOpener } from './stores.ts'
import { tokensOf } from './tokens.ts'

export interface Booted {
  readonly core: Core
  /** The first admin's token, on the first start only. */
  readonly firstToken: SecretValue | null
}

/** What there is before the installation is. */
interface Ground {
  readonly config: Config
  readonly world: World
  readonly opened: OpenedDatabase
  readonly kms: Kms
  readonly accountStore: GivenStore | null
  readonly metrics: Metrics | null
}

const KEY_BYTES = 32

/** Opens everything the server works with; on the first start it makes it. */
export async function boot(
  config: Config,
  world: World,
  metrics: Metrics | null = null,
): Promise<Booted> {
  const accountStore = await readAccountStore(config)
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  flushFolder(dirname(config.dataDir))
  const opened = await openDatabase(
    config.databaseUrl === null
      ? { engine: 'sqlite', path: join(config.dataDir, 'strongroom.db') }
      : { engine: 'postgres', url: config.databaseUrl },
  )
  try {
    const known = await opened.installation()
    const kms = await openKms(config, known)
    const ground: Ground = { config, world, opened, kms, accountStore, metrics }
    if (known !== null) {
      await tryOut(ground, known)
      const core = await resume(ground, known)
      await abandonWrites(core)
      return { core, firstToken: null }
    }
    return await found(ground)
  } catch (error) {
    await opened.close()
    throw error
  }
}

/** A new folder is only there after a power cut when the folder above it was flushed. */
function flushFolder(path: string): void {
  const folder = openSync(path, 'r')
  fsyncSync(folder)
  closeSync(folder)
}

/** Makes the installation with its keys and its first account, in one change. */
async function found(ground: Ground): Promise<Booted> {
  const { world, opened, kms, accountStore } = ground
  const newId = idMaker(world)
  const id = newId<'installation'>()
  await tryOut(ground, { id })
  const seed = world.random(KEY_BYTES)
  const serverKey = world.random(KEY_BYTES)
  const draft = {
    id,
    createdAt: world.now(),
    rootKey: kms.fingerprint,
    serverKey: await kms.wrap(installationKeyContext(id, 'server-key'), serverKey),
    signingKey: await kms.wrap(installationKeyContext(id, 'signing-key'), seed),
    publicKey: publicKeyOf(signingKey(seed)),
  }
  const database = opened.sealedBy(rightsOf(serverKey))
  const keyring = new WarmKeyring(database.reads, kms, world, id)
  const tokens = tokensOf(serverKey, id, world)
  seed.fill(0)
  serverKey.fill(0)
  const account = await newAccount(
    {
      ...{ world, newId, tokens, keyring, accountStore, installation: { id } },
      credentials: credentialsOf(keyring, world),
    },
    'main',
  )
  const row: Installation = { ...draft, operator: account.made.id }
  // First all that may fail: once it is committed, nobody else will ever be told the token.
  const core = await assemble(ground, row)
  const done = await database.commit({
    entries: [firstEntry(world, account.made.id)],
    resting: null,
    writes: [{ write: 'installation', row }, ...account.writes],
  })
  // Another node was first: its installation is the one.
  if (done.kind !== 'committed') {
    const known = await opened.installation()
    if (known === null) throw new Error('the first account could not be made')
    return { core: await resume(ground, known), firstToken: null }
  }
  return { core, firstToken: account.token }
}

const firstEntry = (world: World, account: Installation['operator']) =>
  ({
    at: world.now(),
    account,
    subject: null,
    token: null,
    dialect: 'server',
    address: 'local',
    action: 'account.create',
    target: { kind: 'account', id: account, name: 'main' },
    outcome: 'allowed',
    reason: null,
  }) as const

const credentialsOf =
  (keyring: Keyring, world: World): Core['credentials'] =>
  (store: StoreId) =>
    credentialSealing(sealing(keyring, (n) => world.random(n), store))

async function tryOut(
  { accountStore, config, world }: Ground,
  installation: Parameters<typeof tryAccountStore>[3],
): Promise<void> {
  if (accountStore !== null) await tryAccountStore(accountStore, config, world, installation)
}

/** What is there already. Its row could not be looked at before its own key was unwrapped. */
async function resume(ground: Ground, known: Installation): Promise<Core> {
  const core = await assemble(ground, known)
  await core.database.reads.installation()
  return core
}

async function assemble(ground: Ground, installation: Installation): Promise<Core> {
  const { config, world, opened, kms, accountStore, metrics } = ground
  const unwrapped = async (purpose: 'server-key' | 'signing-key', wrapped: Uint8Array) =>
    kms.unwrap(installationKeyContext(installation.id, purpose), wrapped)
  const serverKey = await unwrapped('server-key', installation.serverKey)
  const seed = await unwrapped('signing-key', installation.signingKey)
  const tokens = tokensOf(serverKey, installation.id, world)
  const database = opened.sealedBy(rightsOf(serverKey))
  const keyring = new WarmKeyring(database.reads, kms, world, installation.id)
  const sealer = await openSealer(config, world, database, installation, signingKey(seed))
  const random = (n: number) => world.random(n)
  serverKey.fill(0)
  seed.fill(0)
  return {
    world,
    newId: idMaker(world),
    installation,
    database,
    kms,
    keyring,
    rowSeal: rowSeal(keyring),
    stores: new Stores(
      embeddedStore(sealing(keyring, random, 'embedded')),
      database.reads,
      storeOpener({
        operator: installation.operator,
        installation: installation.id,
        keyring,
        world,
        metrics,
        ...config.stores,
      }),
    ),
    credentials: credentialsOf(keyring, world),
    accountStore,
    tokens,
    callers: new Callers(database.reads, tokens, world),
    groups: new Groups(database.reads),
    people: new People(database.reads),
    secrets: new Secrets(database.reads),
    sealer,
    logTree: new LogTree(database.log),
    retentionMs: config.retentionMs,
  }
}

export const logOrigin = (installation: InstallationId): string => `strongroom/${installation}`

/** The sealer, with the copies of the newest checkpoint and of the key to check it that it keeps. */
async function openSealer(
  { dataDir }: Config,
  world: World,
  { log }: Database,
  { id, publicKey }: Installation,
  key: ReturnType<typeof signingKey>,
): Promise<Sealer> {
  const origin = logOrigin(id)
  await writeFile(`${dataDir}.vkey`, `${formatVerifierKey({ name: origin, publicKey })}\n`, {
    flush: true,
  })
  const copy = `${dataDir}.checkpoint`
  return new Sealer({
    ...{ log, world, origin, key },
    async onCheckpoint({ note }) {
      await writeFile(`${copy}.new`, note, { flush: true })
      await rename(`${copy}.new`, copy)
    },
  })
}

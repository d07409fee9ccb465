import type { SecretClient } from '@azure/keyvault-secrets'
import type { Problem } from '#domain/fault.ts'
import { SecretValue } from '#domain/secret-value.ts'
import type { StoreConfig } from '#domain/store.ts'
import { StoreFault } from '#ports/remote-store.ts'
import type {
  Mark,
  Named,
  RemoteItem,
  RemoteList,
  RemotePut,
  RemoteStore,
  RemoteStoreOptions,
} from '#ports/remote-store.ts'
import { markIn, mustBear, mustBearNone, wordsOf } from '#stores/mark.ts'
import { pathOf } from '#stores/path.ts'
import { pause } from '#stores/pause.ts'
import { cutTo } from '#stores/text.ts'
import { connect, type Client } from './client.ts'
import { innerIn, unless, VaultFault } from './faults.ts'
import { opened, problemsOf, stored } from './value.ts'

/** Names: 127 letters, digits and `-`, of which case makes no difference (About keys, secrets…). */
const PATHS = { separator: '-', also: /-/, limit: 127 } as const

/** Of a tag's name and of its value (About secrets); 15 tags in all. */
const TAG_CHARACTERS_MAX = 256

const OPERATION = 'strongroom-operation'
const DESCRIPTION = 'strongroom-description'

/** Before the nth look at what the vault takes its time for: the vendor's own client looks every 2 seconds. */
const pauseMs = (n: number): number => Math.min(25 * 2 ** n, 2_000)

type Held = Awaited<ReturnType<SecretClient['updateSecretProperties']>>

/**
 * Azure Key Vault. Each version bears the mark in its tags, as the vault has none for a whole secret,
 * and the operation that made it, as the vault knows no request again.
 */
export async function openAzureKeyVault(
  config: StoreConfig,
  credential: SecretValue | null,
  options: RemoteStoreOptions,
): Promise<RemoteStore> {
  const { url, prefix = 'strongroom' } = config
  if (url === undefined) throw new StoreFault('rejected', 'config.url is missing')
  return new AzureKeyVault(await connect(url, credential, options.now), prefix)
}

class AzureKeyVault implements RemoteStore {
  readonly kind = 'azure-key-vault'
  readonly #client: Client
  readonly #prefix: string

  constructor(client: Client, prefix: string) {
    this.#client = client
    this.#prefix = prefix
  }

  pathOf(named: Named): string {
    return pathOf(this.#prefix, named, PATHS)
  }

  problems(value: SecretValue): readonly Problem[] {
    return problemsOf(value)
  }

  async put(put: RemotePut, signal: AbortSignal): Promise<string> {
    for (let n = 0; ; n++) {
      const held = await this.#ours(put.path, put.mark, signal)
      const before = held?.find(
        ({ tags, enabled }) => tags?.[OPERATION] === put.operation && enabled === true,
      )
      const version = before?.version ?? (await this.#set(put, signal))
      if (version !== null) return version
      await pause(pauseMs(n), 'adding a version', signal)
    }
  }

  /** One version with a mark makes the whole secret a Strongroom's. */
  async look(path: string, signal: AbortSignal): Promise<RemoteItem | null> {
    if (!/^[0-9a-zA-Z-]{1,127}$/.test(path)) return null
    const held = await this.#all(path, signal)
    const marks = held.map(({ tags }) => markIn(tags))
    return held.length === 0 ? null : { path, mark: marks.find((mark) => mark !== null) ?? null }
  }

  async peek(path: string, signal: AbortSignal): Promise<SecretValue> {
    const what = 'reading what is not ours'
    const missing = new StoreFault('missing', `${what}: there is nothing to read`)
    const there = await this.look(path, signal)
    if (there === null) throw missing
    mustBearNone(there.mark, what)
    const found = await this.#read(path, {}, what, signal)
    if (found?.value === undefined) throw missing
    const bytes = opened(found.value, found.properties.contentType)
    return bytes ?? SecretValue.fromText(found.value)
  }

  async get(path: string, version: string, signal: AbortSignal): Promise<SecretValue> {
    const what = 'reading a version'
    // Without one the vault would give the latest.
    if (!/^[0-9a-zA-Z]{1,64}$/.test(version)) {
      throw new StoreFault('missing', `${what}: it is no version`)
    }
    const found = await this.#read(path, { version }, what, signal)
    if (found === null) throw new StoreFault('missing', `${what}: it is disabled`)
    const { value, properties } = found
    const bytes = value === undefined ? null : opened(value, properties.contentType)
    if (bytes === null || properties.version !== version) {
      throw new StoreFault('down', `${what}: what came is not what was asked for`)
    }
    return bytes
  }

  async versions(path: string, mark: Mark, signal: AbortSignal): Promise<readonly string[] | null> {
    const held = await this.#ours(path, mark, signal)
    return held?.filter(({ enabled }) => enabled).flatMap(({ version }) => version ?? []) ?? null
  }

  async drop(
    path: string,
    mark: Mark,
    versions: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const held = (await this.#ours(path, mark, signal)) ?? []
    for (const { version, enabled } of held) {
      if (version !== undefined && enabled === true && versions.includes(version)) {
        await this.#disable(path, version, signal)
      }
    }
  }

  /**
   * Every version is made unreadable first: where nothing can be purged, the next put must recover
   * them all.
   */
  async remove(path: string, mark: Mark, signal: AbortSignal): Promise<void> {
    const held = await this.#ours(path, mark, signal)
    for (const { version, enabled } of held ?? []) {
      if (version !== undefined && enabled === true) await this.#disable(path, version, signal)
    }
    if (held !== null) await this.#delete(path, signal)
    else if (!(await this.#isDeletedOfOurs(path, mark, signal))) return
    await this.#purge(path, signal)
  }

  list(after: string | null, signal: AbortSignal): Promise<RemoteList> {
    return this.browse(`${this.#prefix}-`, after, signal)
  }

  async browse(beginning: string, after: string | null, signal: AbortSignal): Promise<RemoteList> {
    const begins = beginning.toLowerCase()
    const { page, next } = await this.#client.page('listing secrets', after, signal)
    const items = page
      .filter(({ name }) => name.toLowerCase().startsWith(begins))
      .map(({ name, tags }) => ({ path: name, mark: markIn(tags) }))
    return { items, next }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** Without a version, the latest; `null` when it is disabled. */
  #read(path: string, options: { version?: string }, what: string, signal: AbortSignal) {
    return this.#client.call(what, signal, async (client) => {
      try {
        return await client.getSecret(path, options)
      } catch (error) {
        // Its 403 is no refusal of the credential.
        if (innerIn(error) === 'SecretDisabled') return null
        throw error
      }
    })
  }

  async #all(path: string, signal: AbortSignal): Promise<readonly Held[]> {
    const listing = this.#client.call('listing versions', signal, async (client) => {
      const pages = client.listPropertiesOfSecretVersions(path).byPage({ maxPageSize: 25 })
      return (await Array.fromAsync(pages)).flat()
    })
    return unless([404], [], listing)
  }

  /** All versions, each of which must bear the mark; `null` when there are none. */
  async #ours(path: string, mark: Mark, signal: AbortSignal): Promise<readonly Held[] | null> {
    const held = await this.#all(path, signal)
    for (const { tags } of held) mustBear(markIn(tags), mark)
    return held.length === 0 ? null : held
  }

  /** The new version; `null` when the name is not free yet. */
  async #set(put: RemotePut, signal: AbortSignal): Promise<string | null> {
    const what = 'adding a version'
    const { value, contentType } = stored(put.value)
    const options = { contentType, tags: tagsOf(put) }
    try {
      const { properties } = await this.#client.call(what, signal, (client) =>
        client.setSecret(put.path, value, options),
      )
      if (properties.version !== undefined) return properties.version
    } catch (error) {
      if (!(error instanceof VaultFault) || error.status !== 409) throw error
      if (error.inner === 'ObjectIsDeletedButRecoverable') await this.#recover(put, signal)
      return null
    }
    throw new StoreFault('down', `${what}: the answer names none`)
  }

  async #disable(path: string, version: string, signal: AbortSignal): Promise<void> {
    await this.#client.call('disabling a version', signal, (client) =>
      client.updateSecretProperties(path, version, { enabled: false }),
    )
  }

  async #delete(path: string, signal: AbortSignal): Promise<void> {
    const deleting = this.#client.call('deleting a secret', signal, (client) =>
      client.beginDeleteSecret(path),
    )
    await unless([404, 409], null, deleting)
  }

  /** Waits until it is deleted; where purging is not allowed, it stays deleted and can be recovered. */
  async #purge(path: string, signal: AbortSignal): Promise<void> {
    const what = 'purging a secret'
    for (let n = 0; ; n++) {
      const purging = this.#client.call(what, signal, (client) => client.purgeDeletedSecret(path))
      if ((await unless([409], null, unless([403, 404], undefined, purging))) !== null) return
      await pause(pauseMs(n), what, signal)
    }
  }

  /** The tags of what is deleted and can be recovered; `null` when there is nothing like it. */
  async #deleted(path: string, signal: AbortSignal): Promise<{ tags: Held['tags'] } | null> {
    const looking = this.#client.call('looking at what is deleted', signal, async (client) => {
      const { properties } = await client.getDeletedSecret(path)
      return { tags: properties.tags }
    })
    return await unless([404], null, looking)
  }

  async #isDeletedOfOurs(path: string, mark: Mark, signal: AbortSignal): Promise<boolean> {
    const found = await this.#deleted(path, signal)
    if (found === null) return false
    mustBear(markIn(found.tags), mark)
    return true
  }

  async #recover({ path, mark }: RemotePut, signal: AbortSignal): Promise<void> {
    if (!(await this.#isDeletedOfOurs(path, mark, signal))) return
    const recovering = this.#client.call('recovering a secret', signal, (client) =>
      client.beginRecoverDeletedSecret(path),
    )
    await unless([404, 409], null, recovering)
  }
}

/** Characters that are no text for people are not risked in a tag. */
function tagsOf({ mark, operation, description }: RemotePut): Record<string, string> {
  const text = cutTo((description ?? '').replace(/\p{Cc}/gu, ' '), TAG_CHARACTERS_MAX)
  const told = text === '' ? {} : { [DESCRIPTION]: text }
  return { ...wordsOf(mark), [OPERATION]: operation, ...told }
}

import type { SecretValue } from '#domain/secret-value.ts'
import type { StoreConfig } from '#domain/store.ts'
import { StoreFault } from '#ports/remote-store.ts'
import type { Mark, RemoteItem, RemotePut, RemoteStore } from '#ports/remote-store.ts'
import { markIn, mustBear, mustBearNone, wordsOf } from '#stores/mark.ts'
import { pathOf, type PathRules } from '#stores/path.ts'
import { cutToBytes } from '#stores/text.ts'
import { Engine, markAt, unreadable, type Metadata } from './engine.ts'
import { Session } from './session.ts'
import { foreignIn, isOf, membersOf, valueIn } from './value.ts'
import { pageAfter, pageFrom } from './walk.ts'

/** Paths of 2,000 characters pass; a name with `/` at its end or with control characters does not. */
const RULES: PathRules = { separator: '/', also: /[_.-]/, limit: 900 }

/** Instead of the engine's own default, 10: older ones go at once, without a word. */
const VERSIONS_MAX = 100

/** The longest value in `custom_metadata`, which is printable and not empty (its API's page). */
const WORD_BYTES_MAX = 512

/** How often a write is tried again because another one came first. */
const WRITE_ATTEMPTS = 10

/**
 * HashiCorp Vault or OpenBao: the KV v2 engine at `config.mount` (`secret` by default) of the server
 * at `config.url`. A value of any size that we take is taken there.
 */
export function openVault(
  config: StoreConfig,
  credential: SecretValue | null,
): Promise<RemoteStore> {
  return Promise.try(() => {
    const engine = new Engine(new Session(config, credential), config.mount ?? 'secret')
    return new VaultStore(engine, config.prefix ?? 'strongroom')
  })
}

class VaultStore implements RemoteStore {
  readonly kind = 'vault'
  readonly #engine: Engine
  readonly #prefix: string

  constructor(engine: Engine, prefix: string) {
    this.#engine = engine
    this.#prefix = prefix
  }

  pathOf(named: Parameters<RemoteStore['pathOf']>[0]): string {
    return pathOf(this.#prefix, named, RULES)
  }

  problems(): readonly [] {
    return []
  }

  async put(put: RemotePut, signal: AbortSignal): Promise<string> {
    const what = 'Vault: put'
    for (let attempt = 1; attempt <= WRITE_ATTEMPTS; attempt++) {
      const metadata = await this.#ours(put.path, put.mark, what, signal)
      const before = metadata?.current ?? 0
      const again = before > 0 && (await this.#isWritten(put, before, what, signal))
      const written = again
        ? before
        : await this.#engine.write(put.path, membersOf(put), before, what, signal)
      if (written === null) continue
      await this.#describe(put, metadata?.words ?? {}, what, signal)
      return String(written)
    }
    throw new StoreFault('throttled', `${what}: others write to this path all the time`)
  }

  async get(path: string, version: string, signal: AbortSignal): Promise<SecretValue> {
    const what = 'Vault: get'
    const n = numberOf(version)
    const members = n === null ? null : await this.#engine.read(path, n, what, signal)
    if (members === null) throw new StoreFault('missing', `${what}: no such version`)
    const value = valueIn(members)
    if (value === null) throw unreadable(what)
    return value
  }

  async versions(path: string, mark: Mark, signal: AbortSignal): Promise<readonly string[] | null> {
    return (await this.#ours(path, mark, 'Vault: versions', signal))?.live ?? null
  }

  async drop(
    path: string,
    mark: Mark,
    versions: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const what = 'Vault: drop'
    const metadata = await this.#ours(path, mark, what, signal)
    const found = versions.filter((version) => metadata?.live.includes(version))
    if (found.length > 0) await this.#engine.destroy(path, found.map(Number), what, signal)
  }

  async remove(path: string, mark: Mark, signal: AbortSignal): Promise<void> {
    const what = 'Vault: remove'
    const metadata = await this.#ours(path, mark, what, signal)
    if (metadata !== null) await this.#engine.remove(path, what, signal)
  }

  list(after: string | null, signal: AbortSignal) {
    return pageAfter(this.#engine, this.#prefix, after, 'Vault: list', signal)
  }

  browse(beginning: string, after: string | null, signal: AbortSignal) {
    return pageFrom(this.#engine, beginning, after, 'Vault: browse', signal)
  }

  async look(path: string, signal: AbortSignal): Promise<RemoteItem | null> {
    const metadata = await this.#engine.metadata(path, 'Vault: look', signal)
    return metadata === null ? null : { path, mark: markIn(metadata.words) }
  }

  async peek(path: string, signal: AbortSignal): Promise<SecretValue> {
    const what = 'Vault: peek'
    const metadata = await this.#engine.metadata(path, what, signal)
    mustBearNone(markIn(metadata?.words), what)
    const current = metadata?.current ?? 0
    const members = current === 0 ? null : await this.#engine.read(path, current, what, signal)
    if (members === null) throw new StoreFault('missing', `${what}: there is nothing to read`)
    mustBearNone(markIn(members), what)
    return foreignIn(members)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** What is at a path, only if it is ours; `null` when nothing is. */
  async #ours(
    path: string,
    mark: Mark,
    what: string,
    signal: AbortSignal,
  ): Promise<Metadata | null> {
    const metadata = await this.#engine.metadata(path, what, signal)
    if (metadata !== null) {
      mustBear(await markAt(this.#engine, path, metadata, what, signal), mark)
    }
    return metadata
  }

  /** Whether the newest version is what this put wrote, when its answer was lost. */
  async #isWritten(
    { path, operation }: RemotePut,
    newest: number,
    what: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const members = await this.#engine.read(path, newest, what, signal)
    return members !== null && isOf(members, operation)
  }

  /** Sees to it that the mark and the description stand beside a secret; leaves other words alone. */
  async #describe(
    { path, mark, description }: RemotePut,
    before: Metadata['words'],
    what: string,
    signal: AbortSignal,
  ): Promise<void> {
    const others = Object.entries(before).filter(([key]) => key !== 'description')
    const wanted = { ...Object.fromEntries(others), ...wordsOf(mark), ...described(description) }
    if (isSame(before, wanted)) return
    const settings = { custom_metadata: wanted, max_versions: VERSIONS_MAX }
    await this.#engine.describe(path, settings, what, signal)
  }
}

/** A version as it is counted here. Vault takes 0 for the newest. */
const numberOf = (version: string): number | null =>
  /^[1-9][0-9]{0,8}$/.test(version) ? Number(version) : null

/** The description as far as Vault takes it. */
function described(description: string | null): { readonly description?: string } {
  const printable = (description ?? '').replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S}]+/gu, ' ').trim()
  const cut = cutToBytes(printable, WORD_BYTES_MAX).trim()
  return cut === '' ? {} : { description: cut }
}

const isSame = (a: Metadata['words'], b: Metadata['words']): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(b).every(([key, word]) => a[key] === word)

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
} from '#ports/remote-store.ts'
import { tagsOf, wordsIn } from '#stores/aws.ts'
import { unreadable } from '#stores/aws-faults.ts'
import { markIn, mustBear, mustBearNone, wordsOf } from '#stores/mark.ts'
import { pathOf, type PathRules } from '#stores/path.ts'
import { pause } from '#stores/pause.ts'
import { sizeProblems } from '#stores/sizes.ts'
import { cutToBytes, plainTextOf } from '#stores/text.ts'
import { droppedIn, droppedWords } from './dropped.ts'
import { Service, type Description, type Held } from './service.ts'

/**
 * A name: 512 of these, not with a hyphen and six characters at its end, which would read as part
 * of an ARN (CreateSecret’s page); ours ends in a slash and 25 letters and digits.
 */
const RULES: PathRules = { separator: '/', also: /[_+=.@-]/, limit: 512 }

/** `SecretString` and `SecretBinary` (the SDK’s model). */
const VALUE_BYTES_MAX = 65_536

/** `Description`: characters in the SDK’s model; an emulator counts bytes, which fits both. */
const DESCRIPTION_BYTES_MAX = 2_048

/** The pauses while a name is still being deleted; that takes seconds, no promise is made. */
const PAUSES_MS = [0, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]

/** AWS Secrets Manager of the region `config.region`; a version is a version there. */
export async function openAwsSecretsManager(
  config: StoreConfig,
  credential: SecretValue | null,
): Promise<RemoteStore> {
  const sdk = await import('@aws-sdk/client-secrets-manager')
  return new SecretsManagerStore(new Service(sdk, config, credential), config)
}

type Read = NonNullable<Awaited<ReturnType<Service['get']>>>

class SecretsManagerStore implements RemoteStore {
  readonly kind = 'aws-secrets-manager'
  readonly #service: Service
  readonly #prefix: string
  readonly #kmsKey: string | undefined

  constructor(service: Service, { prefix = 'strongroom', kmsKey }: StoreConfig) {
    this.#service = service
    this.#prefix = prefix
    this.#kmsKey = kmsKey
  }

  pathOf(named: Named): string {
    return pathOf(this.#prefix, named, RULES)
  }

  problems(value: SecretValue): readonly Problem[] {
    return sizeProblems(value, VALUE_BYTES_MAX)
  }

  async put(put: RemotePut, signal: AbortSignal): Promise<string> {
    const what = 'Secrets Manager: put'
    if (this.problems(put.value).length > 0) {
      throw new StoreFault('rejected', `${what}: a value is 1 to ${VALUE_BYTES_MAX} bytes`)
    }
    for (const ms of PAUSES_MS) {
      if (ms > 0) await pause(ms, what, signal)
      const found = await this.#ours(put.path, put.mark, what, signal)
      const version = await (found === null
        ? this.#create(put, what, signal)
        : this.#add(put, found, what, signal))
      if (version !== null) return version
    }
    throw new StoreFault('throttled', `${what}: the name is still being deleted`)
  }

  async get(path: string, version: string, signal: AbortSignal): Promise<SecretValue> {
    const what = 'Secrets Manager: get'
    const missing = new StoreFault('missing', `${what}: no such version`)
    if (!isVersion(version)) throw missing
    const [found, held] = await Promise.all([
      this.#service.describe(path, what, signal),
      this.#service.get(path, version, what, signal),
    ])
    if (found === null || found.leaving || held === null) throw missing
    if (droppedIn(found.words).has(version)) throw missing
    if (held.VersionId !== version) throw unreadable(what)
    return valueIn(held, what)
  }

  async versions(path: string, mark: Mark, signal: AbortSignal): Promise<readonly string[] | null> {
    const what = 'Secrets Manager: versions'
    const found = await this.#ours(path, mark, what, signal)
    if (found === null || found.leaving) return null
    const dropped = droppedIn(found.words)
    const all = await this.#service.versions(path, what, signal)
    return all.filter((version) => !dropped.has(version))
  }

  async drop(
    path: string,
    mark: Mark,
    versions: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const what = 'Secrets Manager: drop'
    const found = await this.#ours(path, mark, what, signal)
    if (found === null) return
    const dropped = droppedIn(found.words)
    const left = versions.filter((version) => isVersion(version) && !dropped.has(version))
    if (left.length === 0) return
    await this.#service.tag(path, tagsOf(droppedWords(left)), what, signal)
  }

  async remove(path: string, mark: Mark, signal: AbortSignal): Promise<void> {
    const what = 'Secrets Manager: remove'
    const found = await this.#ours(path, mark, what, signal)
    if (found !== null) await this.#service.remove(path, what, signal)
  }

  list(after: string | null, signal: AbortSignal): Promise<RemoteList> {
    return this.browse(`${this.#prefix}/`, after, signal)
  }

  async browse(beginning: string, after: string | null, signal: AbortSignal): Promise<RemoteList> {
    const page = await this.#service.list(beginning, after, 'Secrets Manager: list', signal)
    const items = page.secrets
      .map(({ Name = '', Tags = [] }) => ({ path: Name, mark: markIn(wordsIn(Tags)) }))
      .filter(({ path }) => path.startsWith(beginning))
    return { items, next: page.next }
  }

  async look(path: string, signal: AbortSignal): Promise<RemoteItem | null> {
    const found = await this.#service.describe(path, 'Secrets Manager: look', signal)
    return found === null || found.leaving ? null : { path, mark: markIn(found.words) }
  }

  async peek(path: string, signal: AbortSignal): Promise<SecretValue> {
    const what = 'Secrets Manager: peek'
    const found = await this.#service.describe(path, what, signal)
    mustBearNone(markIn(found?.words), what)
    const readable = found !== null && !found.leaving
    const held = readable ? await this.#service.get(path, null, what, signal) : null
    if (held === null) throw new StoreFault('missing', `${what}: there is nothing to read`)
    return valueIn(held, what)
  }

  close(): Promise<void> {
    this.#service.close()
    return Promise.resolve()
  }

  /** What is at a path, only if it is ours; `null` when nothing is. */
  async #ours(
    path: string,
    mark: Mark,
    what: string,
    signal: AbortSignal,
  ): Promise<Description | null> {
    const found = await this.#service.describe(path, what, signal)
    if (found !== null) mustBear(markIn(found.words), mark)
    return found
  }

  /** `null` when the name is taken after all. */
  #create(put: RemotePut, what: string, signal: AbortSignal): Promise<string | null> {
    const { path, operation, mark } = put
    const tags = tagsOf(wordsOf(mark))
    const description = cutToBytes(put.description ?? '', DESCRIPTION_BYTES_MAX)
    const creation = { path, operation, held: heldOf(put.value), description, tags }
    return this.#service.create({ ...creation, kmsKey: this.#kmsKey }, what, signal)
  }

  /** `null` when what was found is on its way out. */
  async #add(
    put: RemotePut,
    found: Description,
    what: string,
    signal: AbortSignal,
  ): Promise<string | null> {
    const { path, operation, value } = put
    if (found.leaving) await this.#service.restore(path, what, signal)
    const version = await this.#service.put({ path, operation, held: heldOf(value) }, what, signal)
    const description = cutToBytes(put.description ?? '', DESCRIPTION_BYTES_MAX)
    if (version !== null && description !== found.description) {
      await this.#service.redescribe(path, description, what, signal)
    }
    return version
  }
}

function valueIn({ SecretString: text, SecretBinary: bytes }: Read, what: string): SecretValue {
  if (text !== undefined) return SecretValue.fromText(text)
  if (bytes !== undefined) return new SecretValue(bytes)
  throw unreadable(what)
}

/** Text where it is plain, so that whoever reads it with other tools gets text. */
function heldOf(value: SecretValue): Held {
  const text = plainTextOf(value.reveal())
  return text === null ? { SecretBinary: value.reveal() } : { SecretString: text }
}

/** A version’s name is the operation that wrote it: 32 to 64 characters (the SDK’s model). */
const isVersion = (version: string): boolean => /^[A-Za-z0-9-]{32,64}$/.test(version)

import { SecretValue } from '#domain/secret-value.ts'
import type { Problem } from '#domain/fault.ts'
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
import { markIn, mustBear, mustBearNone, wordsOf } from '#stores/mark.ts'
import { pathOf } from '#stores/path.ts'
import { pause } from '#stores/pause.ts'
import { sizeProblems } from '#stores/sizes.ts'
import { cutTo } from '#stores/text.ts'
import { Calls } from './calls.ts'
import { connect, type Connection } from './connect.ts'
import { crc32c } from './crc32c.ts'
import { shownBy } from './credentials.ts'
import { unless } from './faults.ts'

/** "Must be no larger than 64KiB" (resources.proto, SecretPayload). */
const VALUE_BYTES_MAX = 65_536

/** Ids: 255 characters of letters, digits, `-` and `_` (service.proto, CreateSecretRequest). */
const PATHS = { separator: '-', also: /[_-]/, limit: 255 } as const

/**
 * "The total size of annotation keys and values must be less than 16KiB" (resources.proto, Secret):
 * as UTF-8 these are 12 KiB at most, and the mark with all keys is less than 1 KiB.
 */
const DESCRIPTION_CHARACTERS_MAX = 4_096
const DESCRIPTION = 'strongroom-description'

/** A page of the largest secrets stays within the largest answer that is taken (connect.ts). */
const PAGE = 100

const PAUSE_MS = 250

/** An etag is quoted (the vendor's page on etags), so no secret has this one. */
const NO_ETAG = '"strongroom"'

interface Payload {
  readonly data?: unknown
  readonly dataCrc32c?: unknown
}

/** What is being done while it waits. */
const ADDING = 'adding a version'

/** Google Cloud Secret Manager, by gRPC. Only access by number is strongly consistent, and only it is trusted. */
export async function openGcpSecretManager(
  config: StoreConfig,
  credential: SecretValue | null,
): Promise<RemoteStore> {
  const { project, url, prefix = 'strongroom' } = config
  if (project === undefined) throw new StoreFault('rejected', 'config.project is missing')
  if (!/^[a-z0-9][a-z0-9.:-]{0,62}$/.test(project)) {
    throw new StoreFault('rejected', 'config.project is not the name of a project')
  }
  const shown = await shownBy(credential)
  return new GcpSecretManager(await connect(url ?? null), shown, `projects/${project}`, prefix)
}

class GcpSecretManager implements RemoteStore {
  readonly kind = 'gcp-secret-manager'
  readonly #connection: Connection
  readonly #calls: Calls
  readonly #project: string
  readonly #prefix: string

  constructor(
    connection: Connection,
    shown: ConstructorParameters<typeof Calls>[1],
    project: string,
    prefix: string,
  ) {
    this.#connection = connection
    this.#calls = new Calls(connection.stub, shown, connection.newMetadata)
    this.#project = project
    this.#prefix = prefix
  }

  pathOf(named: Named): string {
    return pathOf(this.#prefix, named, PATHS)
  }

  problems(value: SecretValue): readonly Problem[] {
    return sizeProblems(value, VALUE_BYTES_MAX)
  }

  async put(put: RemotePut, signal: AbortSignal): Promise<string> {
    let there = await this.#bears(put.path, put.mark, signal)
    for (;;) {
      if (there || (await this.#create(put, signal))) {
        const version = await this.#add(put, signal)
        if (version !== null) return version
        there = false
      } else {
        there = await this.#bears(put.path, put.mark, signal)
        if (!there) await pause(PAUSE_MS, ADDING, signal)
      }
    }
  }

  async get(path: string, version: string, signal: AbortSignal): Promise<SecretValue> {
    const what = 'reading a version'
    if (!isNumber(version)) throw new StoreFault('missing', `${what}: it is no number`)
    const name = `${this.#name(path)}/versions/${version}`
    const answer = await unless(
      ['FAILED_PRECONDITION'],
      null,
      this.#calls.call('accessSecretVersion', { name }, signal),
    )
    if (answer === null) throw new StoreFault('missing', `${what}: it is disabled or destroyed`)
    const data = wholeIn(answer.payload)
    if (data === null || numberIn(answer.name) !== version) throw astray(what)
    return new SecretValue(data)
  }

  async look(path: string, signal: AbortSignal): Promise<RemoteItem | null> {
    // Elsewhere in a name these would make it another one.
    if (!/^[A-Za-z0-9_-]+$/.test(path)) return null
    const looking = this.#calls.call('getSecret', { name: this.#name(path) }, signal)
    const secret = await unless(['NOT_FOUND'], null, looking)
    return secret === null ? null : { path, mark: markIn(secret.annotations) }
  }

  /** What somebody else added a moment ago may not be seen yet: nothing but the number is sure. */
  async peek(path: string, signal: AbortSignal): Promise<SecretValue> {
    const what = 'reading what is not ours'
    const missing = new StoreFault('missing', `${what}: there is nothing to read`)
    const there = await this.look(path, signal)
    if (there === null) throw missing
    mustBearNone(there.mark, what)
    const name = `${this.#name(path)}/versions/latest`
    const reading = this.#calls.call('accessSecretVersion', { name }, signal)
    const answer = await unless(['FAILED_PRECONDITION', 'NOT_FOUND'], null, reading)
    if (answer === null) throw missing
    const data = wholeIn(answer.payload)
    if (data === null) throw astray(what)
    return new SecretValue(data)
  }

  async versions(path: string, mark: Mark, signal: AbortSignal): Promise<readonly string[] | null> {
    if (!(await this.#bears(path, mark, signal))) return null
    const found: string[] = []
    let pageToken = ''
    do {
      const request = { parent: this.#name(path), pageSize: 1000, pageToken }
      const page = await this.#calls.call('listSecretVersions', request, signal)
      for (const { name, state } of page.versions ?? []) {
        const number = numberIn(name)
        if (state === 'ENABLED' && number !== null) found.push(number)
      }
      pageToken = page.nextPageToken ?? ''
    } while (pageToken !== '')
    return found
  }

  async drop(
    path: string,
    mark: Mark,
    versions: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    if ((await this.#etag(path, mark, signal)) === null) return
    for (const version of versions) {
      if (isNumber(version)) await this.#destroy(path, version, signal)
    }
  }

  async remove(path: string, mark: Mark, signal: AbortSignal): Promise<void> {
    const etag = await this.#etag(path, mark, signal)
    if (etag === null) return
    const request = { name: this.#name(path), etag }
    const done = await unless(
      ['FAILED_PRECONDITION'],
      null,
      unless(['NOT_FOUND'], {}, this.#calls.call('deleteSecret', request, signal)),
    )
    if (done === null) throw new StoreFault('down', 'removing a secret: it changed meanwhile')
  }

  list(after: string | null, signal: AbortSignal): Promise<RemoteList> {
    return this.browse(`${this.#prefix}-`, after, signal)
  }

  async browse(begins: string, after: string | null, signal: AbortSignal): Promise<RemoteList> {
    // No name has other characters, and a filter might take them for its own.
    if (!/^[A-Za-z0-9_-]*$/.test(begins)) return { items: [], next: null }
    const request = {
      parent: this.#project,
      pageSize: PAGE,
      pageToken: after ?? '',
      filter: begins === '' ? '' : `name:${begins}`,
    }
    const page = await this.#calls.call('listSecrets', request, signal)
    const items = (page.secrets ?? [])
      .map(({ name, annotations }) => ({
        path: (name ?? '').split('/').at(-1) ?? '',
        mark: markIn(annotations),
      }))
      .filter(({ path }) => path.startsWith(begins))
    const next = page.nextPageToken ?? ''
    return { items, next: next === '' ? null : next }
  }

  async close(): Promise<void> {
    await this.#connection.close()
  }

  #name(path: string): string {
    return `${this.#project}/secrets/${path}`
  }

  /** Whether it is there, as far as is seen yet; throws when it is not ours. */
  async #bears(path: string, mark: Mark, signal: AbortSignal): Promise<boolean> {
    return (await this.#seen(path, mark, signal)) !== null
  }

  async #seen(path: string, mark: Mark, signal: AbortSignal): Promise<string | null> {
    const looking = this.#calls.call('getSecret', { name: this.#name(path) }, signal)
    const secret = await unless(['NOT_FOUND'], null, looking)
    if (secret === null) return null
    mustBear(markIn(secret.annotations), mark)
    return secret.etag ?? ''
  }

  /**
   * The etag of what is there and ours; `null` when nothing is. A look may miss for minutes what is
   * there, so absence is asked for by a removal that no etag lets through.
   */
  async #etag(path: string, mark: Mark, signal: AbortSignal): Promise<string | null> {
    const seen = await this.#seen(path, mark, signal)
    if (seen !== null) return seen
    const request = { name: this.#name(path), etag: NO_ETAG }
    const absent = await unless(
      ['FAILED_PRECONDITION', 'INVALID_ARGUMENT', 'ABORTED'],
      false,
      unless(['NOT_FOUND'], true, this.#calls.call('deleteSecret', request, signal)),
    )
    if (absent === true) return null
    throw new StoreFault('down', 'looking at a secret: the store does not show it yet')
  }

  /** Whether it was not there until now. */
  async #create({ path, mark, description }: RemotePut, signal: AbortSignal): Promise<boolean> {
    const text = cutTo(description ?? '', DESCRIPTION_CHARACTERS_MAX)
    const annotations = { ...wordsOf(mark), ...(text === '' ? {} : { [DESCRIPTION]: text }) }
    const request = {
      parent: this.#project,
      secretId: path,
      secret: { replication: { automatic: {} }, annotations },
    }
    const made = this.#calls.call('createSecret', request, signal)
    return (await unless(['ALREADY_EXISTS'], null, made)) !== null
  }

  /** The number of the new version; `null` when the secret is gone. */
  async #add({ path, value }: RemotePut, signal: AbortSignal): Promise<string | null> {
    const data = value.reveal()
    const payload = { data, dataCrc32c: crc32c(data) }
    const request = { parent: this.#name(path), payload }
    const added = this.#calls.call('addSecretVersion', request, signal)
    const version = await unless(['NOT_FOUND'], null, added)
    if (version === null) return null
    const number = numberIn(version.name)
    if (number === null) throw new StoreFault('down', `${ADDING}: the answer names none`)
    return number
  }

  /** What cannot be destroyed counts as gone if it cannot be read either. */
  async #destroy(path: string, version: string, signal: AbortSignal): Promise<void> {
    const name = `${this.#name(path)}/versions/${version}`
    const destroying = this.#calls.call('destroySecretVersion', { name }, signal)
    if ((await unless(['FAILED_PRECONDITION', 'NOT_FOUND'], null, destroying)) !== null) return
    const reading = this.#calls.call('accessSecretVersion', { name }, signal)
    if ((await unless(['FAILED_PRECONDITION', 'NOT_FOUND'], null, reading)) === null) return
    throw new StoreFault('rejected', 'destroying a version: the store refuses it')
  }
}

/** The bytes of a payload; `null` when they are not those that its sum is of. */
function wholeIn(payload: Payload | null | undefined): Uint8Array | null {
  const { data, dataCrc32c: sum } = payload ?? {}
  return data instanceof Uint8Array && String(sum) === String(crc32c(data)) ? data : null
}

const astray = (what: string): StoreFault =>
  new StoreFault('down', `${what}: what came is not what the store says it sent`)

const isNumber = (version: string): boolean => /^[1-9][0-9]{0,18}$/.test(version)

/** The number at the end of the name of a version. */
const numberIn = (name: string | null | undefined): string | null =>
  /\/versions\/([1-9][0-9]{0,18})$/.exec(name ?? '')?.[1] ?? null

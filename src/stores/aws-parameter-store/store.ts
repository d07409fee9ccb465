import type { PutParameterCommandInput } from '@aws-sdk/client-ssm'
import type { Problem } from '#domain/fault.ts'
import { SecretValue } from '#domain/secret-value.ts'
import type { StoreConfig } from '#domain/store.ts'
import { StoreFault } from '#ports/remote-store.ts'
import type { Mark, Named, RemoteItem, RemoteList, RemotePut } from '#ports/remote-store.ts'
import type { RemoteStore } from '#ports/remote-store.ts'
import { tagsOf } from '#stores/aws.ts'
import { unreadable } from '#stores/aws-faults.ts'
import { markIn, mustBear, mustBearNone, wordsOf } from '#stores/mark.ts'
import { pathOf, type PathRules } from '#stores/path.ts'
import { pause } from '#stores/pause.ts'
import { sizeProblems } from '#stores/sizes.ts'
import { cutTo } from '#stores/text.ts'
import { Service } from './service.ts'
import { limitOf, spelled, STANDARD_BYTES_MAX, valueIn } from './value.ts'

/**
 * A name: these, in at most 15 levels, 1,011 characters with the part of the ARN that goes before
 * (PutParameter’s page); a label is said after it. Ours has five levels.
 */
const RULES: PathRules = { separator: '/', also: /[_.-]/, limit: 800 }

/** `Description` (the SDK’s model). */
const DESCRIPTION_CHARACTERS_MAX = 1_024

/** The pauses while a name that was just deleted is not free yet: 30 s (DeleteParameter’s page). */
const PAUSES_MS = [0, 200, 1_000, 5_000, 10_000, 15_000]

/**
 * AWS Systems Manager Parameter Store of the region `config.region`: a secret is a SecureString. Its
 * numbers begin again after it is deleted, and no version can be deleted alone; so a version is
 * known by a label of its own, without which it is not read.
 */
export async function openAwsParameterStore(
  config: StoreConfig,
  credential: SecretValue | null,
): Promise<RemoteStore> {
  if (/^(?:aws|ssm)/i.test(config.prefix ?? '')) {
    throw new StoreFault('rejected', 'config.prefix may not begin with aws or ssm here')
  }
  const sdk = await import('@aws-sdk/client-ssm')
  return new ParameterStore(new Service(sdk, config, credential), config)
}

class ParameterStore implements RemoteStore {
  readonly kind = 'aws-parameter-store'
  readonly #service: Service
  readonly #prefix: string
  readonly #kmsKey: string | undefined

  constructor(service: Service, { prefix = 'strongroom', kmsKey }: StoreConfig) {
    this.#service = service
    this.#prefix = prefix
    this.#kmsKey = kmsKey
  }

  pathOf(named: Named): string {
    return `/${pathOf(this.#prefix, named, RULES)}`
  }

  problems(value: SecretValue): readonly Problem[] {
    return sizeProblems(value, limitOf(value))
  }

  async put(put: RemotePut, signal: AbortSignal): Promise<string> {
    const what = 'Parameter Store: put'
    const { path, mark, value } = put
    if (this.problems(value).length > 0) {
      throw new StoreFault('rejected', `${what}: a value is 1 to ${limitOf(value)} bytes`)
    }
    for (const ms of PAUSES_MS) {
      if (ms > 0) await pause(ms, what, signal)
      const there = await this.#isOurs(path, mark, what, signal)
      const n = await this.#write(put, there, what, signal)
      if (n === null) continue
      const label = labelOf(put.operation)
      await this.#service.label(path, n, label, what, signal)
      return label
    }
    throw new StoreFault('throttled', `${what}: the name is not free yet`)
  }

  async get(path: string, version: string, signal: AbortSignal): Promise<SecretValue> {
    const what = 'Parameter Store: get'
    const text = isLabel(version) ? await this.#service.get(path, version, what, signal) : null
    if (text === null) throw new StoreFault('missing', `${what}: no such version`)
    const value = valueIn(text)
    if (value === null) throw unreadable(what)
    return value
  }

  async versions(path: string, mark: Mark, signal: AbortSignal): Promise<readonly string[] | null> {
    const what = 'Parameter Store: versions'
    if (!(await this.#isOurs(path, mark, what, signal))) return null
    const kept = await this.#service.history(path, what, signal)
    return kept.flatMap(({ labels }) => labels.filter(isLabel))
  }

  async drop(
    path: string,
    mark: Mark,
    versions: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const what = 'Parameter Store: drop'
    if (!(await this.#isOurs(path, mark, what, signal))) return
    for (const { n, labels } of await this.#service.history(path, what, signal)) {
      const found = labels.filter((label) => isLabel(label) && versions.includes(label))
      if (found.length > 0) await this.#service.unlabel(path, { n, labels: found }, what, signal)
    }
  }

  async remove(path: string, mark: Mark, signal: AbortSignal): Promise<void> {
    const what = 'Parameter Store: remove'
    if (await this.#isOurs(path, mark, what, signal)) await this.#service.remove(path, what, signal)
  }

  list(after: string | null, signal: AbortSignal): Promise<RemoteList> {
    return this.#page({ beneath: `/${this.#prefix}` }, after, 'Parameter Store: list', signal)
  }

  browse(beginning: string, after: string | null, signal: AbortSignal): Promise<RemoteList> {
    return this.#page({ beginning }, after, 'Parameter Store: browse', signal)
  }

  async look(path: string, signal: AbortSignal): Promise<RemoteItem | null> {
    const words = await this.#service.words(path, 'Parameter Store: look', signal)
    return words === null ? null : { path, mark: markIn(words) }
  }

  async peek(path: string, signal: AbortSignal): Promise<SecretValue> {
    const what = 'Parameter Store: peek'
    const words = await this.#service.words(path, what, signal)
    mustBearNone(markIn(words), what)
    const text = words === null ? null : await this.#service.newest(path, what, signal)
    if (text === null) throw new StoreFault('missing', `${what}: there is nothing to read`)
    return SecretValue.fromText(text)
  }

  close(): Promise<void> {
    this.#service.close()
    return Promise.resolve()
  }

  async #page(
    of: Parameters<Service['names']>[0],
    after: string | null,
    what: string,
    signal: AbortSignal,
  ): Promise<RemoteList> {
    const { names, next } = await this.#service.names(of, after, what, signal)
    const items: RemoteItem[] = []
    for (const path of names) {
      const words = await this.#service.words(path, what, signal)
      if (words !== null) items.push({ path, mark: markIn(words) })
    }
    return { items, next }
  }

  /** Whether something is at a path; it is ours then, or this throws. */
  async #isOurs(path: string, mark: Mark, what: string, signal: AbortSignal): Promise<boolean> {
    const words = await this.#service.words(path, what, signal)
    if (words === null) return false
    mustBear(markIn(words), mark)
    return true
  }

  /** Gives the number of the version; `null` when the name is taken after all. */
  async #write(
    put: RemotePut,
    there: boolean,
    what: string,
    signal: AbortSignal,
  ): Promise<number | null> {
    const input = { ...this.#inputOf(put), ...onlyIf(there, put.mark) }
    const written = await this.#service.put(input, what, signal)
    if (written === 'taken') return null
    if (written !== 'full') return written
    await this.#letGo(put.path, what, signal)
    const again = await this.#service.put(input, what, signal)
    if (typeof again === 'number') return again
    throw new StoreFault('throttled', `${what}: others write to this parameter all the time`)
  }

  #inputOf({ path, value, description }: RemotePut): PutParameterCommandInput {
    const text = spelled(value)
    // A parameter that is advanced cannot be standard again; here that tier is chosen only if needed.
    const advanced = Buffer.byteLength(text) > STANDARD_BYTES_MAX
    return {
      ...{ Name: path, Value: text, Type: 'SecureString' },
      Description: cutTo(description ?? '', DESCRIPTION_CHARACTERS_MAX),
      Tier: advanced ? 'Advanced' : 'Intelligent-Tiering',
      ...(this.#kmsKey === undefined ? {} : { KeyId: this.#kmsKey }),
    }
  }

  /** Takes the labels off the oldest version, so that it can make room for another one. */
  async #letGo(path: string, what: string, signal: AbortSignal): Promise<void> {
    const kept = await this.#service.history(path, what, signal)
    const oldest = kept.toSorted((a, b) => a.n - b.n)[0]
    if (oldest !== undefined && oldest.labels.length > 0) {
      await this.#service.unlabel(path, oldest, what, signal)
    }
  }
}

/** Tags are taken only with the first version: what is there then is ours from the start. */
const onlyIf = (
  there: boolean,
  mark: Mark,
): Pick<PutParameterCommandInput, 'Overwrite' | 'Tags'> =>
  there ? { Overwrite: true } : { Overwrite: false, Tags: tagsOf(wordsOf(mark)) }

/** A label does not begin with a digit, `aws` or `ssm` (LabelParameterVersion’s page). */
const labelOf = (operation: string): string => `v-${operation}`

const isLabel = (version: string): boolean => /^v-[A-Za-z0-9-]{36}$/.test(version)

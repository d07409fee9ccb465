import type * as Sdk from '@aws-sdk/client-ssm'
import type { SecretValue } from '#domain/secret-value.ts'
import type { StoreConfig } from '#domain/store.ts'
import { BELOW_READING, clientSettings, limitAnswers, wordsIn } from '#stores/aws.ts'
import { otherwise, sent, unreadable } from '#stores/aws-faults.ts'

/** One version as history tells of it. */
export interface Kept {
  readonly n: number
  readonly labels: readonly string[]
}

/** The longest page of `DescribeParameters` and `GetParameterHistory` (the SDK’s model). */
const PAGE = 50

/** Parameter Store: each method is one request, but for history. */
export class Service {
  readonly #sdk: typeof Sdk
  readonly #client: Sdk.SSMClient

  constructor(sdk: typeof Sdk, config: StoreConfig, credential: SecretValue | null) {
    this.#sdk = sdk
    this.#client = new sdk.SSMClient(clientSettings(config, credential))
    this.#client.middlewareStack.add(limitAnswers, { ...BELOW_READING, name: 'limitAnswers' })
  }

  /** The tags of a parameter; `null` when nothing is there. */
  async words(path: string, what: string, signal: AbortSignal) {
    const input = { ResourceType: 'Parameter', ResourceId: path } as const
    const command = new this.#sdk.ListTagsForResourceCommand(input)
    const answer = this.#client.send(command, { abortSignal: signal })
    const found = await otherwise(null, sent(answer, what, signal, ['InvalidResourceId']))
    if (found === null) return null
    if (found.TagList === undefined) throw unreadable(what)
    return wordsIn(found.TagList)
  }

  /**
   * Writes a version; gives its number. `taken` when it was to be the first and is not, `full` when
   * there are 100, the oldest of which has a label.
   */
  async put(input: Sdk.PutParameterCommandInput, what: string, signal: AbortSignal) {
    const command = new this.#sdk.PutParameterCommand(input)
    const answer = this.#client.send(command, { abortSignal: signal })
    const taken = otherwise('taken', sent(answer, what, signal, [TAKEN, FULL]), TAKEN)
    const made = await otherwise('full', taken, FULL)
    if (made === 'taken' || made === 'full') return made
    if (made.Version === undefined) throw unreadable(what)
    return made.Version
  }

  /** Puts a label on a version, and takes it off any other. */
  async label(path: string, n: number, label: string, what: string, signal: AbortSignal) {
    const input = { Name: path, ParameterVersion: n, Labels: [label] }
    const command = new this.#sdk.LabelParameterVersionCommand(input)
    const done = await sent(this.#client.send(command, { abortSignal: signal }), what, signal)
    if (done.InvalidLabels?.includes(label) === true) throw unreadable(what)
  }

  async unlabel(
    path: string,
    { n, labels }: Kept,
    what: string,
    signal: AbortSignal,
  ): Promise<void> {
    const input = { Name: path, ParameterVersion: n, Labels: [...labels] }
    const command = new this.#sdk.UnlabelParameterVersionCommand(input)
    const answer = this.#client.send(command, { abortSignal: signal })
    await otherwise(null, sent(answer, what, signal, [MISSING, VERSION_MISSING]))
  }

  /** The value of the version with this label; `null` when there is none. */
  async get(path: string, label: string, what: string, signal: AbortSignal) {
    const input = { Name: `${path}:${label}`, WithDecryption: true }
    const command = new this.#sdk.GetParameterCommand(input)
    const answer = this.#client.send(command, { abortSignal: signal })
    const gone = [MISSING, VERSION_MISSING, LABEL_MISSING]
    const found = await otherwise(null, sent(answer, what, signal, gone))
    if (found === null) return null
    const text = found.Parameter?.Value
    if (text === undefined || found.Parameter?.Type !== 'SecureString') throw unreadable(what)
    return text
  }

  /** The newest value, of whatever type; `null` when nothing is there. */
  async newest(path: string, what: string, signal: AbortSignal) {
    const command = new this.#sdk.GetParameterCommand({ Name: path, WithDecryption: true })
    const answer = this.#client.send(command, { abortSignal: signal })
    const found = await otherwise(null, sent(answer, what, signal, [MISSING]))
    if (found === null) return null
    const text = found.Parameter?.Value
    if (text === undefined) throw unreadable(what)
    return text
  }

  /** All versions that are kept, 100 at most. */
  async history(path: string, what: string, signal: AbortSignal): Promise<readonly Kept[]> {
    const found: Kept[] = []
    let after: string | undefined
    do {
      const command = new this.#sdk.GetParameterHistoryCommand({
        ...{ Name: path, WithDecryption: false, MaxResults: PAGE },
        ...(after === undefined ? {} : { NextToken: after }),
      })
      const answer = this.#client.send(command, { abortSignal: signal })
      const page = await otherwise({ Parameters: [] }, sent(answer, what, signal, [MISSING]))
      if (page.Parameters === undefined) throw unreadable(what)
      found.push(
        ...page.Parameters.map(({ Version = 0, Labels = [] }) => ({ n: Version, labels: Labels })),
      )
      after = 'NextToken' in page ? page.NextToken : undefined
    } while (after !== undefined && after !== '')
    return found
  }

  /** Takes away a parameter with all its versions, at once. */
  async remove(path: string, what: string, signal: AbortSignal): Promise<void> {
    const command = new this.#sdk.DeleteParameterCommand({ Name: path })
    const answer = this.#client.send(command, { abortSignal: signal })
    await otherwise(null, sent(answer, what, signal, [MISSING]))
  }

  /** A page of the names beneath a path, or of those that begin so (`''` for all). */
  async names(
    of: { readonly beneath: string } | { readonly beginning: string },
    after: string | null,
    what: string,
    signal: AbortSignal,
  ) {
    const command = new this.#sdk.DescribeParametersCommand({
      ParameterFilters: filtersOf(of),
      ...{ MaxResults: PAGE },
      ...(after === null ? {} : { NextToken: after }),
    })
    const page = await sent(this.#client.send(command, { abortSignal: signal }), what, signal)
    if (page.Parameters === undefined) throw unreadable(what)
    const { NextToken: next = '' } = page
    return { names: page.Parameters.map(({ Name = '' }) => Name), next: next === '' ? null : next }
  }

  close(): void {
    this.#client.destroy()
  }
}

function filtersOf(
  of: Parameters<Service['names']>[0],
): NonNullable<Sdk.DescribeParametersCommandInput['ParameterFilters']> {
  if ('beneath' in of) return [{ Key: 'Path', Option: 'Recursive', Values: [of.beneath] }]
  const { beginning } = of
  return beginning === '' ? [] : [{ Key: 'Name', Option: 'BeginsWith', Values: [beginning] }]
}

const MISSING = 'ParameterNotFound'
const VERSION_MISSING = 'ParameterVersionNotFound'
/** Not in the SDK’s model; an emulator says it, and it can mean nothing else. */
const LABEL_MISSING = 'ParameterVersionLabelNotFound'
const TAKEN = 'ParameterAlreadyExists'
const FULL = 'ParameterMaxVersionLimitExceeded'

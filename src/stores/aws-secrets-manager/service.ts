import type * as Sdk from '@aws-sdk/client-secrets-manager'
import type { SecretValue } from '#domain/secret-value.ts'
import type { StoreConfig } from '#domain/store.ts'
import { BELOW_READING, clientSettings, limitAnswers, wordsIn } from '#stores/aws.ts'
import { otherwise, sent, unreadable } from '#stores/aws-faults.ts'

/** What stands beside the versions of a secret. */
export interface Description {
  readonly words: Readonly<Record<string, unknown>>
  readonly description: string
  /** Somebody scheduled it for deletion: it cannot be read or written, and its name is taken. */
  readonly leaving: boolean
}

/** What a secret holds in its own way: text or bytes. */
export interface Held {
  readonly SecretString?: string
  readonly SecretBinary?: Uint8Array
}

export interface Write {
  readonly path: string
  readonly operation: string
  readonly held: Held
}

export interface Creation extends Write {
  readonly description: string
  readonly tags: Sdk.Tag[]
  readonly kmsKey: string | undefined
}

/** The longest page of `ListSecrets` and `ListSecretVersionIds` (the SDK’s model). */
const PAGE = 100

/** Secrets Manager: each method is one request, but for lists of versions. */
export class Service {
  readonly #sdk: typeof Sdk
  readonly #client: Sdk.SecretsManagerClient

  constructor(sdk: typeof Sdk, config: StoreConfig, credential: SecretValue | null) {
    this.#sdk = sdk
    this.#client = new sdk.SecretsManagerClient(clientSettings(config, credential))
    this.#client.middlewareStack.add(limitAnswers, { ...BELOW_READING, name: 'limitAnswers' })
  }

  /** `null` when nothing is there. */
  async describe(path: string, what: string, signal: AbortSignal): Promise<Description | null> {
    const command = new this.#sdk.DescribeSecretCommand({ SecretId: path })
    const answer = this.#client.send(command, { abortSignal: signal })
    const found = await otherwise(null, sent(answer, what, signal, [MISSING]))
    if (found === null) return null
    if (found.Name !== path) throw unreadable(what)
    return {
      words: wordsIn(found.Tags ?? []),
      description: found.Description ?? '',
      leaving: found.DeletedDate !== undefined,
    }
  }

  /** Gives the version; `null` when the name is taken. The same operation gives the same version. */
  async create(creation: Creation, what: string, signal: AbortSignal): Promise<string | null> {
    const { path, operation, held, description, tags, kmsKey } = creation
    const command = new this.#sdk.CreateSecretCommand({
      ...{ Name: path, ClientRequestToken: operation, Tags: tags, ...held },
      ...(description === '' ? {} : { Description: description }),
      ...(kmsKey === undefined ? {} : { KmsKeyId: kmsKey }),
    })
    const answer = this.#client.send(command, { abortSignal: signal })
    const taken = ['ResourceExistsException', LEAVING]
    const made = await otherwise(null, sent(answer, what, signal, taken))
    return made === null ? null : versionIn(made, what)
  }

  /** Adds a version; gives it, `null` when the secret is gone or going. */
  async put({ path, operation, held }: Write, what: string, signal: AbortSignal) {
    const command = new this.#sdk.PutSecretValueCommand({
      ...{ SecretId: path, ClientRequestToken: operation, ...held },
    })
    const answer = this.#client.send(command, { abortSignal: signal })
    const made = await otherwise(null, sent(answer, what, signal, [MISSING, LEAVING]))
    return made === null ? null : versionIn(made, what)
  }

  async redescribe(path: string, description: string, what: string, signal: AbortSignal) {
    const command = new this.#sdk.UpdateSecretCommand({ SecretId: path, Description: description })
    await sent(this.#client.send(command, { abortSignal: signal }), what, signal)
  }

  /** Takes back that a secret is to be deleted, if that can still be done. */
  async restore(path: string, what: string, signal: AbortSignal): Promise<void> {
    const command = new this.#sdk.RestoreSecretCommand({ SecretId: path })
    const answer = this.#client.send(command, { abortSignal: signal })
    await otherwise(null, sent(answer, what, signal, [MISSING, LEAVING]))
  }

  /** The current version without one; `null` when there is none, or it cannot be read any more. */
  async get(path: string, version: string | null, what: string, signal: AbortSignal) {
    const command = new this.#sdk.GetSecretValueCommand({
      SecretId: path,
      ...(version === null ? {} : { VersionId: version }),
    })
    const answer = this.#client.send(command, { abortSignal: signal })
    return otherwise(null, sent(answer, what, signal, [MISSING, LEAVING]))
  }

  async versions(path: string, what: string, signal: AbortSignal): Promise<readonly string[]> {
    const found: string[] = []
    let after: string | undefined
    do {
      const command = new this.#sdk.ListSecretVersionIdsCommand({
        ...{ SecretId: path, IncludeDeprecated: true, MaxResults: PAGE },
        ...(after === undefined ? {} : { NextToken: after }),
      })
      const answer = this.#client.send(command, { abortSignal: signal })
      const page = await sent(answer, what, signal)
      if (page.Versions === undefined) throw unreadable(what)
      found.push(...page.Versions.map(({ VersionId = '' }) => VersionId))
      after = page.NextToken
    } while (after !== undefined && after !== '')
    return found
  }

  async tag(path: string, tags: Sdk.Tag[], what: string, signal: AbortSignal): Promise<void> {
    const command = new this.#sdk.TagResourceCommand({ SecretId: path, Tags: tags })
    await sent(this.#client.send(command, { abortSignal: signal }), what, signal)
  }

  /** Without the window in which it could be restored; its name is free soon after. */
  async remove(path: string, what: string, signal: AbortSignal): Promise<void> {
    const input = { SecretId: path, ForceDeleteWithoutRecovery: true }
    const command = new this.#sdk.DeleteSecretCommand(input)
    const answer = this.#client.send(command, { abortSignal: signal })
    await otherwise(null, sent(answer, what, signal, [MISSING]))
  }

  /** A page of the secrets whose names begin so (`''` for all), with their tags. */
  async list(beginning: string, after: string | null, what: string, signal: AbortSignal) {
    const command = new this.#sdk.ListSecretsCommand({
      ...(beginning === '' ? {} : { Filters: [{ Key: 'name', Values: [beginning] }] }),
      MaxResults: PAGE,
      ...(after === null ? {} : { NextToken: after }),
    })
    const page = await sent(this.#client.send(command, { abortSignal: signal }), what, signal)
    if (page.SecretList === undefined) throw unreadable(what)
    return {
      secrets: page.SecretList,
      next: page.NextToken === '' ? null : (page.NextToken ?? null),
    }
  }

  close(): void {
    this.#client.destroy()
  }
}

const MISSING = 'ResourceNotFoundException'
/** Also: this cannot be done to a secret in its state, which for us is to be on its way out. */
const LEAVING = 'InvalidRequestException'

function versionIn({ VersionId }: { readonly VersionId?: string | undefined }, what: string) {
  if (VersionId === undefined) throw unreadable(what)
  return VersionId
}

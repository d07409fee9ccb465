import {
  ListSecretVersionIdsCommand,
  paginateListSecrets,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import {
  paginateDescribeParameters,
  paginateGetParameterHistory,
  SSMClient,
} from '@aws-sdk/client-ssm'
import type { Vault } from '#test/fakes/azure-key-vault/vault.ts'
import type { State } from '#test/fakes/gcp-secret-manager/state.ts'
import type { RunningOpenbao } from './openbao.ts'

/** What a store holds, each path with how many versions can be read there; by path. */
export type Held = readonly (readonly [path: string, versions: number])[]

const byPath = (held: Held): Held => held.toSorted(([a], [b]) => (a < b ? -1 : 1))

const awsClient = (endpoint: string) => ({
  ...{ region: 'us-east-1', endpoint },
  credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x'.repeat(40) },
})

/** What is gone when its versions are asked for was taken away between the two looks. */
async function orNull<T>(gone: string, answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Error && error.name === gone) return null
    throw error
  }
}

const DROPPED = 'strongroom-dropped-'

/** By the vendor's own client; a version counts unless a tag says that it was dropped. */
export async function heldInSecretsManager(endpoint: string): Promise<Held> {
  const client = new SecretsManagerClient(awsClient(endpoint))
  const held: [string, number][] = []
  for await (const page of paginateListSecrets({ client, pageSize: 100 }, {})) {
    for (const { Name: path = '', Tags = [] } of page.SecretList ?? []) {
      const tags = Tags.filter(({ Key = '' }) => Key.startsWith(DROPPED))
      const dropped = new Set(
        tags.flatMap(({ Key = '', Value = '' }) => [
          Key.slice(DROPPED.length),
          ...Value.split(' '),
        ]),
      )
      const command = new ListSecretVersionIdsCommand({ SecretId: path, IncludeDeprecated: true })
      const found = await orNull('ResourceNotFoundException', client.send(command))
      const live = found?.Versions?.filter(({ VersionId = '' }) => !dropped.has(VersionId))
      if (live !== undefined) held.push([path, live.length])
    }
  }
  client.destroy()
  return byPath(held)
}

/** By the vendor's own client; a version counts if it bears a label of ours. */
export async function heldInParameterStore(endpoint: string): Promise<Held> {
  const client = new SSMClient(awsClient(endpoint))
  const paths: string[] = []
  for await (const { Parameters = [] } of paginateDescribeParameters(
    { client, pageSize: 50 },
    {},
  )) {
    paths.push(...Parameters.map(({ Name = '' }) => Name))
  }
  const held: [string, number][] = []
  for (const path of paths) {
    const history = Array.fromAsync(paginateGetParameterHistory({ client }, { Name: path }))
    const found = await orNull('ParameterNotFound', history)
    const versions = found?.flatMap(({ Parameters = [] }) => Parameters)
    const live = versions?.filter(({ Labels = [] }) => Labels.some((one) => one.startsWith('v-')))
    if (live !== undefined) held.push([path, live.length])
  }
  client.destroy()
  return byPath(held)
}

/** Straight from what the fake keeps; a version counts if it is enabled. */
export const heldInKeyVault = (vault: Vault): Held =>
  byPath(
    vault.all().map(([{ name, versions }]) => {
      return [name, versions.filter(({ enabled }) => enabled).length] as const
    }),
  )

/** Straight from what the fake keeps. */
export const heldInSecretManager = (state: State): Held =>
  byPath(
    state.all().map(({ id, versions }) => {
      return [id, versions.filter((version) => version.state === 'ENABLED').length] as const
    }),
  )

interface Metadata {
  readonly data: {
    readonly versions: Readonly<
      Record<string, { readonly destroyed: boolean; readonly deletion_time: string }>
    >
  }
}

/** By the API; a version counts unless it is destroyed or deleted. */
export async function heldInOpenbao(bao: RunningOpenbao): Promise<Held> {
  const held: [string, number][] = []
  for (const path of await pathsIn(bao, '')) {
    // What is taken away between the two looks is not there.
    const found = await bao.call('GET', `secret/metadata/${path}`).catch(() => null)
    if (found === null) continue
    const versions = Object.values((found as Metadata).data.versions)
    const live = versions.filter((one) => !one.destroyed && one.deletion_time === '')
    held.push([path, live.length])
  }
  return byPath(held)
}

async function pathsIn(bao: RunningOpenbao, folder: string): Promise<readonly string[]> {
  const listed = await bao.call('LIST', `secret/metadata/${folder}`).catch(() => null)
  if (listed === null) return []
  const { keys } = (listed as { readonly data: { readonly keys: readonly string[] } }).data
  const found: string[] = []
  for (const key of keys) {
    if (key.endsWith('/')) found.push(...(await pathsIn(bao, `${folder}${key}`)))
    else found.push(`${folder}${key}`)
  }
  return found
}

import { invalid, Refusal } from './refusal.ts'
import type { Words } from './rules.ts'
import type { Secret, Version } from './state.ts'

/** Names that are answered have the project's number, whatever the request had. */
const NUMBER = '415104041262'

export interface SecretSent {
  readonly name: string
  readonly labels: Words
  readonly annotations: Words
  readonly etag: string
  readonly replication: {
    readonly automatic: object | null
    readonly userManaged: object | null
  } | null
  readonly versionAliases: Words
  readonly versionDestroyTtl: { readonly seconds: string } | null
}

/** Every request of the service: the members that are not its own are absent. */
export interface Request {
  readonly parent: string
  readonly name: string
  readonly secretId: string
  readonly etag: string
  readonly filter: string
  readonly pageSize: number
  readonly pageToken: string
  readonly secret: SecretSent | null
  readonly updateMask: { readonly paths: readonly string[] } | null
  readonly payload: { readonly data: Buffer; readonly dataCrc32c?: string | null } | null
}

const time = (ms: number) => ({
  seconds: String(Math.floor(ms / 1000)),
  nanos: (ms % 1000) * 1_000_000,
})

export const secretOut = (secret: Secret) => ({
  name: `projects/${NUMBER}/secrets/${secret.id}`,
  replication: { automatic: {} },
  labels: secret.labels,
  annotations: secret.annotations,
  versionAliases: secret.aliases,
  etag: secret.etag,
  createTime: time(secret.createdAt),
})

export const versionOut = (secret: Secret, version: Version) => ({
  name: `projects/${NUMBER}/secrets/${secret.id}/versions/${version.number}`,
  state: version.state,
  etag: version.etag,
  createTime: time(version.createdAt),
  destroyTime: version.destroyedAt === null ? null : time(version.destroyedAt),
  scheduledDestroyTime: version.destroyAt === null ? null : time(version.destroyAt),
  clientSpecifiedPayloadChecksum: version.checked,
  replicationStatus: { automatic: {} },
})

/** The parts of a name; a project that is not here is told as one that may not be touched. */
export function parts(name: string, project: string): readonly string[] {
  const [projects, given, ...rest] = name.split('/')
  if (projects !== 'projects' || rest.length % 2 !== 0) throw invalid('Bad resource name.')
  if (given !== project && given !== NUMBER) {
    throw new Refusal('PERMISSION_DENIED', 'Permission denied on the project, or it may not exist.')
  }
  const kinds = rest.filter((_, n) => n % 2 === 0).join('/')
  if (!['', 'secrets', 'secrets/versions'].includes(kinds)) throw invalid('Bad resource name.')
  return rest.filter((_, n) => n % 2 === 1)
}

import { isUtf8 } from 'node:buffer'
import { groupFqn, secretFqn } from '#core/full-names.ts'
import type { ContainedSecret, GroupContents } from '#core/group-contents.ts'
import type { FullSecret } from '#core/shown-secrets.ts'
import type { Version } from '#domain/secret.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Account } from '#ports/database.ts'
import { isoTime } from '#dialects/schema.ts'
import { manifestOf } from './group-manifests.ts'
import * as shapes from './shapes.ts'

/** How groups and secrets look on this wire. */

/** A value is text here: what is none, the bytes of a file, is given as base64. */
const valueText = (value: SecretValue): string => {
  const bytes = Buffer.from(value.reveal())
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'base64')
}

const secret = (account: Account, { name, via, secret: known, creator }: ContainedSecret) => ({
  id: known.id,
  fqn: secretFqn(account, via, name),
  name,
  secretGroupId: via.id,
  value: null,
  createdBySubject:
    creator === null ? shapes.subjectLost(known.createdBy) : shapes.subject(creator),
  createdAt: isoTime(known.createdAt),
  updatedAt: isoTime(known.updatedAt),
  secretVersions: null,
  activeDeploymentsCount: 0,
  createdBy: creator === null ? null : shapes.slugOf(creator),
})

const version = (fqn: string, { secret: id, n, createdAt }: Version) => ({
  id: `${id}-${n}`,
  fqn: `${fqn}:${n}`,
  value: null,
  version: n,
  secretId: id,
  createdAt: isoTime(createdAt),
  updatedAt: isoTime(createdAt),
})

export function fullSecret(full: FullSecret) {
  const shown = secret(full.account, full)
  return {
    ...shown,
    value: full.value === null ? null : valueText(full.value),
    secretVersions: full.versions?.map((one) => version(shown.fqn, one)) ?? null,
  }
}

/** A group with its secrets, never their values. */
export function group(contents: GroupContents) {
  const { account, group: of, creator, integration, updatedAt, secrets } = contents
  return {
    id: of.id as string | null,
    fqn: groupFqn(account, of),
    name: of.name,
    tenantName: account.name,
    createdBySubject:
      creator === null
        ? shapes.subjectLost({ id: of.createdBy, kind: 'user' })
        : shapes.subject(creator),
    associatedSecrets: secrets.map((one) => secret(account, one)),
    integrationId: integration.id,
    manifest: manifestOf(contents),
    accountId: account.id,
    createdAt: isoTime(of.createdAt),
    updatedAt: isoTime(updatedAt),
    createdBy: creator === null ? null : shapes.slugOf(creator),
  }
}

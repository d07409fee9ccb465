import Type from 'typebox'
import type { Fault } from '#domain/fault.ts'
import { VALUE_BYTES_MAX } from '#domain/limits.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { SecretInfo } from '#domain/secret.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { createSecret } from '#core/create-secret.ts'
import { deleteSecret } from '#core/delete-secret.ts'
import { getSecret } from '#core/get-secret.ts'
import { listSecrets } from '#core/list-secrets.ts'
import type { GroupRef, SecretRef } from '#core/locate.ts'
import { updateSecret, type SecretPatch } from '#core/update-secret.ts'
import { route, type Route } from '#dialects/dialect.ts'
import { isJson } from '#dialects/json.ts'
import { isoTime } from '#dialects/schema.ts'
import { dataOf, pageOf, pageQuery, params, Removed, teamQuery } from './schemas.ts'
import { SecretCreateRequest, SecretResponse, SecretUpdateRequest } from './schemas.ts'

const tag = 'Secrets'
const LIMIT_DEFAULT = 100

/** The group of a team's secrets, or of the caller's own. */
const groupOf = (team: string | null | undefined): GroupRef =>
  typeof team === 'string' ? { by: 'team', team } : { by: 'kind', kind: 'personal' }

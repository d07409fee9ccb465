import type { Problem } from '#domain/fault.ts'
import type { GroupKind } from '#domain/group.ts'
import { METADATA_BYTES_MAX, VALUE_BYTES_MAX } from '#domain/limits.ts'
import { nameProblem, textProblem } from '#domain/names.ts'
import type { SecretValue } from '#domain/secret-value.ts'

/** What is said of a secret that is to be made. */
export interface NewSecret {
  readonly name: string
  readonly value: SecretValue
  /** Tells whether the value is JSON text; a secret of the type `json` takes nothing else. */
  readonly json?: () => boolean
  readonly description?: string | null
  readonly type?: string | null
  /** JSON text. */
  readonly metadata?: string | null
  readonly file?: boolean
}

/** The longest free word that says what a secret is. */
const TYPE_CHARACTERS_MAX = 100

type Checked = { readonly [K in keyof NewSecret]?: NewSecret[K] | undefined }

/** What is wrong with the members given; `null` and absent ones are not looked at. */
export function checkGiven(kind: GroupKind, input: Checked): Problem[] {
  const { name, value, json, description, type, metadata } = input
  const problems: (Problem | null)[] = [
    typeof name === 'string' ? nameProblem(kind, name, ['body', 'name']) : null,
    value === undefined ? null : valueProblem(value),
    type === 'json' && json?.() === false ? { at: ['body', 'value'], rule: 'not_json' } : null,
    typeof description === 'string' ? textProblem(description, ['body', 'description']) : null,
    typeof type === 'string' ? textProblem(type, ['body', 'type'], TYPE_CHARACTERS_MAX) : null,
    typeof metadata === 'string' ? metadataProblem(metadata) : null,
  ]
  return problems.filter((problem) => problem !== null)
}

function valueProblem(value: SecretValue): Problem | null {
  const at = ['body', 'value']
  if (value.size === 0) return { at, rule: 'too_short', limit: 1 }
  return value.size > VALUE_BYTES_MAX
    ? { at, rule: 'too_long', limit: VALUE_BYTES_MAX, unit: 'bytes' }
    : null
}

const metadataProblem = (metadata: string): Problem | null =>
  Buffer.byteLength(metadata) > METADATA_BYTES_MAX
    ? { at: ['body', 'metadata'], rule: 'too_long', limit: METADATA_BYTES_MAX, unit: 'bytes' }
    : null

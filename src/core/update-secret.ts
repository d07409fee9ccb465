import type { Fault } from '#domain/fault.ts'
import type { Grant } from '#domain/grant.ts'
import type { Secret } from '#domain/secret.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Write } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import { changed } from './change-secret.ts'
import { checkGiven } from './check-secret.ts'
import type { Core } from './core.ts'
import { shownAs, type ShownSecret } from './get-secret.ts'
import {
  locate,
  nothingAt,
  secretTarget,
  unseenAt,
  type Located,
  type SecretRef,
} from './locate.ts'
import type { Verb } from './perform.ts'
import { newVersion } from './write-value.ts'

/** What is to change. Absent members stay; `null` clears the ones that may be empty. */
export interface SecretPatch {
  readonly name?: string
  readonly value?: SecretValue
  /** What takes the place of `value` in a secret that is a file; `null` for what no file can be. */
  readonly content?: () => SecretValue | null
  /** Tells whether the value is JSON text; asked only where that matters. */
  readonly json?: () => boolean
  readonly description?: string | null
  readonly type?: string | null
  readonly metadata?: string | null
}

export interface UpdateSecret {
  readonly ref: SecretRef
  readonly patch: SecretPatch
  /** Refuse unless the current version is this one (compare-and-set). */
  readonly expect?: number | null
}

/** Changes what is said of a secret, and its value by a new version that becomes the current one. */
export const updateSecret: Verb<UpdateSecret, ShownSecret, 'secret.update'> = {
  action: 'secret.update',
  async decide(core, caller, { ref, patch: given, expect = null }) {
    const found = await locate(core, caller, ref)
    if (found === null) return nothingAt(core, caller, ref)
    const target = secretTarget(found.secret)
    const thing = unseenAt(caller, ref, found.via)
    const resource = { kind: 'group', group: found.via, thing } as const
    const grant = authorize(caller, 'secret.update', resource, target)
    if (!grant.ok) return { fault: grant.error, target }
    const patch = patchFor(found.secret, given)
    if (patch === null) return { fault: noContent, target }
    const fault = refusal(found, patch, expect)
    if (fault !== null) return { fault, target }
    if (Object.keys(patch).length === 0) {
      return { grant: grant.value, on: found.secret, writes: [], answer: () => shownAs(found) }
    }
    const limits = await core.stores.problems(found.secret, patch.value)
    if (limits.length > 0) return { fault: { kind: 'invalid', problems: limits }, target }
    const { secret, writes } = await apply(core, grant.value, found, patch)
    const name = patch.name ?? found.name
    const { secret: on } = found
    const via = found.via.id
    return { grant: grant.value, on, writes, answer: () => ({ name, via, secret }) }
  },
}

const noContent: Fault = {
  kind: 'invalid',
  problems: [{ at: ['body', 'value'], rule: 'type', expected: 'base64 text of a file' }],
}

/** The patch with the value that goes with the kind of secret; `null` if it has none. */
function patchFor({ file }: Secret, { content, ...patch }: SecretPatch): SecretPatch | null {
  if (!file || content === undefined) return patch
  const value = content()
  return value === null ? null : { ...patch, value }
}

function refusal(found: Located, patch: SecretPatch, expect: number | null): Fault | null {
  const problems = checkGiven(found.via.kind, { type: found.secret.type, ...patch })
  if (problems.length > 0) return { kind: 'invalid', problems }
  if (found.linked) {
    return { kind: 'denied', needs: 'the group that the secret belongs to: here it is a link' }
  }
  return expect === null || expect === found.secret.current
    ? null
    : { kind: 'changed', current: found.secret.current }
}

async function apply(
  core: Core,
  grant: Grant,
  { secret }: Located,
  patch: SecretPatch,
): Promise<{ secret: Secret; writes: Write[] }> {
  const { value, name = secret.name, type = secret.type } = patch
  const { description = secret.description, metadata = secret.metadata } = patch
  const said = { name, type, description, metadata }
  const n = secret.latest + 1
  const numbers = value === undefined ? {} : { current: n, latest: n }
  const next = await changed(core, grant.caller, secret, { ...said, ...numbers })
  const writes: Write[] = [{ write: 'changed-secret', row: next }]
  if (value !== undefined) {
    writes.push(...(await newVersion(core, grant, { secret, n }, value)).writes)
  }
  return { secret: next, writes }
}

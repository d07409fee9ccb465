import Type, { type Static, type TSchema } from 'typebox'
import type { Fault } from '#domain/fault.ts'
import { METADATA_BYTES_MAX } from '#domain/limits.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Put } from '#core/put.ts'
import type { Asked } from '#dialects/dialect.ts'
import { checkOf } from '#dialects/validate.ts'

/** A manifest as it was sent. */
export interface Manifest extends Readonly<Record<string, unknown>> {
  readonly type: string
}

/** One type of manifest, and what applying and deleting one comes to. */
export interface ManifestType {
  /** Applies a manifest; the body of its answer is an `Applied`. */
  put(manifest: Manifest, dryRun: boolean): Result<Asked, Fault>
  /** Deletes what a manifest names; the body of its answer is `{}`. */
  remove(manifest: Manifest): Result<Asked, Fault>
}

/** The answer to an applied manifest. */
export interface Applied {
  /** Exactly as it was stored before; left out for what is new. */
  readonly existingManifest?: unknown
  readonly action: Put<unknown>['action']
  readonly data: unknown
}

/** What a put came to, with `data` in the shape of its type. */
export const applied = (
  { action, existing }: Pick<Put<unknown>, 'action' | 'existing'>,
  data: unknown,
): Applied => ({
  ...(existing === null ? {} : { existingManifest: JSON.parse(existing) as unknown }),
  action,
  data,
})

/** Reads manifests of one schema; what is wrong with one is told at its place in the body. */
export function manifestReader<S extends TSchema>(
  schema: S,
): (manifest: unknown) => Result<Static<S>, Fault> {
  const check = checkOf('body', Type.Object({ manifest: schema }))
  return (manifest) => {
    const problems = check({ manifest })
    return problems.length > 0 ? err({ kind: 'invalid', problems }) : ok(manifest as Static<S>)
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([, member]) => member !== null && member !== undefined)
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutNulls(member)]))
}

/** The text that a manifest is kept in: as it was sent, but what is `null` is left out. */
export function manifestText(manifest: object): Result<string, Fault> {
  const body = JSON.stringify(withoutNulls(manifest))
  const limit = METADATA_BYTES_MAX
  if (Buffer.byteLength(body) <= limit) return ok(body)
  const problem = { at: ['body', 'manifest'], rule: 'too_long', limit, unit: 'bytes' } as const
  return err({ kind: 'invalid', problems: [problem] })
}

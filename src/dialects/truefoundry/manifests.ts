import type { Asked } from '#dialects/dialect.ts'
import type { Fault } from '#domain/fault.ts'
import type { Result } from '#domain/result.ts'

/** A manifest as it was sent: its type and its name, and what that type asks for beside them. */
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
  readonly action: 'CREATE' | 'UPDATE'
  readonly data: unknown
}

/** `existing` is the text of the manifest that was there before, `null` without one. */
export const applied = (
  { existing, made }: { readonly existing: string | null; readonly made: boolean },
  data: unknown,
): Applied => ({
  ...(existing === null ? {} : { existingManifest: JSON.parse(existing) as unknown }),
  action: made ? 'CREATE' : 'UPDATE',
  data,
})

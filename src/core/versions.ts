import type { Fault } from '#domain/fault.ts'
import type { Grant } from '#domain/grant.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Version } from '#domain/secret.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Caller } from '#domain/subject.ts'
import { authorize } from './authorize.ts'
import { changed } from './change-secret.ts'
import { checkGiven } from './check-secret.ts'
import type { Core } from './core.ts'
import { shownAs, type ShownSecret } from './get-secret.ts'
import { locate, secretTarget, type Located, type SecretRef } from './locate.ts'
import type { Refused, Verb } from './perform.ts'
import { newVersion } from './write-value.ts'

type VersionAction =
  'version.list' | 'version.create' | 'version.activate' | 'version.delete' | 'version.undelete'

type Found<A extends VersionAction> = { readonly found: Located; readonly grant: Grant<A> }

/** The secret, and the leave to do this to its version `n`. */
async function find<A extends VersionAction>(
  core: Core,
  caller: Caller,
  action: A,
  ref: SecretRef,
  n?: number,
): Promise<Result<Found<A>, Refused>> {
  const found = await locate(core, caller, ref)
  if (found === null) return err({ fault: { kind: 'not_found', thing: 'secret' } })
  const target = secretTarget(found.secret, n)
  const resource = { kind: 'group', group: found.via, thing: 'secret' } as const
  const grant = authorize(caller, action, resource, target)
  if (!grant.ok) return err({ fault: grant.error, target })
  if (found.linked && action !== 'version.list') {
    const needs = 'the group that the secret belongs to: here it is a link'
    return err({ fault: { kind: 'denied', needs }, target })
  }
  return ok({ found, grant: grant.value })
}

export interface ListVersions {
  readonly ref: SecretRef
  readonly before: number
  readonly limit: number
}

export interface VersionList {
  readonly current: number
  readonly versions: readonly Version[]
  readonly more: boolean
}

/** The versions of a secret, newest first, without their values. */
export const listVersions: Verb<ListVersions, VersionList, 'version.list'> = {
  action: 'version.list',
  async decide(core, caller, { ref, before, limit }) {
    const allowed = await find(core, caller, 'version.list', ref)
    if (!allowed.ok) return allowed.error
    const { secret } = allowed.value.found
    const rows = await core.database.reads.versions(secret.id, before, limit + 1)
    const list = {
      current: secret.current,
      versions: rows.slice(0, limit),
      more: rows.length > limit,
    }
    return { grant: allowed.value.grant, on: secret, writes: [], answer: () => list }
  },
}

export interface CreateVersion {
  readonly ref: SecretRef
  readonly value: SecretValue
  /** Tells whether the value is JSON text; asked only where that matters. */
  readonly json?: () => boolean
  /** Whether it becomes the current version at once. */
  readonly activate: boolean
}

export interface OneVersion extends ShownSecret {
  readonly version: Version
}

/** Adds a version; one that is not activated waits for it. */
export const createVersion: Verb<CreateVersion, OneVersion, 'version.create'> = {
  action: 'version.create',
  async decide(core, caller, { ref, activate, ...given }) {
    const allowed = await find(core, caller, 'version.create', ref)
    if (!allowed.ok) return allowed.error
    const { found, grant } = allowed.value
    const problems = [
      ...checkGiven(found.via.kind, { ...given, type: found.secret.type }),
      ...(await core.stores.problems(found.secret, given.value)),
    ]
    if (problems.length > 0) return { fault: { kind: 'invalid', problems }, target: grant.target }
    const n = found.secret.latest + 1
    const row = await changed(core, caller, found.secret, {
      latest: n,
      ...(activate ? { current: n } : {}),
    })
    const written = await newVersion(core, grant, { secret: found.secret, n }, given.value)
    const { row: version } = written
    return {
      grant,
      on: found.secret,
      writes: [{ write: 'changed-secret', row }, ...written.writes],
      answer: () => ({ ...shownAs(found), secret: row, version }),
    }
  },
}

export interface VersionRef {
  readonly ref: SecretRef
  readonly n: number
}

const missing: Fault = { kind: 'not_found', thing: 'version' }

/** Makes an older (or waiting) version the current one. */
export const activateVersion: Verb<VersionRef, ShownSecret, 'version.activate'> = {
  action: 'version.activate',
  async decide(core, caller, { ref, n }) {
    const allowed = await find(core, caller, 'version.activate', ref, n)
    if (!allowed.ok) return allowed.error
    const { found, grant } = allowed.value
    const version = await core.database.reads.version(found.secret.id, n)
    if (version?.state !== 'live') return { fault: missing, target: grant.target }
    if (found.secret.current === n) {
      return { grant, on: found.secret, writes: [], answer: () => shownAs(found) }
    }
    const row = await changed(core, caller, found.secret, { current: n })
    const writes = [{ write: 'changed-secret', row }] as const
    return { grant, on: found.secret, writes, answer: () => ({ ...shownAs(found), secret: row }) }
  },
}

/** Deletes a version so that it can come back; the current one must be replaced first. */
export const deleteVersion: Verb<VersionRef, Version, 'version.delete'> = {
  action: 'version.delete',
  async decide(core, caller, { ref, n }) {
    const allowed = await find(core, caller, 'version.delete', ref, n)
    if (!allowed.ok) return allowed.error
    const { found, grant } = allowed.value
    const version = await core.database.reads.version(found.secret.id, n)
    if (version?.state !== 'live') return { fault: missing, target: grant.target }
    if (found.secret.current === n) {
      const why = 'it is the current version: activate another one first'
      return { fault: { kind: 'in_use', thing: 'version', why }, target: grant.target }
    }
    const next: Version = { ...version, state: 'deleted', deletedAt: core.world.now() }
    return changeVersion(core, caller, found, grant, next)
  },
}

/** Brings a deleted version back. */
export const undeleteVersion: Verb<VersionRef, Version, 'version.undelete'> = {
  action: 'version.undelete',
  async decide(core, caller, { ref, n }) {
    const allowed = await find(core, caller, 'version.undelete', ref, n)
    if (!allowed.ok) return allowed.error
    const { found, grant } = allowed.value
    const version = await core.database.reads.version(found.secret.id, n)
    if (version?.state !== 'deleted') return { fault: missing, target: grant.target }
    const { secret, createdAt, createdBy, sealed } = version
    return changeVersion(core, caller, found, grant, {
      ...{ secret, n, createdAt, createdBy, sealed },
      state: 'live',
    })
  },
}

/** The secret's revision is raised too, so that an activation meanwhile is not lost to this. */
async function changeVersion<A extends VersionAction>(
  core: Core,
  caller: Caller,
  { secret }: Located,
  grant: Grant<A>,
  version: Version,
) {
  const { updatedAt, updatedBy } = secret
  const row = await changed(core, caller, secret, { updatedAt, updatedBy })
  return {
    grant,
    on: secret,
    writes: [
      { write: 'changed-secret', row },
      { write: 'changed-version', row: version },
    ] as const,
    answer: () => version,
  }
}

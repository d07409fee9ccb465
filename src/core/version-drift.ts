import type { SecretId } from '#domain/ids.ts'
import type { Secret, Version } from '#domain/secret.ts'
import type { Store } from '#domain/store.ts'
import { DamagedValue, type OutsideStore } from '#ports/secret-store.ts'
import type { Core } from './core.ts'
import { driftOf, secretsIn, type Drift } from './drift.ts'
import { markOf } from './mark.ts'

/** What of the versions of one secret the record and the store do not agree in. */
export interface VersionDrift {
  readonly secret: SecretId
  readonly path: string
  /** On the record, and not to be read in the store: our numbers. */
  readonly lost: readonly number[]
  /** In the store, and on no record: its own names. */
  readonly unknown: readonly string[]
}

/** What a store and our record do not agree in, down to single versions. */
export interface WholeDrift extends Pick<Drift, 'ours' | 'missing' | 'orphans'> {
  readonly versions: readonly VersionDrift[]
}

/** How many secrets are looked at together. */
const TOGETHER = 8
const VERSIONS_MAX = 100_000

/** Compares a store with the record, version by version: a look at every secret that is there. */
export async function wholeDriftOf(core: Core, store: Store): Promise<WholeDrift> {
  const outside = await core.stores.outside(store.account, store.id)
  const { ours, missing, orphans } = await driftOf(core, store)
  const gone = new Set(missing.map(({ secret }) => secret))
  const recorded = await Array.fromAsync(secretsIn(core, store))
  const here = recorded.filter(({ secret }) => !gone.has(secret))
  const versions: VersionDrift[] = []
  for (let at = 0; at < here.length; at += TOGETHER) {
    const some = here.slice(at, at + TOGETHER)
    const found = await Promise.all(some.map(({ secret }) => driftAt(core, store, outside, secret)))
    versions.push(...found.filter((one) => one !== null))
  }
  return { ours, missing, orphans, versions }
}

/**
 * `null` where both agree, or where somebody is at it. What looks lost is looked for once more: it may
 * have been put between the look and the reading of the record.
 */
async function driftAt(
  core: Core,
  store: Store,
  outside: OutsideStore,
  id: SecretId,
): Promise<VersionDrift | null> {
  const first = await compared(core, store, outside, id)
  if (first === null || first.lost.length + first.unknown.length === 0) return null
  const second = await compared(core, store, outside, id)
  if (second === null) return null
  const lost = second.lost.filter((n) => first.lost.includes(n))
  const unknown = second.unknown.filter((name) => first.unknown.includes(name))
  return lost.length + unknown.length === 0 ? null : { ...second, lost, unknown }
}

async function compared(
  core: Core,
  { id: ref, account }: Store,
  outside: OutsideStore,
  id: SecretId,
): Promise<VersionDrift | null> {
  const { reads } = core.database
  const before = await reads.secret(account, id)
  if (before?.store !== ref || before.path === null) return null
  const { path } = before
  const there = new Set((await outside.versions(path, markOf(core, account, id))) ?? [])
  if ((await reads.storeTasksOf(id)).length > 0) return null
  const secret = await reads.secret(account, id)
  if (secret?.path !== path || secret.store !== ref) return null
  const rows = await reads.versions(id, Number.MAX_SAFE_INTEGER, VERSIONS_MAX)
  const lost: number[] = []
  const known = new Set<string>()
  for (const row of rows) {
    if (row.state === 'destroyed' || row.sealed.store !== ref) continue
    const name = await nameOf(core, outside, secret, row)
    if (name === null || !there.has(name)) lost.push(row.n)
    if (name !== null) known.add(name)
  }
  return { secret: id, path, lost: lost.toReversed(), unknown: [...there.difference(known)] }
}

/** The store's name of a version; `null` when what is kept of it is damaged, and it can be read no more. */
async function nameOf(
  { installation }: Core,
  outside: OutsideStore,
  secret: Secret,
  { n, sealed }: Exclude<Version, { readonly state: 'destroyed' }>,
): Promise<string | null> {
  try {
    return await outside.versionOf({ installation: installation.id, secret, n }, sealed)
  } catch (error) {
    if (error instanceof DamagedValue) return null
    throw error
  }
}

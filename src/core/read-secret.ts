import type { Receipt } from '#domain/grant.ts'
import type { Sealed, Secret, Version } from '#domain/secret.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import { StoreFault } from '#ports/remote-store.ts'
import { DamagedValue } from '#ports/secret-store.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { shownAs, type ShownSecret } from './get-secret.ts'
import { locate, secretTarget, type Located, type SecretRef } from './locate.ts'
import type { Verb } from './perform.ts'

export interface ReadSecret {
  readonly ref: SecretRef
  /** Which version; `null` for the current one. */
  readonly version: number | null
}

export interface OpenedSecret extends ShownSecret {
  readonly version: number
  readonly value: SecretValue
}

/** Reads a value. It is opened by the receipt of this reading, after it is on the record. */
export const readSecret: Verb<ReadSecret, OpenedSecret, 'secret.read'> = {
  action: 'secret.read',
  async decide(core, caller, { ref, version: n }) {
    const found = await locate(core, caller, ref)
    if (found === null) return { fault: { kind: 'not_found', thing: 'secret' } }
    const target = secretTarget(found.secret, n ?? found.secret.current)
    const resource = { kind: 'group', group: found.via, thing: 'secret' } as const
    const grant = authorize(caller, 'secret.read', resource, target)
    if (!grant.ok) return { fault: grant.error, target }
    const version = await versionOf(core, found, n)
    if (version?.state !== 'live') return { fault: { kind: 'not_found', thing: 'version' }, target }
    return {
      grant: grant.value,
      on: found.secret,
      writes: [],
      answer: async (receipt) => ({
        ...shownAs(found),
        version: version.n,
        value: await open(core, receipt, found.secret, version),
      }),
    }
  },
}

const versionOf = async (
  core: Core,
  { secret, version }: Located,
  n: number | null,
): Promise<Version | null> =>
  n === null || n === secret.current ? version : core.database.reads.version(secret.id, n)

/** Rows that were found as they were written; a row kept warm is not checked twice. */
const whole = new WeakSet<Secret>()

/** Opens one live version, once its row was found to be as it was written. */
export async function open(
  core: Core,
  receipt: Receipt,
  secret: Secret,
  version: Version & { readonly state: 'live' },
): Promise<SecretValue> {
  const place = { installation: core.installation.id, secret, n: version.n }
  if (!whole.has(secret)) {
    if (!(await core.rowSeal.holds(secret, secret.rowMac))) {
      throw new DamagedValue(place, 'has a row that is not as it was written')
    }
    whole.add(secret)
  }
  const store = await core.stores.of(secret.account, version.sealed.store)
  try {
    return await store.read(receipt, place, version.sealed)
  } catch (error) {
    const moved = await movedSince(core, version, error)
    if (moved === null) throw error
    return (await core.stores.of(secret.account, moved.store)).read(receipt, place, moved)
  }
}

/** Where a version is now that is not in its store any more: it may have been moved meanwhile. */
async function movedSince(
  core: Core,
  { secret, n, sealed }: Version & { readonly state: 'live' },
  error: unknown,
): Promise<Sealed | null> {
  if (!(error instanceof StoreFault) || error.kind !== 'missing') return null
  const now = await core.database.reads.version(secret, n)
  return now?.state === 'live' && now.sealed.store !== sealed.store ? now.sealed : null
}

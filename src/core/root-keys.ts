import type { Installation } from '#ports/database.ts'
import { Encoder } from '#crypto/encode.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import type { Verb } from './perform.ts'

const BATCH = 200

export interface Rewrapped {
  /** The root key in use now. */
  readonly fingerprint: string
  /** How many keys were wrapped anew. */
  readonly keys: number
}

/**
 * Wraps every account key and the installation's own keys under the root key in use, in small
 * commits that requests run between; then the older root keys are forgotten. Safe to stop at any
 * point and to run again.
 */
export const rewrapKeys: Verb<null, Rewrapped, 'key.rewrap'> = {
  action: 'key.rewrap',
  decide(core, caller) {
    const grant = authorize(caller, 'key.rewrap', { kind: 'installation' }, null)
    if (!grant.ok) return Promise.resolve({ fault: grant.error })
    return Promise.resolve({
      grant: grant.value,
      writes: [],
      answer: () => oneAtATime(core, () => rewrapAll(core)),
    })
  },
}

/** Takes a new root key into use, and wraps every key under it. */
export const rotateRootKey: Verb<null, Rewrapped, 'key.rotate'> = {
  action: 'key.rotate',
  decide(core, caller) {
    const grant = authorize(caller, 'key.rotate', { kind: 'installation' }, null)
    if (!grant.ok) return Promise.resolve({ fault: grant.error })
    return Promise.resolve({
      grant: grant.value,
      writes: [],
      answer: () =>
        oneAtATime(core, async () => {
          await core.kms.rotate()
          return rewrapAll(core)
        }),
    })
  },
}

const running = new WeakMap<Core, Promise<unknown>>()

/** A root key that one run wraps under must not be retired by another. */
async function oneAtATime<T>(core: Core, work: () => Promise<T>): Promise<T> {
  const before = running.get(core) ?? Promise.resolve()
  const done = before.then(work, work)
  running.set(core, done)
  return done
}

async function rewrapAll(core: Core): Promise<Rewrapped> {
  let keys = await rewrapInstallation(core)
  for (;;) {
    const rows = await core.database.reads.accountKeysNotUnder(core.kms.fingerprint, BATCH)
    if (rows.length === 0) break
    for (const row of rows) {
      const next = await core.keyring.rewrap(row)
      const write = { write: 'rewrapped-account-key', from: row.rootKey, row: next } as const
      const done = await core.database.commit({ entries: [], resting: null, writes: [write] })
      if (done.kind === 'committed') keys += 1
    }
  }
  await core.kms.retire()
  return { fingerprint: core.kms.fingerprint, keys }
}

/** What the two keys of the installation are bound to. */
export const installationKeyContext = (
  id: Installation['id'],
  purpose: 'server-key' | 'signing-key',
): Uint8Array => new Encoder().text(purpose).text(id).view()

async function rewrapInstallation({ kms, database }: Core): Promise<number> {
  const row = await database.reads.installation()
  if (row === null || row.rootKey === kms.fingerprint) return 0
  const again = async (purpose: 'server-key' | 'signing-key', wrapped: Uint8Array) => {
    const context = installationKeyContext(row.id, purpose)
    const key = await kms.unwrap(context, wrapped)
    try {
      return await kms.wrap(context, key)
    } finally {
      key.fill(0)
    }
  }
  const to = {
    rootKey: kms.fingerprint,
    serverKey: await again('server-key', row.serverKey),
    signingKey: await again('signing-key', row.signingKey),
  }
  const write = { write: 'rewrapped-installation', from: row.rootKey, to } as const
  const done = await database.commit({ entries: [], resting: null, writes: [write] })
  return done.kind === 'committed' ? 2 : 0
}

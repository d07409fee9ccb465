import { randomBytes, randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import { sealing } from '#stores/embedded/sealing.ts'
import { ValueCache } from '#stores/remote/cache.ts'
import { Guard, GUARD_LIMITS } from '#stores/remote/guard.ts'
import { remoteStore } from '#stores/remote/store.ts'
import { exerciseSecretStore } from '#test/contract/secret-store.ts'
import { MemoryKeyring } from '#test/support/memory-keyring.ts'
import { idOf } from '#test/support/places.ts'
import { writing, type RemoteUnderTest } from './trial.ts'

/** Longer than a server waits: an account that is tried may be slow, and is asked until it answers. */
const limits = { ...GUARD_LIMITS, tryMs: 60_000, allMs: 120_000 }

/** As a server uses it: behind its guard, where things are sealed beside their rows. */
export function exerciseAsSecretStore(
  label: string,
  open: (t: TestContext) => Promise<RemoteUnderTest>,
): void {
  exerciseSecretStore(`${label}, as a secret store`, async (t) => {
    const { store: remote } = writing(t, await open(t))
    const ref = idOf<'store'>('8')
    return remoteStore({
      ...{ ref, remote, newOperation: randomUUID },
      locators: sealing(new MemoryKeyring(), randomBytes, ref),
      guard: new Guard({ limits }),
      cache: new ValueCache(0, Date.now),
    })
  })
}

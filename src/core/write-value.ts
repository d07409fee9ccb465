import type { Grant } from '#domain/grant.ts'
import type { Secret, Version } from '#domain/secret.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Write } from '#ports/database.ts'
import { doerOf } from './change-secret.ts'
import { commitUnseen } from './commit.ts'
import type { Core } from './core.ts'
import { writeTask } from './store-tasks.ts'

export interface WrittenVersion {
  readonly row: Version
  /** What puts it on the record; without them what was put in a store is taken away again. */
  readonly writes: readonly Write[]
}

/**
 * Version `n` of a secret, its value written to the store of the secret. For a store beside our
 * database the intent is durable before the store is asked, so that a crash or a lost answer leaves
 * nothing there that no record points at. Throws the store's `StoreFault`.
 */
export async function newVersion(
  core: Core,
  grant: Grant,
  { secret, n }: { readonly secret: Secret; readonly n: number },
  value: SecretValue,
): Promise<WrittenVersion> {
  const place = { installation: core.installation.id, secret, n }
  const task = writeTask(core, secret)
  if (task !== null) await commitUnseen(core, [{ write: 'store-task', row: task }])
  try {
    // Only now: from the intent on nobody can have the store be elsewhere.
    const store = await core.stores.of(secret.account, secret.store)
    const sealed = await store.write(grant, place, value)
    const by = { createdAt: core.world.now(), createdBy: doerOf(grant.caller) }
    const row: Version = { secret: secret.id, n, ...by, state: 'live', sealed }
    const settled = task === null ? [] : [{ write: 'settled-store-task', id: task.id } as const]
    return { row, writes: [{ write: 'version', row }, ...settled] }
  } catch (error) {
    const dueAt = core.world.now()
    if (task !== null) await commitUnseen(core, [{ write: 'due-store-task', id: task.id, dueAt }])
    throw error
  }
}

import { commitOwn } from './commit.ts'
import type { Core } from './core.ts'
import { wiping } from './deleted-secrets.ts'
import { secretTarget } from './locate.ts'

const BATCH = 100

/**
 * Wipes what was deleted and whose retention is over, each with a line in the record; gives how many.
 * One that another node wiped or somebody brought back meanwhile is left as it is.
 */
export async function wipeDue(core: Core): Promise<number> {
  const due = await core.database.reads.secretsToWipe(core.world.now(), BATCH)
  let wiped = 0
  for (const secret of due) {
    const said = {
      account: secret.account,
      action: 'secret.wipe',
      target: secretTarget(secret),
    } as const
    const committed = await commitOwn(core, said, wiping(core, secret))
    if (committed.kind === 'committed') wiped += 1
  }
  return wiped === BATCH ? wiped + (await wipeDue(core)) : wiped
}

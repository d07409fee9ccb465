import type { SecretId } from '#domain/ids.ts'
import type { Doer, Secret } from '#domain/secret.ts'
import type { Caller } from '#domain/subject.ts'
import type { Write } from '#ports/database.ts'
import type { Core } from './core.ts'

export const doerOf = ({ subject }: Caller): Doer => ({ id: subject.id, kind: subject.kind })

/** The row of a secret after `patch`: its revision raised, its MAC made anew. */
export async function changed(
  core: Core,
  caller: Caller,
  secret: Secret,
  patch: Partial<Secret>,
): Promise<Secret> {
  const next: Secret = {
    ...secret,
    updatedAt: core.world.now(),
    updatedBy: doerOf(caller),
    ...patch,
    revision: secret.revision + 1,
  }
  return { ...next, rowMac: await core.rowSeal.seal(next) }
}

/** Takes away every link to a secret. */
export async function unlinkAll(core: Core, secret: SecretId, at: number): Promise<Write[]> {
  const links = await core.database.reads.linksTo(secret)
  return links.flatMap((link): Write[] => [
    { write: 'removed-link', id: link.id, at },
    { write: 'group-size', group: link.group, by: -1 },
  ])
}

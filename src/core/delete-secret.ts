import type { Secret } from '#domain/secret.ts'
import type { Caller } from '#domain/subject.ts'
import type { Write } from '#ports/database.ts'
import { mustAnswer, type Forced } from './answering.ts'
import { authorize } from './authorize.ts'
import { changed, unlinkAll } from './change-secret.ts'
import type { Core } from './core.ts'
import { removalTask } from './store-tasks.ts'
import {
  locate,
  nothingAt,
  secretTarget,
  unseenAt,
  type Located,
  type SecretRef,
} from './locate.ts'
import type { Verb } from './perform.ts'

export interface DeletedSecret {
  readonly id: string
  /** Until when it can be brought back (Unix ms); `null` where nothing is to be brought back. */
  readonly wipeAt: number | null
}

/**
 * Deletes a secret: it is gone from every API, its links go, its name is free at once. Within the
 * retention it can be brought back; then, or at once without one, its values are wiped. Where it is
 * only a link, the link goes and the secret stays.
 */
export const deleteSecret: Verb<SecretRef & Forced, DeletedSecret, 'secret.delete'> = {
  action: 'secret.delete',
  async decide(core, caller, ref) {
    const found = await locate(core, caller, ref)
    if (found === null) return nothingAt(core, caller, ref)
    const target = secretTarget(found.secret)
    const thing = unseenAt(caller, ref, found.via)
    const resource = { kind: 'group', group: found.via, thing } as const
    const grant = authorize(caller, 'secret.delete', resource, target)
    if (!grant.ok) return { fault: grant.error, target }
    const { secret: on } = found
    if (ref.force === false && !found.linked) await mustAnswer(core, on)
    const at = core.world.now()
    const writes = found.linked
      ? await removeLink(core, found)
      : [
          ...(await removeSecret(core, caller, on, at)),
          { write: 'group-size', group: on.group, by: -1 } as const,
        ]
    const wipeAt = found.linked ? null : wipeTime(core, at)
    return { grant: grant.value, on, writes, answer: () => ({ id: on.id, wipeAt }) }
  },
}

const wipeTime = ({ retentionMs }: Core, at: number): number | null =>
  retentionMs === 0 ? null : at + retentionMs

/** Takes a secret and its links away; the size of its own group is the caller's to write. */
export async function removeSecret(
  core: Core,
  caller: Caller,
  secret: Secret,
  at = core.world.now(),
): Promise<Write[]> {
  // What it last said of itself stays, so that a cursor that names it keeps its place.
  const { updatedAt, updatedBy } = secret
  const wipeAt = wipeTime(core, at)
  const row = await changed(core, caller, secret, { deletedAt: at, wipeAt, updatedAt, updatedBy })
  return [
    { write: 'changed-secret', row },
    ...(wipeAt === null
      ? [
          { write: 'destroyed-versions', secret: secret.id, at } as const,
          ...removalTask(core, secret),
        ]
      : []),
    ...(await unlinkAll(core, secret.id, at)),
  ]
}

/** Takes the link away by which a group shows a secret of another. */
export async function removeLink(core: Core, { secret, via }: Located): Promise<Write[]> {
  const link = await core.database.reads.link(via.id, secret.id)
  if (link === null) return []
  return [
    { write: 'removed-link', id: link.id, at: core.world.now() },
    { write: 'group-size', group: via.id, by: -1 },
  ]
}

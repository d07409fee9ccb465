import { authorize } from './authorize.ts'
import { changed, unlinkAll } from './change-secret.ts'
import { locate, secretTarget, type Located, type SecretRef } from './locate.ts'
import type { Core } from './core.ts'
import type { Caller } from '#domain/subject.ts'
import type { Verb } from './perform.ts'
import type { Write } from '#ports/database.ts'

/**
 * Deletes a secret: its values are destroyed, its links go, its name is free at once. Where it is
 * only a link, the link goes and the secret stays.
 */
export const deleteSecret: Verb<SecretRef, { readonly id: string }, 'secret.delete'> = {
  action: 'secret.delete',
  async decide(core, caller, ref) {
    const found = await locate(core, caller, ref)
    if (found === null) return { fault: { kind: 'not_found', thing: 'secret' } }
    const target = secretTarget(found.secret)
    const resource = { kind: 'group', group: found.via, thing: 'secret' } as const
    const grant = authorize(caller, 'secret.delete', resource, target)
    if (!grant.ok) return { fault: grant.error, target }
    const writes = found.linked
      ? await removeLink(core, found)
      : await removeSecret(core, caller, found)
    const { secret: on } = found
    return { grant: grant.value, on, writes, answer: () => ({ id: on.id }) }
  },
}

async function removeSecret(core: Core, caller: Caller, { secret }: Located): Promise<Write[]> {
  const at = core.world.now()
  // What it last said of itself stays, so that a cursor that names it keeps its place.
  const { updatedAt, updatedBy } = secret
  const row = await changed(core, caller, secret, { deletedAt: at, updatedAt, updatedBy })
  return [
    { write: 'changed-secret', row },
    { write: 'destroyed-versions', secret: secret.id, at },
    { write: 'group-size', group: secret.group, by: -1 },
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

import { nameProblem } from '#domain/names.ts'
import type { Shown } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import { changed, doerOf } from './change-secret.ts'
import { removeLink } from './delete-secret.ts'
import { findGroup, locate, secretTarget, type GroupRef, type SecretRef } from './locate.ts'
import type { Verb } from './perform.ts'
import { takingTurns, variableInTheWay } from './variables.ts'

export interface CreateLink {
  readonly group: GroupRef
  /** Its name in the group; `null` for the name it has where it is. */
  readonly name: string | null
  readonly ref: SecretRef
}

/**
 * Makes a secret visible in another group. Whoever may use that group may then read it there, so it
 * takes the leave to read the secret as well as the leave to write to the group.
 */
export const createLink: Verb<CreateLink, Shown, 'link.create'> = {
  action: 'link.create',
  async decide(core, caller, { group: into, name, ref }) {
    const found = await locate(core, caller, ref)
    if (found === null) return { fault: { kind: 'not_found', thing: 'secret' } }
    const target = secretTarget(found.secret)
    const from = { kind: 'group', group: found.via, thing: 'secret' } as const
    const readable = authorize(caller, 'secret.read', from, target)
    if (!readable.ok) return { fault: readable.error, target }
    const group = await findGroup(core, caller, into)
    if (group === null) return { fault: { kind: 'not_found', thing: 'group' }, target }
    const resource = { kind: 'group', group, thing: 'group' } as const
    const grant = authorize(caller, 'link.create', resource, target)
    if (!grant.ok) return { fault: grant.error, target }
    const linkName = name ?? found.name
    const problem = nameProblem(group.kind, linkName, ['body', 'name'])
    if (problem !== null) return { fault: { kind: 'invalid', problems: [problem] }, target }
    if (
      found.secret.group === group.id ||
      (await core.database.reads.link(group.id, found.secret.id))
    ) {
      return { fault: { kind: 'name_taken', thing: 'link' }, target }
    }
    const inEnvironment = group.kind === 'environment'
    const turn = inEnvironment ? await takingTurns(core, group) : []
    const taken = inEnvironment ? await variableInTheWay(core, group, linkName) : null
    if (taken !== null) return { fault: taken, target }
    const { updatedAt, updatedBy } = found.secret
    const link = {
      id: core.newId<'secret'>(),
      group: group.id,
      name: linkName,
      secret: found.secret.id,
      createdAt: core.world.now(),
      createdBy: doerOf(caller),
    }
    return {
      grant: grant.value,
      on: found.secret,
      writes: [
        ...turn,
        // Raises the secret's revision: it must not be deleted meanwhile and leave a link to nothing.
        {
          write: 'changed-secret',
          row: await changed(core, caller, found.secret, { updatedAt, updatedBy }),
        },
        { write: 'link', row: link, account: caller.account },
        { write: 'group-size', group: group.id, by: 1 },
      ],
      answer: () => ({ name: linkName, secret: found.secret, link }),
    }
  },
}

/** Takes a link away; the secret stays where it is. */
export const deleteLink: Verb<
  { readonly group: GroupRef; readonly id: string },
  { readonly id: string },
  'link.delete'
> = {
  action: 'link.delete',
  async decide(core, caller, { group: from, id }) {
    const group = await findGroup(core, caller, from)
    if (group === null) return { fault: { kind: 'not_found', thing: 'group' } }
    const found = await locate(core, caller, { by: 'id-in', id, group: from })
    const into = { kind: 'group', group, thing: 'group' } as const
    const target = found === null ? null : secretTarget(found.secret)
    const grant = authorize(caller, 'link.delete', into, target)
    if (!grant.ok) return { fault: grant.error, target }
    if (found?.linked !== true) return { fault: { kind: 'not_found', thing: 'link' }, target }
    const writes = await removeLink(core, found)
    return { grant: grant.value, writes, answer: () => ({ id: found.secret.id }) }
  },
}

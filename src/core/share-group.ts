import type { Action } from '#domain/action.ts'
import type { Fault } from '#domain/fault.ts'
import type { Grant } from '#domain/grant.ts'
import type { Group } from '#domain/group.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Caller } from '#domain/subject.ts'
import { authorize } from './authorize.ts'
import {
  directCollaborators,
  findCollaborators,
  namedCollaborators,
  sharing,
  type CollaboratorAsked,
  type Direct,
  type NamedCollaborator,
} from './collaborators.ts'
import type { Core } from './core.ts'
import { granteeCalled, type GranteeRef } from './find-people.ts'
import { findGroup, groupTarget, type GroupRef } from './locate.ts'
import type { Refused, Verb } from './perform.ts'

const missing: Fault = { kind: 'not_found', thing: 'group' }

async function find<A extends Action>(
  core: Core,
  caller: Caller,
  action: A,
  ref: GroupRef,
): Promise<Result<{ group: Group; grant: Grant<A> }, Refused>> {
  const group = await findGroup(core, caller, ref)
  if (group === null) return err({ fault: missing })
  const target = groupTarget(group)
  const grant = authorize(caller, action, { kind: 'group', group, thing: 'group' }, target)
  return grant.ok ? ok({ group, grant: grant.value }) : err({ fault: grant.error, target })
}

/** Who a group is shared with directly. */
export const listCollaborators: Verb<GroupRef, readonly NamedCollaborator[], 'group.get'> = {
  action: 'group.get',
  async decide(core, caller, ref) {
    const found = await find(core, caller, 'group.get', ref)
    if (!found.ok) return found.error
    const list = await namedCollaborators(core, caller, found.value.group)
    return { grant: found.value.grant, writes: [], answer: () => list }
  },
}

/** The change that makes `next` of who a group is shared with now. */
async function reshare(core: Core, group: Group, next: (now: readonly Direct[]) => Direct[]) {
  const state = await core.database.reads.groupState(group.id)
  const before = await directCollaborators(core, group)
  const { id } = group
  return state === null
    ? null
    : ([
        { write: 'changed-group', id, revision: state.revision, at: core.world.now() },
        ...sharing(group, before, next(before)),
      ] as const)
}

export interface ShareGroup extends CollaboratorAsked {
  readonly group: GroupRef
}

/** Gives somebody a role in a group, in place of the one they were given there before. */
export const shareGroup: Verb<ShareGroup, NamedCollaborator, 'group.update'> = {
  action: 'group.update',
  async decide(core, caller, { group: ref, who, role }) {
    const found = await find(core, caller, 'group.update', ref)
    if (!found.ok) return found.error
    const { group, grant } = found.value
    const target = groupTarget(group)
    if (group.kind !== 'named' && group.kind !== 'environment') {
      const why = 'only groups and environments that people made are shared'
      return { fault: { kind: 'in_use', thing: 'group', why }, target }
    }
    const asked = await findCollaborators(core, caller, [{ who, role }])
    if (!asked.ok) return { fault: asked.error, target }
    const writes = await reshare(core, group, (now) => [
      ...now.filter(({ id }) => !asked.value.some((one) => one.id === id)),
      ...asked.value,
    ])
    const [given] = asked.value
    if (writes === null || given === undefined) return { fault: missing }
    const shown = { kind: who.kind, id: given.id, name: who.name, role }
    return { grant, also: [granteeTarget(given, who)], writes, answer: () => shown }
  },
}

const granteeTarget = ({ kind, id }: Pick<Direct, 'kind' | 'id'>, { name }: GranteeRef) => ({
  kind,
  id,
  name,
})

export interface UnshareGroup {
  readonly group: GroupRef
  readonly who: GranteeRef
}

/** Takes away the role that somebody was given in a group; in force at once. */
export const unshareGroup: Verb<UnshareGroup, { readonly id: string }, 'group.update'> = {
  action: 'group.update',
  async decide(core, caller, { group: ref, who }) {
    const found = await find(core, caller, 'group.update', ref)
    if (!found.ok) return found.error
    const { group, grant } = found.value
    const target = groupTarget(group)
    const grantee = await granteeCalled(core, caller, who)
    const direct = await directCollaborators(core, group)
    if (grantee === null || !direct.some(({ id }) => id === grantee.id)) {
      return { fault: { kind: 'not_found', thing: 'member' }, target }
    }
    const writes = await reshare(core, group, (now) => now.filter(({ id }) => id !== grantee.id))
    if (writes === null) return { fault: missing }
    return {
      grant,
      also: [granteeTarget(grantee, who)],
      writes,
      answer: () => ({ id: grantee.id }),
    }
  },
}

import type { Target } from '#domain/audit.ts'
import type { Fault } from '#domain/fault.ts'
import type { Group } from '#domain/group.ts'
import type { Caller } from '#domain/subject.ts'
import type { Write } from '#ports/database.ts'
import { mustAnswer, type Forced } from './answering.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { removeSecret } from './delete-secret.ts'
import { findGroup, groupTarget, secretTarget, type GroupRef } from './locate.ts'
import type { Verb } from './perform.ts'

const missing: Fault = { kind: 'not_found', thing: 'group' }

const resource = (group: Group) => ({ kind: 'group', group, thing: 'group' }) as const

const removable = ({ kind }: Group): boolean => kind === 'named' || kind === 'environment'

const SECRETS_MAX = 100_000

/** Removes an empty named group or environment. */
export const deleteGroup: Verb<GroupRef, { readonly id: string }, 'group.delete'> = {
  action: 'group.delete',
  async decide(core, caller, ref) {
    const group = await findGroup(core, caller, ref)
    if (group === null) return { fault: missing }
    const target = groupTarget(group)
    const grant = authorize(caller, 'group.delete', resource(group), target)
    if (!grant.ok) return { fault: grant.error, target }
    const why = !removable(group)
      ? 'it is there as long as its owner is'
      : (await core.database.reads.groupSize(group.id)) > 0
        ? 'it still holds secrets or links: delete those first'
        : null
    if (why !== null) return { fault: { kind: 'in_use', thing: 'group', why }, target }
    const at = core.world.now()
    return {
      grant: grant.value,
      writes: [{ write: 'removed-group', id: group.id, at }, ...afterwards(group)],
      answer: () => {
        core.groups.forget()
        return { id: group.id }
      },
    }
  },
}

/** What goes with a group; who had a role in it keeps it, for what was deleted with the group. */
const afterwards = ({ id }: Group): readonly Write[] => [
  { write: 'removed-variables', group: id },
  { write: 'removed-manifest', of: id },
]

/** Removes a named group or an environment with all it holds; what it only links to stays. */
export const deleteWholeGroup: Verb<GroupRef & Forced, { readonly id: string }, 'group.delete'> = {
  action: 'group.delete',
  async decide(core, caller, ref) {
    const group = await findGroup(core, caller, ref)
    if (group === null) return { fault: missing }
    const target = groupTarget(group)
    const grant = authorize(caller, 'group.delete', resource(group), target)
    if (!grant.ok) return { fault: grant.error, target }
    if (!removable(group)) {
      const why = 'it is there as long as its owner is'
      return { fault: { kind: 'in_use', thing: 'group', why }, target }
    }
    if (ref.force === false) await groupMustAnswer(core, group)
    const emptied = await emptying(core, caller, group)
    const at = core.world.now()
    return {
      grant: grant.value,
      also: emptied.also,
      writes: [
        ...emptied.writes,
        { write: 'emptied-group', id: group.id, at, size: emptied.size },
        ...afterwards(group),
      ],
      answer: () => {
        core.groups.forget()
        for (const { id } of emptied.also) core.secrets.forgetId(id)
        return { id: group.id }
      },
    }
  },
}

/** One secret speaks for all of them: they are in one store. */
async function groupMustAnswer(core: Core, group: Group): Promise<void> {
  const first = { group: group.id, sort: 'id', descending: false, after: null, limit: 1 } as const
  for (const { secret, link } of await core.database.reads.secrets(first)) {
    if (link === null) await mustAnswer(core, secret)
  }
}

/** What takes every secret and link out of a group, as long as nothing comes in meanwhile. */
async function emptying(core: Core, caller: Caller, group: Group) {
  const { reads } = core.database
  const size = await reads.groupSize(group.id)
  const from = { group: group.id, sort: 'id', descending: false, after: null } as const
  const at = core.world.now()
  const writes: Write[] = []
  const also: Target[] = []
  for (const { secret: info, link } of await reads.secrets({ ...from, limit: SECRETS_MAX })) {
    also.push(secretTarget(info))
    if (link !== null) {
      writes.push({ write: 'removed-link', id: link.id, at })
      continue
    }
    const secret = await reads.secret(group.account, info.id)
    if (secret !== null) writes.push(...(await removeSecret(core, caller, secret)))
  }
  return { writes, also, size }
}

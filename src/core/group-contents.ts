import type { Group } from '#domain/group.ts'
import type { SubjectId } from '#domain/ids.ts'
import type { SecretInfo } from '#domain/secret.ts'
import type { Caller, Subject } from '#domain/subject.ts'
import type { Account, Shown } from '#ports/database.ts'
import { authorize, maySee } from './authorize.ts'
import { namedCollaborators, type NamedCollaborator } from './collaborators.ts'
import type { Core } from './core.ts'
import { partOf, type Part, type PartOf } from './everyone.ts'
import { groupNamed } from './full-names.ts'
import { integrationOf, type Integration } from './integrations.ts'
import { groupsSeen } from './list-groups.ts'
import { findGroup, groupTarget } from './locate.ts'
import type { Verb } from './perform.ts'

/** A secret as a group shows it, with who made it; never its value. */
export interface ContainedSecret {
  readonly name: string
  readonly via: Group
  readonly secret: SecretInfo
  /** `null` when nothing is known of who made it any more. */
  readonly creator: Subject | null
}

/** A named group with all that is said of it and all it holds. */
export interface GroupContents {
  readonly account: Account
  readonly group: Group
  readonly integration: Integration
  readonly creator: Subject | null
  readonly updatedAt: number
  /** As it was put, as JSON text. */
  readonly manifest: string | null
  /** Who has a role there that nothing but itself gives. */
  readonly collaborators: readonly NamedCollaborator[]
  readonly secrets: readonly ContainedSecret[]
}

const SECRETS_MAX = 100_000
const GROUPS_MAX = 100_000

/** Who made some secrets, each looked for once. */
export async function creatorsOf(
  core: Core,
  caller: Caller,
  secrets: readonly SecretInfo[],
): Promise<ReadonlyMap<SubjectId, Subject | null>> {
  const creators = new Map<SubjectId, Subject | null>()
  for (const { createdBy } of secrets) {
    if (creators.has(createdBy.id)) continue
    creators.set(createdBy.id, await core.people.subject(caller, createdBy.id))
  }
  return creators
}

/** Every entry of a group, as they were made. */
export const entriesOf = (core: Core, { id }: Group): Promise<readonly Shown[]> =>
  core.database.reads.secrets({
    group: id,
    sort: 'id',
    descending: false,
    after: null,
    limit: SECRETS_MAX,
  })

/** A group as it is now. */
export async function contentsOf(core: Core, caller: Caller, group: Group): Promise<GroupContents> {
  const { reads } = core.database
  const account = await core.people.account(caller)
  const [state, manifest, collaborators, entries, creator] = await Promise.all([
    reads.groupState(group.id),
    reads.manifest(group.id),
    namedCollaborators(core, caller, group),
    entriesOf(core, group),
    core.people.subject(caller, group.createdBy),
  ])
  const creators = await creatorsOf(
    core,
    caller,
    entries.map(({ secret }) => secret),
  )
  const moments = entries.map(({ secret }) => secret.updatedAt)
  const updatedAt = moments.reduce((a, b) => Math.max(a, b), state?.updatedAt ?? group.createdAt)
  return {
    ...{ account, group, creator, updatedAt, manifest, collaborators },
    integration: await integrationOf(core, account, group),
    secrets: entries.map(({ name, secret }) => ({
      ...{ name, via: group, secret },
      creator: creators.get(secret.createdBy.id) ?? null,
    })),
  }
}

/** A named group by its id, with all it holds. */
export const getContents: Verb<{ readonly id: string }, GroupContents, 'group.get'> = {
  action: 'group.get',
  async decide(core, caller, { id }) {
    const group = await findGroup(core, caller, { by: 'id', id, among: 'named' })
    if (group === null) return { fault: { kind: 'not_found', thing: 'group' } }
    const target = groupTarget(group)
    const grant = authorize(caller, 'group.get', { kind: 'group', group, thing: 'group' }, target)
    if (!grant.ok) return { fault: grant.error, target }
    const contents = await contentsOf(core, caller, group)
    return { grant: grant.value, writes: [], answer: () => contents }
  },
}

export interface ListContents extends Part {
  /** Only the group with exactly this full name. */
  readonly fqn: string | null
  /** Only groups that have this in their name, or in that of one of their secrets. */
  readonly search: string | null
}

/** The named groups that the caller may see, with all they hold, as they were made. */
export const listContents: Verb<ListContents, PartOf<GroupContents>, 'group.list'> = {
  action: 'group.list',
  fresh: () => true,
  async decide(core, caller, { fqn, search, ...part }) {
    const grant = authorize(caller, 'group.list', { kind: 'self' }, null)
    if (!grant.ok) return { fault: grant.error }
    const account = await core.people.account(caller)
    const seen = await namedGroupsSeen(core, caller, account, fqn)
    const groups = search === null ? seen : await having(core, seen, search)
    const { items, total } = partOf(groups, part)
    const list = await Promise.all(items.map((group) => contentsOf(core, caller, group)))
    return { grant: grant.value, writes: [], answer: () => ({ items: list, total }) }
  },
}

/** The named groups that the caller may see: all, or the one with a full name. */
export async function namedGroupsSeen(
  core: Core,
  caller: Caller,
  account: Account,
  fqn: string | null,
): Promise<readonly Group[]> {
  if (fqn === null) {
    const seen = await groupsSeen(core, caller, { after: '', limit: GROUPS_MAX })
    return seen.filter(({ kind }) => kind === 'named')
  }
  const name = groupNamed(account, fqn)
  const group = name === null ? null : await core.database.reads.namedGroup(account.id, name)
  return group !== null && maySee(caller, group) ? [group] : []
}

async function having(
  core: Core,
  groups: readonly Group[],
  text: string,
): Promise<readonly Group[]> {
  const part = text.toLowerCase()
  const found = await Promise.all(
    groups.map(async (group) => {
      if (group.name.toLowerCase().includes(part)) return group
      const page = { after: '', limit: 1 }
      return (await core.database.reads.search(group.id, text, page)).length > 0 ? group : null
    }),
  )
  return found.filter((group) => group !== null)
}

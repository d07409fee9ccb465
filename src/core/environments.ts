import type { Problem } from '#domain/fault.ts'
import type { Group, Owner } from '#domain/group.ts'
import { parseId, type SubjectId, type TeamId } from '#domain/ids.ts'
import { textProblem } from '#domain/names.ts'
import type { Caller } from '#domain/subject.ts'
import type { Write } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { groupsSeen } from './list-groups.ts'
import { findGroup, groupTarget, type GroupRef } from './locate.ts'
import type { Refused, Verb } from './perform.ts'

export const VISIBILITIES = ['PUBLIC', 'PRIVATE'] as const
export type Visibility = (typeof VISIBILITIES)[number]

/** What a running job is given: a group of its own kind, addressed by its owner's slug and a name. */
export interface Environment {
  readonly group: Group
  /** The slug of its owner; empty while the owner has none. */
  readonly owner: string
  /** A word of the owner's; it opens nothing to anybody. */
  readonly visibility: Visibility
  readonly description: string | null
  readonly updatedAt: number
}

/** What an environment's manifest says. */
type Said = Pick<Environment, 'visibility' | 'description'>

/** An environment by any of its names. */
export type EnvironmentRef = GroupRef & { readonly by: 'environment' | 'environment-word' }

const NAME = '^[A-Za-z0-9._-]+$'
const NAME_CHARACTERS_MAX = 100

/** What is wrong with the name of an environment, at `at` in the request; `null` if nothing. */
export function environmentNameProblem(name: string, at: Problem['at']): Problem | null {
  if (name === '') return { at, rule: 'too_short', limit: 1 }
  // A path of one or two dots is taken out by every client before it is sent.
  if (name === '.' || name === '..') return { at, rule: 'reserved' }
  if (!new RegExp(NAME, 'u').test(name)) return { at, rule: 'pattern', pattern: NAME }
  return textProblem(name, at, NAME_CHARACTERS_MAX)
}

export type OwnerRef =
  | { readonly by: 'caller' }
  | { readonly by: 'slug'; readonly slug: string }
  | { readonly by: 'team'; readonly team: string }

export interface ResolveEnvironment {
  readonly owner: OwnerRef
  readonly name: string
  readonly visibility: Visibility
  /** Refuse one that is there already. */
  readonly anew: boolean
}

export interface Resolved extends Environment {
  readonly created: boolean
}

/** Gets the environment of this owner and name, or makes it. */
export const resolveEnvironment: Verb<ResolveEnvironment, Resolved, 'group.create'> = {
  action: 'group.create',
  async decide(core, caller, { owner: asked, name, visibility, anew }) {
    const owner = await ownerOf(core, caller, asked)
    if ('fault' in owner) return owner
    const turn = await takingTurns(core, owner)
    const known = await core.database.reads.environment(owner.id, name)
    const group = known ?? (await newGroup(core, caller, owner, name))
    const resource = { kind: 'group', group, thing: 'team' } as const
    const grant = authorize(caller, 'group.create', resource, groupTarget(group))
    if (!grant.ok) return { fault: grant.error }
    const slug = await core.database.reads.slugOf(owner.id)
    if (slug === null) return { fault: { kind: 'not_found', thing: 'slug' } }
    const problem = environmentNameProblem(name, ['body', 'name'])
    if (problem !== null) return { fault: { kind: 'invalid', problems: [problem] } }
    if (known !== null) {
      const target = groupTarget(known)
      if (anew) return { fault: { kind: 'name_taken', thing: 'environment' }, target }
      const found = { ...(await viewOf(core, known)), created: false }
      return { grant: grant.value, writes: [], answer: () => found }
    }
    const said: Said = { visibility, description: null }
    const made = { group, owner: slug, ...said, updatedAt: group.createdAt, created: true }
    const writes: readonly Write[] = [
      ...turn,
      { write: 'group', row: group },
      { write: 'manifest', of: group.id, body: JSON.stringify(said) },
    ]
    return { grant: grant.value, writes, answer: () => made }
  },
}

type EnvironmentOwner = Owner & { readonly kind: 'subject' | 'team' }

const noOwner: Refused = { fault: { kind: 'not_found', thing: 'team' } }

async function ownerOf(
  core: Core,
  { account, subject }: Caller,
  asked: OwnerRef,
): Promise<EnvironmentOwner | Refused> {
  const { reads } = core.database
  if (asked.by === 'team') {
    const id = parseId<'team'>(asked.team)
    const team = id === null ? null : await reads.team(account, id)
    return team === null ? noOwner : { kind: 'team', id: team.id }
  }
  const id = asked.by === 'caller' ? subject.id : await reads.slugOwner(account, asked.slug)
  if (id === null) return noOwner
  const team = await reads.team(account, id as TeamId)
  if (team !== null) return { kind: 'team', id: team.id }
  if (id === subject.id && subject.kind !== 'user') {
    return { fault: { kind: 'denied', needs: 'a team: a service account has no environments' } }
  }
  return { kind: 'subject', id: id as SubjectId }
}

/** Of many who make one environment at once, the others find it: each waits for the one before. */
async function takingTurns(core: Core, { kind, id }: EnvironmentOwner): Promise<readonly Write[]> {
  const own = await core.groups.own(kind === 'team' ? 'team' : 'personal', id)
  const state = own === null ? null : await core.database.reads.groupState(own.id)
  if (own === null || state === null) return []
  const { revision } = state
  return [{ write: 'changed-group', id: own.id, revision, at: core.world.now() }]
}

const newGroup = async (
  core: Core,
  caller: Caller,
  owner: Owner,
  name: string,
): Promise<Group> => ({
  id: core.newId<'group'>(),
  account: caller.account,
  kind: 'environment',
  name,
  owner,
  open: true,
  store: await core.database.reads.defaultStore(caller.account),
  createdAt: core.world.now(),
  createdBy: caller.subject.id,
})

async function viewOf(core: Core, group: Group): Promise<Environment> {
  const { reads } = core.database
  const { owner, createdAt } = group
  const slug = owner.kind === 'account' ? null : await reads.slugOf(owner.id)
  const state = await reads.groupState(group.id)
  const said = readSaid(await reads.manifest(group.id))
  return { group, owner: slug ?? '', ...said, updatedAt: state?.updatedAt ?? createdAt }
}

function readSaid(body: string | null): Said {
  const { visibility, description } = JSON.parse(body ?? '{}') as Partial<Said>
  return { visibility: visibility ?? 'PRIVATE', description: description ?? null }
}

/** What is known of an environment. */
export const getEnvironment: Verb<EnvironmentRef, Environment, 'group.get'> = {
  action: 'group.get',
  async decide(core, caller, ref) {
    const group = await findGroup(core, caller, ref)
    if (group === null) return { fault: { kind: 'not_found', thing: 'environment' } }
    const resource = { kind: 'group', group, thing: 'environment' } as const
    const grant = authorize(caller, 'group.get', resource, groupTarget(group))
    if (!grant.ok) return { fault: grant.error, target: groupTarget(group) }
    const found = await viewOf(core, group)
    return { grant: grant.value, writes: [], answer: () => found }
  },
}

export type EnvironmentSort = 'created_at' | 'updated_at' | 'name'

export interface ListEnvironments {
  /** Only those of the owner with this slug. */
  readonly owner: string | null
  readonly visibility: Visibility | null
  /** Part of a name or a description, whatever its case; empty for all. */
  readonly text: string
  /** Only the caller's and those of the caller's own teams. */
  readonly mine: boolean
  /** Only those made after the one with this id; empty for all. */
  readonly after: string
  readonly sort: EnvironmentSort
  readonly descending: boolean
  readonly offset: number
  readonly limit: number
}

export interface EnvironmentList {
  readonly items: readonly Environment[]
  readonly total: number
  readonly offset: number
  readonly limit: number
}

const GROUPS_MAX = 100_000

/** The environments that the caller may see. */
export const listEnvironments: Verb<ListEnvironments, EnvironmentList, 'group.list'> = {
  action: 'group.list',
  fresh: () => true,
  async decide(core, caller, input) {
    const grant = authorize(caller, 'group.list', { kind: 'self' }, null)
    if (!grant.ok) return { fault: grant.error }
    const seen = await groupsSeen(core, caller, { after: input.after, limit: GROUPS_MAX })
    const groups = seen.filter(
      (group) => group.kind === 'environment' && (!input.mine || isMine(caller, group)),
    )
    const all = await Promise.all(groups.map((group) => viewOf(core, group)))
    const { offset, limit } = input
    const found = sorted(
      all.filter((one) => fits(one, input)),
      input,
    )
    const items = found.slice(offset, offset + limit)
    const list = { items, total: found.length, offset, limit }
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

const isMine = ({ subject, teams }: Caller, { owner }: Group): boolean =>
  owner.id === subject.id || (owner.kind === 'team' && teams.includes(owner.id))

export function fits(one: Environment, { owner, visibility, text }: ListEnvironments): boolean {
  const said = `${one.group.name}\n${one.description ?? ''}`.toLowerCase()
  return (
    (owner === null || one.owner === owner) &&
    (visibility === null || one.visibility === visibility) &&
    said.includes(text.toLowerCase())
  )
}

/** In the order asked; those that are equal in it as they were made. */
export function sorted(
  all: readonly Environment[],
  { sort, descending }: Pick<ListEnvironments, 'sort' | 'descending'>,
): readonly Environment[] {
  const key = ({ group, updatedAt }: Environment): string | number =>
    sort === 'name' ? group.name : sort === 'updated_at' ? updatedAt : group.id
  const compare = (a: Environment, b: Environment): number => {
    if (key(a) !== key(b)) return key(a) < key(b) ? -1 : 1
    return a.group.id < b.group.id ? -1 : 1
  }
  const ascending = all.toSorted(compare)
  return descending ? ascending.toReversed() : ascending
}

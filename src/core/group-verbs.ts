import type { Group, Owner } from '#domain/group.ts'
import { parseId } from '#domain/ids.ts'
import { BATCH_SECRETS_MAX, NAME_CHARACTERS_MAX } from '#domain/limits.ts'
import { textProblem } from '#domain/names.ts'
import type { Receipt } from '#domain/grant.ts'
import type { Caller } from '#domain/subject.ts'
import type { Fault, Problem } from '#domain/fault.ts'
import type { Secret, Version } from '#domain/secret.ts'
import type { Shown } from '#ports/database.ts'
import { authorize, type Resource } from './authorize.ts'
import type { Core } from './core.ts'
import { findGroup, ownGroupWords, secretTarget, type GroupRef } from './locate.ts'
import type { Verb } from './perform.ts'
import { open, type OpenedSecret } from './read-secret.ts'

const missing: Fault = { kind: 'not_found', thing: 'group' }

const groupTarget = ({ id, name }: Group) => ({ kind: 'group', id, name }) as const

const asResource = (group: Group): Resource => ({ kind: 'group', group, thing: 'group' })

export interface CreateGroup {
  readonly name: string
  readonly owner: { readonly kind: 'account' } | { readonly kind: 'subject' } | TeamOwner
}

interface TeamOwner {
  readonly kind: 'team'
  readonly id: string
}

/** Makes a named group, which belongs to the account, to the caller alone, or to a team. */
export const createGroup: Verb<CreateGroup, Group, 'group.create'> = {
  action: 'group.create',
  async decide(core, caller, { name, owner: asked }) {
    const owner = await ownerOf(core, caller, asked)
    if (owner === null) return { fault: { kind: 'not_found', thing: 'team' } }
    const group: Group = {
      id: core.newId<'group'>(),
      account: caller.account,
      kind: 'named',
      name,
      owner,
      store: 'embedded',
      createdAt: core.world.now(),
      createdBy: caller.subject.id,
    }
    const resource = { kind: 'group', group, thing: 'team' } as const
    const grant = authorize(caller, 'group.create', resource, groupTarget(group))
    if (!grant.ok) return { fault: grant.error }
    const problem = groupNameProblem(name)
    if (problem !== null) return { fault: { kind: 'invalid', problems: [problem] } }
    return { grant: grant.value, writes: [{ write: 'group', row: group }], answer: () => group }
  },
}

function groupNameProblem(name: string): Problem | null {
  const at = ['body', 'name']
  if (name === '') return { at, rule: 'too_short', limit: 1 }
  // Nor may a name look like an id: what an id means must not change with a group's name.
  if (ownGroupWords.has(name) || parseId(name) !== null) return { at, rule: 'reserved' }
  const pattern = '^[A-Za-z0-9][A-Za-z0-9._-]*$'
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/u.test(name)) return { at, rule: 'pattern', pattern }
  return textProblem(name, at, NAME_CHARACTERS_MAX)
}

async function ownerOf(
  core: Core,
  caller: Caller,
  asked: CreateGroup['owner'],
): Promise<Owner | null> {
  switch (asked.kind) {
    case 'account':
      return { kind: 'account', id: caller.account }
    case 'subject':
      return { kind: 'subject', id: caller.subject.id }
    case 'team': {
      const id = parseId<'team'>(asked.id)
      const team = id === null ? null : await core.database.reads.team(caller.account, id)
      return team === null ? null : { kind: 'team', id: team.id }
    }
  }
}

export const getGroup: Verb<GroupRef, Group & { readonly size: number }, 'group.get'> = {
  action: 'group.get',
  async decide(core, caller, ref) {
    const group = await findGroup(core, caller, ref)
    if (group === null) return { fault: missing }
    const grant = authorize(caller, 'group.get', asResource(group), groupTarget(group))
    if (!grant.ok) return { fault: grant.error, target: groupTarget(group) }
    const size = await core.database.reads.groupSize(group.id)
    return { grant: grant.value, writes: [], answer: () => ({ ...group, size }) }
  },
}

/** Removes an empty named group. */
export const deleteGroup: Verb<GroupRef, { readonly id: string }, 'group.delete'> = {
  action: 'group.delete',
  async decide(core, caller, ref) {
    const group = await findGroup(core, caller, ref)
    if (group === null) return { fault: missing }
    const target = groupTarget(group)
    const grant = authorize(caller, 'group.delete', asResource(group), target)
    if (!grant.ok) return { fault: grant.error, target }
    const why =
      group.kind !== 'named'
        ? 'it is there as long as its owner is'
        : (await core.database.reads.groupSize(group.id)) > 0
          ? 'it still holds secrets or links: delete those first'
          : null
    if (why !== null) return { fault: { kind: 'in_use', thing: 'group', why }, target }
    const at = core.world.now()
    return {
      grant: grant.value,
      writes: [{ write: 'removed-group', id: group.id, at }],
      answer: () => {
        core.groups.forget()
        return { id: group.id }
      },
    }
  },
}

export interface PageOfAll {
  readonly after: string
  readonly limit: number
}

const TEAMS_MAX = 10_000

/** Everyone whose groups this caller may use. */
async function owners(core: Core, caller: Caller): Promise<readonly Owner['id'][]> {
  const teams =
    caller.subject.role === 'admin'
      ? await core.database.reads.teams(caller.account, { after: '', limit: TEAMS_MAX })
      : caller.teams.map((id) => ({ id }))
  return [caller.account, caller.subject.id, ...teams.map(({ id }) => id)]
}

export interface GroupList {
  readonly items: readonly Group[]
  readonly more: boolean
}

async function groupsSeen(core: Core, caller: Caller, page: PageOfAll): Promise<readonly Group[]> {
  const found: Group[] = []
  for (const owner of await owners(core, caller)) {
    found.push(...(await core.database.reads.groupsOf(owner, page)))
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, page.limit)
}

/** Every group the caller may use, whatever API made it. */
export const listGroups: Verb<PageOfAll, GroupList, 'group.list'> = {
  action: 'group.list',
  fresh: true,
  async decide(core, caller, { after, limit }) {
    const grant = authorize(caller, 'group.list', { kind: 'self' }, null)
    if (!grant.ok) return { fault: grant.error }
    const groups = await groupsSeen(core, caller, { after, limit: limit + 1 })
    const list = { items: groups.slice(0, limit), more: groups.length > limit }
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

export interface SearchSecrets extends PageOfAll {
  /** Part of a name, whatever its case; empty for all. */
  readonly text: string
}

export interface FoundSecret extends Shown {
  readonly via: Group
}

export interface FoundList {
  readonly items: readonly FoundSecret[]
  readonly more: boolean
}

const GROUPS_MAX = 100_000

/** Every secret the caller may see whose name holds the text, in the order of their ids. */
export const searchSecrets: Verb<SearchSecrets, FoundList, 'secret.list'> = {
  action: 'secret.list',
  fresh: true,
  async decide(core, caller, { text, after, limit }) {
    const grant = authorize(caller, 'secret.list', { kind: 'self' }, null)
    if (!grant.ok) return { fault: grant.error }
    const found: FoundSecret[] = []
    for (const via of await groupsSeen(core, caller, { after: '', limit: GROUPS_MAX })) {
      const page = { after, limit: limit + 1 }
      const shown = await core.database.reads.search(via.id, text, page)
      found.push(...shown.map((item) => ({ ...item, via })))
    }
    found.sort((a, b) => (entryId(a) < entryId(b) ? -1 : 1))
    const list = { items: found.slice(0, limit), more: found.length > limit }
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

/** Where an entry stands in a search: a link stands at its own place. */
export const entryId = ({ link, secret }: Shown): string => link?.id ?? secret.id

/** Reads the current value of every secret of a group, each with its own line in the record. */
export const readGroup: Verb<GroupRef, readonly OpenedSecret[], 'group.read'> = {
  action: 'group.read',
  async decide(core, caller, ref) {
    const group = await findGroup(core, caller, ref)
    if (group === null) return { fault: missing }
    const target = groupTarget(group)
    const grant = authorize(caller, 'group.read', asResource(group), target)
    if (!grant.ok) return { fault: grant.error, target }
    const entries = await core.database.reads.secrets({
      group: group.id,
      sort: 'id',
      descending: false,
      after: null,
      limit: BATCH_SECRETS_MAX + 1,
    })
    if (entries.length > BATCH_SECRETS_MAX) {
      const why = `it holds more than ${BATCH_SECRETS_MAX} secrets: read them one by one`
      return { fault: { kind: 'in_use', thing: 'group', why }, target }
    }
    const reads = await Promise.all(entries.map((entry) => current(core, caller, group.id, entry)))
    const live = reads.filter((read) => read !== null)
    return {
      grant: grant.value,
      also: live.map(({ secret }) => secretTarget(secret, secret.current)),
      writes: [],
      answer: (receipt) => Promise.all(live.map((read) => opened(core, receipt, read))),
    }
  },
}

interface Readable {
  readonly name: string
  readonly via: Group['id']
  readonly secret: Secret
  readonly version: Version & { readonly state: 'live' }
}

/** The secret as it is now; `null` when it went while the group was read. */
async function current(
  core: Core,
  caller: Caller,
  via: Group['id'],
  { name, secret: { id } }: Shown,
): Promise<Readable | null> {
  const read = await core.database.reads.secretAndVersion(caller.account, id)
  if (read?.secret.deletedAt !== null || read.version?.state !== 'live') return null
  return { name, via, secret: read.secret, version: read.version }
}

async function opened(core: Core, receipt: Receipt, read: Readable): Promise<OpenedSecret> {
  const { name, via, secret, version } = read
  const value = await open(core, receipt, secret, version)
  return { name, via, secret, version: version.n, value }
}

import type { Group, Owner } from '#domain/group.ts'
import type { Caller } from '#domain/subject.ts'
import type { IdPage, Shown } from '#ports/database.ts'
import { authorize, maySee } from './authorize.ts'
import type { Core } from './core.ts'
import type { Verb } from './perform.ts'

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

export async function groupsSeen(
  core: Core,
  caller: Caller,
  page: PageOfAll,
): Promise<readonly Group[]> {
  const found = new Map<Group['id'], Group>()
  for (const owner of await owners(core, caller)) {
    for (const group of await seenOf(core, caller, owner, page)) found.set(group.id, group)
  }
  for (const id of caller.roles.keys()) {
    const group = id > page.after ? await core.database.reads.group(caller.account, id) : null
    if (group !== null) found.set(id, group)
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, page.limit)
}

/** The first groups of an owner behind `after` that the caller may see. */
async function seenOf(
  core: Core,
  caller: Caller,
  owner: Owner['id'],
  { after, limit }: IdPage,
): Promise<readonly Group[]> {
  const seen: Group[] = []
  for (let from = after; seen.length < limit;) {
    const rows = await core.database.reads.groupsOf(owner, { after: from, limit })
    seen.push(...rows.filter((group) => maySee(caller, group)))
    from = rows.at(-1)?.id ?? from
    if (rows.length < limit) break
  }
  return seen
}

/** Every group the caller may use, whatever API made it. */
export const listGroups: Verb<PageOfAll, GroupList, 'group.list'> = {
  action: 'group.list',
  fresh: () => true,
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
  fresh: () => true,
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

import type { Group } from '#domain/group.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Receipt } from '#domain/grant.ts'
import type { Secret, Version } from '#domain/secret.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Caller } from '#domain/subject.ts'
import type { Account, Shown } from '#ports/database.ts'
import { authorize, maySee } from './authorize.ts'
import type { Core } from './core.ts'
import type { Part, PartOf } from './everyone.ts'
import { secretNamed } from './full-names.ts'
import { creatorsOf, namedGroupsSeen, type ContainedSecret } from './group-contents.ts'
import { findGroup, groupTarget, locate, secretTarget, type Located } from './locate.ts'
import type { Refused, Verb } from './perform.ts'
import { open } from './read-secret.ts'

/** A secret with what is known of its versions, and its value where that was asked for. */
export interface FullSecret extends ContainedSecret {
  readonly account: Account
  /** Live ones, newest first; `null` in a list. */
  readonly versions: readonly Version[] | null
  /** `null` when it was not asked for, or is not for the caller. */
  readonly value: SecretValue | null
}

const VERSIONS_MAX = 100

/** By the row of their secret, whose revision every change of a version raises. */
const known = new WeakMap<Secret, readonly Version[]>()

async function liveVersions(core: Core, secret: Secret): Promise<readonly Version[]> {
  const warm = known.get(secret)
  if (warm !== undefined) return warm
  const all = await core.database.reads.versions(secret.id, Number.MAX_SAFE_INTEGER, VERSIONS_MAX)
  const live = all.filter(({ state }) => state === 'live')
  known.set(secret, live)
  return live
}

/**
 * A secret by its id in the named groups that the caller may see: with its value for who may read
 * it, without for who may only see that it is there.
 */
export const showSecret: Verb<{ readonly id: string }, FullSecret, 'secret.read' | 'secret.get'> = {
  action: 'secret.read',
  async decide(core, caller, { id }) {
    const found = await locate(core, caller, { by: 'id', id, among: 'named' })
    if (found === null) return { fault: { kind: 'not_found', thing: 'secret' } }
    const resource = { kind: 'group', group: found.via, thing: 'secret' } as const
    const target = secretTarget(found.secret)
    const read = secretTarget(found.secret, found.secret.current)
    const reading = authorize(caller, 'secret.read', resource, read)
    const grant = reading.ok ? reading : authorize(caller, 'secret.get', resource, target)
    if (!grant.ok) return { fault: grant.error, target }
    const full = await describe(core, caller, found)
    const { secret: on, version } = found
    return {
      grant: grant.value,
      on,
      writes: [],
      withheld: !reading.ok,
      answer: async (receipt) =>
        reading.ok && version?.state === 'live'
          ? { ...full, value: await open(core, receipt, on, version) }
          : full,
    }
  },
}

async function describe(core: Core, caller: Caller, found: Located): Promise<FullSecret> {
  const account = await core.people.account(caller)
  const { name, via, secret } = found
  const creator = await core.people.subject(caller, secret.createdBy.id)
  const entry = { name, via, secret, creator }
  return { ...entry, account, versions: await liveVersions(core, found.secret), value: null }
}

export interface ListShown extends Part {
  /** Only those of the group with this id. */
  readonly group: string | null
  /** Only those with one of these full names. */
  readonly fqns: readonly string[] | null
}

/** What a list is made from: groups, and for each its entries at a place. */
interface Source {
  readonly group: Group
  readonly size: number
  readonly entries: (part: Part) => Promise<readonly Shown[]>
}

/** The secrets of the named groups that the caller may see, as they were made, without values. */
export const listShown: Verb<ListShown, PartOf<FullSecret>, 'secret.list'> = {
  action: 'secret.list',
  fresh: ({ group }) => group === null,
  async decide(core, caller, input) {
    const grant = authorize(caller, 'secret.list', { kind: 'self' }, null)
    if (!grant.ok) return { fault: grant.error }
    const account = await core.people.account(caller)
    const sources = await sourcesOf(core, caller, account, input)
    if (!sources.ok) return sources.error
    const page = await pageOf(sources.value, input)
    const items = await fullOnes(core, caller, account, page.items)
    return { grant: grant.value, writes: [], answer: () => ({ ...page, items }) }
  },
}

/** The same list with values, each with its own line in the record: for who may read all of them. */
export const readShown: Verb<ListShown, PartOf<FullSecret>, 'group.read'> = {
  action: 'group.read',
  fresh: ({ group }) => group === null,
  async decide(core, caller, input) {
    const account = await core.people.account(caller)
    const sources = await sourcesOf(core, caller, account, input)
    if (!sources.ok) return sources.error
    for (const { group } of sources.value) {
      const target = groupTarget(group)
      const may = authorize(caller, 'group.read', { kind: 'group', group, thing: 'group' }, target)
      if (!may.ok) return { fault: may.error, target }
    }
    const [only = null, ...others] = sources.value
    const target = only === null || others.length > 0 ? null : groupTarget(only.group)
    const grant = authorize(caller, 'group.read', { kind: 'self' }, target)
    if (!grant.ok) return { fault: grant.error }
    const page = await pageOf(sources.value, input)
    const items = await fullOnes(core, caller, account, page.items)
    const reads = await Promise.all(items.map((item) => readable(core, item)))
    const readables = reads.filter((read) => read !== null)
    return {
      grant: grant.value,
      also: readables.map(({ secret }) => secretTarget(secret, secret.current)),
      writes: [],
      answer: async (receipt) => ({
        total: page.total,
        items: await Promise.all(readables.map((read) => opened(core, receipt, read))),
      }),
    }
  },
}

interface Readable {
  readonly item: FullSecret
  readonly secret: Secret
  readonly version: Version & { readonly state: 'live' }
}

/** The secret as it is now; `null` when it went while the list was made. */
async function readable(core: Core, item: FullSecret): Promise<Readable | null> {
  const { account, id } = item.secret
  const read = await core.database.reads.secretAndVersion(account, id)
  if (read?.secret.deletedAt !== null || read.version?.state !== 'live') return null
  return { item, secret: read.secret, version: read.version }
}

async function opened(
  core: Core,
  receipt: Receipt,
  { item, secret, version }: Readable,
): Promise<FullSecret> {
  return { ...item, secret, value: await open(core, receipt, secret, version) }
}

async function sourcesOf(
  core: Core,
  caller: Caller,
  account: Account,
  { group: id, fqns }: ListShown,
): Promise<Result<readonly Source[], Refused>> {
  const groups = await groupsOf(core, caller, account, id)
  if (!groups.ok) return groups
  if (fqns !== null) return ok(await namedIn(core, account, groups.value, fqns))
  const { reads } = core.database
  const sources = groups.value.map(async (group): Promise<Source> => ({
    group,
    size: await reads.groupSize(group.id),
    entries: (part) =>
      reads.secrets({ group: group.id, sort: 'id', descending: false, after: null, ...part }),
  }))
  return ok(await Promise.all(sources))
}

async function groupsOf(
  core: Core,
  caller: Caller,
  account: Account,
  id: string | null,
): Promise<Result<readonly Group[], Refused>> {
  if (id === null) return ok(await namedGroupsSeen(core, caller, account, null))
  const group = await findGroup(core, caller, { by: 'id', id, among: 'named' })
  if (group === null) return err({ fault: { kind: 'not_found', thing: 'group' } })
  return maySee(caller, group)
    ? ok([group])
    : err({ fault: { kind: 'hidden', thing: 'group' }, target: groupTarget(group) })
}

/** Those of the full names that there is a secret of, each once. */
async function namedIn(
  core: Core,
  account: Account,
  groups: readonly Group[],
  fqns: readonly string[],
): Promise<readonly Source[]> {
  const byName = new Map(groups.map((group) => [group.name, group]))
  const found = await Promise.all(
    [...new Set(fqns)].map(async (fqn): Promise<Source | null> => {
      const named = secretNamed(account, fqn)
      const group = named === null ? undefined : byName.get(named.group)
      if (named === null || group === undefined) return null
      const shown = await core.database.reads.shown(group.id, named.key)
      if (shown === null) return null
      return { group, size: 1, entries: () => Promise.resolve([shown]) }
    }),
  )
  return found.filter((source) => source !== null)
}

interface Placed {
  readonly group: Group
  readonly entry: Shown
}

/** One part of all that the sources have; reads only from those that it reaches into. */
async function pageOf(
  sources: readonly Source[],
  { offset, limit }: Part,
): Promise<PartOf<Placed>> {
  const items: Placed[] = []
  let before = 0
  for (const { group, size, entries } of sources) {
    const skip = Math.max(0, offset - before)
    const wanted = limit - items.length
    if (skip < size && wanted > 0) {
      const rows = await entries({ offset: skip, limit: wanted })
      items.push(...rows.map((entry) => ({ group, entry })))
    }
    before += size
  }
  return { items, total: before }
}

async function fullOnes(
  core: Core,
  caller: Caller,
  account: Account,
  placed: readonly Placed[],
): Promise<readonly FullSecret[]> {
  const secrets = placed.map(({ entry }) => entry.secret)
  const creators = await creatorsOf(core, caller, secrets)
  return placed.map(({ group: via, entry: { name, secret } }) => {
    const creator = creators.get(secret.createdBy.id) ?? null
    return { name, via, secret, creator, account, versions: null, value: null }
  })
}

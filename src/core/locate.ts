import type { Thing } from '#domain/fault.ts'
import type { Group, GroupKind } from '#domain/group.ts'
import { parseId, type SecretId } from '#domain/ids.ts'
import type { SecretInfo } from '#domain/secret.ts'
import type { Caller } from '#domain/subject.ts'
import type { SecretRead } from '#ports/database.ts'
import { maySee } from './authorize.ts'
import type { Core } from './core.ts'
import { groupNamed } from './full-names.ts'
import type { Refused } from './perform.ts'

/** How a request names a secret. */
export type SecretRef =
  /** By id, wherever the caller may see it, or (`among`) only in groups of one kind. */
  | { readonly by: 'id'; readonly id: string; readonly among?: GroupKind }
  /** By id, as an entry of this one group. */
  | { readonly by: 'id-in'; readonly id: string; readonly group: GroupRef }
  | { readonly by: 'name-in'; readonly name: string; readonly group: GroupRef }

/** How a request names a group. */
export type GroupRef =
  /** The caller's own of this kind: its account's, or for `personal` the subject's. */
  | { readonly by: 'kind'; readonly kind: 'account' | 'credentials' | 'personal' }
  /** By id, if need be (`among`) only one of a kind. */
  | { readonly by: 'id'; readonly id: string; readonly among?: GroupKind }
  /** A named group of the account. */
  | { readonly by: 'name'; readonly name: string }
  /** A named group by its full name, which says the account too. */
  | { readonly by: 'fqn'; readonly fqn: string }
  /** The group that comes with a team. */
  | { readonly by: 'team'; readonly team: string }
  /** An environment, by the slug of its owner and its own name. */
  | { readonly by: 'environment'; readonly owner: string; readonly name: string }
  /** An environment, as `OWNER/NAME` or by its id. */
  | { readonly by: 'environment-word'; readonly word: string }
  /** As people call it: `secrets`, `credentials`, `personal`, `OWNER/NAME`, a group's name, or an id. */
  | { readonly by: 'word'; readonly word: string }

/** The group that `ref` names, or `null`. Whether the caller may use it is not asked here. */
export async function findGroup(core: Core, caller: Caller, ref: GroupRef): Promise<Group | null> {
  if (ref.by === 'kind') return ownGroupOf(core, caller, ref.kind)
  if (ref.by === 'word') return groupCalled(core, caller, ref.word)
  if (ref.by === 'name') return core.database.reads.namedGroup(caller.account, ref.name)
  if (ref.by === 'fqn') return fullyNamed(core, caller, ref.fqn)
  if (ref.by === 'environment') return environmentOf(core, caller, ref.owner, ref.name)
  if (ref.by === 'environment-word') {
    const called = await groupCalled(core, caller, ref.word)
    return called?.kind === 'environment' ? called : null
  }
  if (ref.by === 'team') {
    const team = parseId<'team'>(ref.team)
    const group = team === null ? null : await core.groups.own('team', team)
    // The team may be of another account, which the record of this one must not name.
    return group?.account === caller.account ? group : null
  }
  const id = parseId<'group'>(ref.id)
  const group = id === null ? null : await core.groups.get(caller.account, id)
  return ref.among === undefined || group?.kind === ref.among ? group : null
}

async function fullyNamed(core: Core, { account: id }: Caller, fqn: string): Promise<Group | null> {
  const account = await core.database.reads.account(id)
  const name = account === null ? null : groupNamed(account, fqn)
  return name === null ? null : core.database.reads.namedGroup(id, name)
}

/** Whether a refusal speaks of the group before it speaks of a secret in it. */
const groupFirst = ({ by }: GroupRef): boolean => by !== 'word' && by !== 'id'

/** The refusal when no secret is where `ref` says: perhaps the group is not there for the caller. */
export async function nothingAt(core: Core, caller: Caller, ref: SecretRef): Promise<Refused> {
  const noSecret = { fault: { kind: 'not_found', thing: 'secret' } } as const
  if (ref.by === 'id' || !groupFirst(ref.group)) return noSecret
  const group = await findGroup(core, caller, ref.group)
  if (group === null) return { fault: { kind: 'not_found', thing: 'group' } }
  if (maySee(caller, group)) return noSecret
  return { fault: { kind: 'hidden', thing: 'group' }, target: groupTarget(group) }
}

/** What a refusal says is not there when the caller may not see `via`, where the secret was found. */
export const unseenAt = (caller: Caller, ref: SecretRef, via: Group): Thing =>
  ref.by !== 'id' && groupFirst(ref.group) && !maySee(caller, via) ? 'group' : 'secret'

async function environmentOf(
  core: Core,
  caller: Caller,
  slug: string,
  name: string,
): Promise<Group | null> {
  const owner = await core.database.reads.slugOwner(caller.account, slug)
  return owner === null ? null : core.database.reads.environment(owner, name)
}

/** The words for the groups that come with their owner. */
export const ownGroupWords: ReadonlyMap<string, 'account' | 'credentials' | 'personal'> = new Map([
  ['secrets', 'account'],
  ['credentials', 'credentials'],
  ['personal', 'personal'],
])

async function groupCalled(core: Core, caller: Caller, word: string): Promise<Group | null> {
  const kind = ownGroupWords.get(word)
  if (kind !== undefined) return ownGroupOf(core, caller, kind)
  const slash = word.indexOf('/')
  if (slash >= 0) return environmentOf(core, caller, word.slice(0, slash), word.slice(slash + 1))
  const named = await core.database.reads.namedGroup(caller.account, word)
  return named ?? findGroup(core, caller, { by: 'id', id: word })
}

const ownGroupOf = (core: Core, { account, subject }: Caller, kind: GroupKind) =>
  core.groups.own(kind, kind === 'personal' ? subject.id : account)

/** A secret as the request came to it. */
export interface Located extends SecretRead {
  /** The group through which the caller reaches it. */
  readonly via: Group
  /** Its name there. */
  readonly name: string
  /** Whether it is there by a link, and belongs to another group. */
  readonly linked: boolean
}

/**
 * The live secret that `ref` names, or `null`. Whether the caller may touch it is not asked here. It
 * may have been read warm: a decision on it must name it as `on`, or change it by its revision.
 */
export async function locate(core: Core, caller: Caller, ref: SecretRef): Promise<Located | null> {
  const within = ref.by === 'id' ? null : await findGroup(core, caller, ref.group)
  if (ref.by === 'name-in') return within === null ? null : byName(core, caller, within, ref.name)
  const id = parseId<'secret'>(ref.id)
  if (id === null) return null
  const read = await core.secrets.get(caller.account, id)
  if (read === null) return null
  const home = { ...read, name: read.secret.name, linked: false }
  if (within !== null) {
    if (read.secret.group === within.id) return { ...home, via: within }
    const link = await core.database.reads.link(within.id, id)
    return link === null ? null : { ...read, via: within, name: link.name, linked: true }
  }
  if (ref.by !== 'id') return null
  const group = await core.groups.get(caller.account, read.secret.group)
  if (group === null) return null
  const { among = group.kind } = ref
  const atHome = group.kind === among ? { ...home, via: group } : null
  if (atHome !== null && maySee(caller, group)) return atHome
  return (await byLink(core, caller, read, ref.among)) ?? atHome
}

async function byName(
  core: Core,
  caller: Caller,
  group: Group,
  name: string,
): Promise<Located | null> {
  const warm = core.secrets.named(group.id, name)
  if (warm?.secret.account === caller.account) {
    return { ...warm, via: group, name, linked: false }
  }
  const shown = await core.database.reads.shown(group.id, name)
  const read = shown && (await core.secrets.get(caller.account, shown.secret.id))
  if (shown === null || read === null) return null
  return { ...read, via: group, name, linked: shown.link !== null }
}

/** The first link to the secret in a group (of a kind) that the caller may use. */
async function byLink(
  core: Core,
  caller: Caller,
  read: SecretRead,
  among?: GroupKind,
): Promise<Located | null> {
  for (const link of await core.database.reads.linksTo(read.secret.id)) {
    const via = await core.groups.get(caller.account, link.group)
    if (via === null || !maySee(caller, via)) continue
    const fits = among === undefined || via.kind === among
    if (fits) return { ...read, via, name: link.name, linked: true }
  }
  return null
}

/** How the record names a group. */
export const groupTarget = ({ id, name }: Group) => ({ kind: 'group', id, name }) as const

/** How the record names a secret. */
export const secretTarget = (
  secret: SecretInfo,
  version?: number,
): { kind: 'secret'; id: SecretId; name: string; version?: number } => ({
  kind: 'secret',
  id: secret.id,
  name: secret.name,
  ...(version === undefined ? {} : { version }),
})

import type { Group, Owner } from '#domain/group.ts'
import { parseId } from '#domain/ids.ts'
import { BATCH_SECRETS_MAX, NAME_CHARACTERS_MAX } from '#domain/limits.ts'
import { textProblem } from '#domain/names.ts'
import type { Receipt } from '#domain/grant.ts'
import type { Caller } from '#domain/subject.ts'
import type { Fault, Problem } from '#domain/fault.ts'
import type { Secret, Version } from '#domain/secret.ts'
import type { Shown, Write } from '#ports/database.ts'
import { authorize, type Resource } from './authorize.ts'
import type { Core } from './core.ts'
import { findGroup, groupTarget, ownGroupWords, secretTarget, type GroupRef } from './locate.ts'
import type { Verb } from './perform.ts'
import { open, type OpenedSecret } from './read-secret.ts'
import { storeFor } from './store-verbs.ts'

const missing: Fault = { kind: 'not_found', thing: 'group' }

const asResource = (group: Group): Resource => ({ kind: 'group', group, thing: 'group' })

export interface CreateGroup {
  readonly name: string
  readonly owner: { readonly kind: 'account' } | { readonly kind: 'subject' } | TeamOwner
  /** Whether all that belong to the owner may use it; else only admins and its collaborators. */
  readonly open?: boolean
  /** The store to keep it in; left out, the account's default. */
  readonly store?: string | null
}

interface TeamOwner {
  readonly kind: 'team'
  readonly id: string
}

/** Makes a named group, which belongs to the account, to the caller alone, or to a team. */
export const createGroup: Verb<CreateGroup, Group, 'group.create'> = {
  action: 'group.create',
  async decide(core, caller, { name, owner: asked, open = true, store: word = null }) {
    const owner = await ownerOf(core, caller, asked)
    if (owner === null) return { fault: { kind: 'not_found', thing: 'team' } }
    const store = await storeFor(core, caller, word)
    const group: Group = {
      id: core.newId<'group'>(),
      account: caller.account,
      kind: 'named',
      name,
      owner,
      open,
      store: store.ok ? store.value : 'embedded',
      createdAt: core.world.now(),
      createdBy: caller.subject.id,
    }
    // Whether it will be open says nothing of who may make it.
    const resource = { kind: 'group', group: { ...group, open: true }, thing: 'team' } as const
    const grant = authorize(caller, 'group.create', resource, groupTarget(group))
    if (!grant.ok) return { fault: grant.error }
    if (!store.ok) return { fault: store.error }
    const problem = groupNameProblem(name)
    if (problem !== null) return { fault: { kind: 'invalid', problems: [problem] } }
    const writes = [{ write: 'group', row: group }, ...makerOf(group)] as const
    return { grant: grant.value, writes, answer: () => group }
  },
}

/** Who makes a group that is not open to all can use it: as its first collaborator. */
export const makerOf = ({ id: group, open, createdBy }: Group): readonly Write[] =>
  open
    ? []
    : [
        {
          write: 'collaboration',
          row: { group, kind: 'subject', id: createdBy, role: 'admin', origin: 'direct' },
        },
      ]

export function groupNameProblem(name: string): Problem | null {
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

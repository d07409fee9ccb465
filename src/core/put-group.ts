import type { Fault, Problem } from '#domain/fault.ts'
import type { Group } from '#domain/group.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Caller } from '#domain/subject.ts'
import type { Account } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import {
  directCollaborators,
  findCollaborators,
  namesOf,
  sharing,
  touched,
  type CollaboratorAsked,
  type Direct,
} from './collaborators.ts'
import type { Core } from './core.ts'
import { contentsOf, type GroupContents } from './group-contents.ts'
import { groupNameProblem, makerOf } from './group-verbs.ts'
import { findIntegration, integrationOf } from './integrations.ts'
import { groupTarget, secretTarget } from './locate.ts'
import {
  addedSecret,
  checkMany,
  checkValues,
  inList,
  type AddedSecret,
  type GivenSecret,
} from './many-secrets.ts'
import { notOwn } from './own-names.ts'
import type { Decision, Verb } from './perform.ts'
import type { Described, Put } from './put.ts'

const noStore: Fault = { kind: 'not_found', thing: 'store' }

/** A group of the account that only admins and collaborators may use. */
const closedGroup = (core: Core, { account, subject }: Caller, name: string): Group => ({
  id: core.newId<'group'>(),
  account,
  kind: 'named',
  name,
  owner: { kind: 'account', id: account },
  open: false,
  store: 'embedded',
  createdAt: core.world.now(),
  createdBy: subject.id,
})

/** To make a group takes no role in it, only to belong to the account. */
const asMaker = (group: Group) =>
  ({ kind: 'group', group: { ...group, open: true }, thing: 'group' }) as const

export interface CreateFilledGroup {
  readonly name: string
  /** The id of the store to keep it in. */
  readonly integration: string
  readonly secrets: readonly GivenSecret[]
}

/** Makes a closed group together with its secrets, each with its own line in the record. */
export const createFilledGroup: Verb<CreateFilledGroup, GroupContents, 'group.create'> = {
  action: 'group.create',
  async decide(core, caller, { name, integration, secrets }) {
    const draft = closedGroup(core, caller, name)
    const grant = authorize(caller, 'group.create', asMaker(draft), groupTarget(draft))
    if (!grant.ok) return { fault: grant.error }
    const problems = problemsOf(draft, secrets)
    if (problems.length > 0) return { fault: { kind: 'invalid', problems } }
    const account = await core.people.account(caller)
    const found = await findIntegration(core, account, { by: 'id', id: integration })
    if (found === null) return { fault: noStore }
    const group = { ...draft, store: found.store }
    const limits = await checkValues(core, group, secrets)
    if (limits.length > 0) return { fault: { kind: 'invalid', problems: limits } }
    const taken = await core.database.reads.namedGroup(account.id, name)
    if (taken !== null) return { fault: { kind: 'name_taken', thing: 'group' } }
    const made: AddedSecret[] = []
    for (const { name: key, value } of secrets) {
      if (value === null) continue
      made.push(await addedSecret(core, grant.value, group, { name: key, value }))
    }
    return {
      grant: grant.value,
      also: made.map(({ secret }) => secretTarget(secret, 1)),
      writes: [
        { write: 'group', row: group },
        ...makerOf(group),
        ...made.flatMap(({ writes }) => writes),
        { write: 'group-size', group: group.id, by: made.length },
      ],
      answer: () => contentsOf(core, caller, group),
    }
  },
}

function problemsOf(group: Group, secrets: readonly GivenSecret[]): readonly Problem[] {
  const name = groupNameProblem(group.name)
  const withoutValue = secrets.flatMap(({ value }, n) =>
    value === null ? [inList({ at: ['body', 'value'], rule: 'missing' }, n)] : [],
  )
  return [...(name === null ? [] : [name]), ...checkMany(group, secrets), ...withoutValue]
}

export interface PutGroup extends Described {
  /** The full name of the store to keep it in. */
  readonly integration: string
  /** The account that is to own it; `null` where that is not said. */
  readonly account: string | null
  /** All whom it is to be shared with directly; `null` for those that it is shared with. */
  readonly collaborators: readonly CollaboratorAsked[] | null
}

/** What became of a group, and what it was before; `null` for a new one. */
export interface PutGroupDone extends Put<GroupContents> {
  readonly before: GroupContents | null
}

/** What is only tried out is on the record as a look at what is there. */
type PutGroupAction = 'group.create' | 'group.update' | 'group.get' | 'group.list'

type PutGroupDecision = Decision<PutGroupAction, PutGroupDone>

/** Makes the group of a name, or changes it, to what a manifest says. The secrets in it stay. */
export const putGroup: Verb<PutGroup, PutGroupDone, PutGroupAction> = {
  action: 'group.update',
  async decide(core, caller, input) {
    const account = await core.people.account(caller)
    const group = await core.database.reads.namedGroup(account.id, input.name)
    return group === null
      ? makeGroup(core, caller, account, input)
      : changeGroup(core, caller, account, group, input)
  },
}

/** The collaborators asked for, if the rest of what is asked fits the account and its group. */
async function askedOf(
  core: Core,
  caller: Caller,
  account: Account,
  group: Group,
  { integration, account: owner, collaborators }: PutGroup,
): Promise<Result<readonly Direct[] | null, Fault>> {
  const found = await findIntegration(core, account, { by: 'fqn', fqn: integration })
  if (found === null) return err(noStore)
  if (found.store !== group.store) {
    const why = 'it is kept in another store: name that one, or make another group'
    return err({ kind: 'in_use', thing: 'group', why })
  }
  const foreign = await notOwn(core, account, 'group', { owner, accounts: [], stores: [] })
  if (foreign !== null) return err(foreign)
  return collaborators === null ? ok(null) : findCollaborators(core, caller, collaborators)
}

/**
 * The collaborators asked for, and the caller with the role it has had, where nobody but itself
 * could let it in again: nobody locks themselves out by leaving themselves out.
 */
function withCaller(
  { subject }: Caller,
  before: readonly Direct[],
  asked: readonly Direct[],
): readonly Direct[] {
  const own = before.find(({ id }) => id === subject.id)
  const safe = subject.role === 'admin' || asked.some(({ id }) => id === subject.id)
  return own === undefined || safe ? asked : [...asked, own]
}

async function makeGroup(
  core: Core,
  caller: Caller,
  account: Account,
  input: PutGroup,
): Promise<PutGroupDecision> {
  const store = await findIntegration(core, account, { by: 'fqn', fqn: input.integration })
  const draft = closedGroup(core, caller, input.name)
  const group = { ...draft, store: store?.store ?? draft.store }
  const maker = asMaker(group)
  const allowed = authorize(caller, 'group.create', maker, groupTarget(group))
  if (!allowed.ok) return { fault: allowed.error }
  const problem = groupNameProblem(group.name)
  if (problem !== null) return { fault: { kind: 'invalid', problems: [problem] } }
  const asked = await askedOf(core, caller, account, group, input)
  if (!asked.ok) return { fault: asked.error }
  const own: Direct = { kind: 'subject', id: caller.subject.id, role: 'admin' }
  const after = asked.value === null ? [own] : withCaller(caller, [own], asked.value)
  const put = { action: 'CREATE', existing: null, before: null } as const
  if (input.dryRun) {
    const grant = authorize(caller, 'group.list', { kind: 'self' }, null)
    if (!grant.ok) return { fault: grant.error }
    const contents: GroupContents = {
      ...{ account, group, creator: caller.subject, updatedAt: group.createdAt, secrets: [] },
      integration: await integrationOf(core, account, group),
      manifest: input.manifest,
      collaborators: await namesOf(core, caller, after),
    }
    return { grant: grant.value, writes: [], answer: () => ({ ...put, data: contents }) }
  }
  return {
    grant: allowed.value,
    also: touched([], after),
    writes: [
      { write: 'group', row: group },
      ...sharing(group, [], after),
      { write: 'manifest', of: group.id, body: input.manifest },
    ],
    answer: async () => ({ ...put, data: await contentsOf(core, caller, group) }),
  }
}

async function changeGroup(
  core: Core,
  caller: Caller,
  account: Account,
  group: Group,
  input: PutGroup,
): Promise<PutGroupDecision> {
  const target = groupTarget(group)
  const resource = { kind: 'group', group, thing: 'group' } as const
  const allowed = authorize(caller, 'group.update', resource, target)
  if (!allowed.ok) return { fault: allowed.error, target }
  const asked = await askedOf(core, caller, account, group, input)
  if (!asked.ok) return { fault: asked.error, target }
  const now = await contentsOf(core, caller, group)
  const state = await core.database.reads.groupState(group.id)
  if (state === null) return { fault: { kind: 'not_found', thing: 'group' } }
  const before = await directCollaborators(core, group)
  const after = asked.value === null ? before : withCaller(caller, before, asked.value)
  const { manifest } = input
  const put = { action: 'UPDATE', existing: now.manifest, before: now } as const
  if (input.dryRun) {
    const grant = authorize(caller, 'group.get', resource, target)
    if (!grant.ok) return { fault: grant.error, target }
    const collaborators = await namesOf(core, caller, after)
    const data = { ...now, manifest, collaborators }
    return { grant: grant.value, writes: [], answer: () => ({ ...put, data }) }
  }
  return {
    grant: allowed.value,
    also: touched(before, after),
    writes: [
      { write: 'changed-group', id: group.id, revision: state.revision, at: core.world.now() },
      ...(asked.value === null ? [] : sharing(group, before, after)),
      { write: 'manifest', of: group.id, body: manifest },
    ],
    answer: async () => ({ ...put, data: await contentsOf(core, caller, group) }),
  }
}

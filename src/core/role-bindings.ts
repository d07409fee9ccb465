import type { Fault } from '#domain/fault.ts'
import type { BindingId } from '#domain/ids.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Caller, Subject } from '#domain/subject.ts'
import type { Account, RoleBinding, Write } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { granteeCalled, type Grantee, type GranteeRef } from './find-people.ts'
import { grantable, type GroupGrant, type RoleIn } from './group-grants.ts'
import { groupTarget } from './locate.ts'
import { notOwn, type OwnNames } from './own-names.ts'
import type { Decision, Verb } from './perform.ts'
import type { Described, Put } from './put.ts'

/** A role binding with what its manifest says. */
export interface BindingView {
  readonly binding: RoleBinding
  readonly account: Account
  readonly madeBy: Subject | null
  readonly manifest: string
}

export interface PutRoleBinding extends Described {
  /** Who is given each of `groups`. */
  readonly subjects: readonly GranteeRef[]
  readonly groups: readonly GroupGrant[]
  readonly named: OwnNames
}

const missing: Fault = { kind: 'not_found', thing: 'binding' }

const targetOf = ({ id, name }: RoleBinding) => ({ kind: 'binding', id, name }) as const

/**
 * Gives each of the subjects each of the roles, under a name by which all of it is changed and taken
 * away again. It takes the leave to share every group that it is about.
 */
export const putRoleBinding: Verb<PutRoleBinding, Put<BindingView>, 'binding.put'> = {
  action: 'binding.put',
  async decide(core, caller, input) {
    const existing = await core.database.reads.roleBinding(caller.account, input.name)
    const target = existing && targetOf(existing)
    const allowed = authorize(caller, 'binding.put', { kind: 'account' }, target)
    if (!allowed.ok) return { fault: allowed.error, target }
    const given = await resolve(core, caller, input)
    if (!given.ok) return { fault: given.error, target }
    return put(core, caller, input, existing, given.value)
  },
}

interface Given {
  readonly grantees: readonly Grantee[]
  readonly roles: readonly RoleIn[]
}

async function resolve(
  core: Core,
  caller: Caller,
  { subjects, groups, named }: PutRoleBinding,
): Promise<Result<Given, Fault>> {
  const foreign = await notOwn(core, await core.people.account(caller), 'binding', named)
  if (foreign !== null) return err(foreign)
  const grantees: Grantee[] = []
  for (const [n, ref] of subjects.entries()) {
    const found = await granteeCalled(core, caller, ref)
    if (found === null) {
      return err({ kind: 'not_found', thing: ref.kind === 'team' ? 'team' : 'subject' })
    }
    if (grantees.some(({ id }) => id === found.id)) {
      const at = ['body', 'manifest', 'subjects', n]
      return err({ kind: 'invalid', problems: [{ at, rule: 'duplicate' }] })
    }
    grantees.push(found)
  }
  const roles = await grantable(core, caller, groups)
  return roles.ok ? ok({ grantees, roles: roles.value }) : roles
}

async function put(
  core: Core,
  caller: Caller,
  { name, manifest, dryRun }: PutRoleBinding,
  existing: RoleBinding | null,
  { grantees, roles }: Given,
): Promise<Decision<'binding.put', Put<BindingView>>> {
  const { account } = caller
  const { reads } = core.database
  const at = core.world.now()
  const binding: RoleBinding =
    existing === null
      ? {
          id: core.newId(),
          account,
          name,
          createdAt: at,
          createdBy: caller.subject.id,
          updatedAt: at,
        }
      : { ...existing, updatedAt: at }
  const target = existing === null && dryRun ? null : targetOf(binding)
  const grant = authorize(caller, 'binding.put', { kind: 'account' }, target)
  if (!grant.ok) return { fault: grant.error, target }
  const done: Put<BindingView> = {
    action: existing === null ? 'CREATE' : 'UPDATE',
    existing: existing && (await reads.manifest(existing.id)),
    data: {
      ...{ binding, account: await core.people.account(caller), manifest },
      madeBy: await reads.subject(account, binding.createdBy),
    },
  }
  if (dryRun) return { grant: grant.value, writes: [], answer: () => done }
  return {
    grant: grant.value,
    also: [...grantees.map(granteeTarget), ...roles.map(({ group }) => groupTarget(group))],
    writes: [
      ...holding(binding, existing),
      ...grantees.flatMap((grantee) => giving(binding.id, grantee, roles)),
      { write: 'manifest', of: binding.id, body: manifest },
    ],
    answer: () => done,
  }
}

const granteeTarget = ({ kind, id, name }: Grantee) => ({ kind, id, name })

/** The row, and of one that is there the end of all it gave: two changes to one never mix. */
const holding = (binding: RoleBinding, existing: RoleBinding | null): readonly Write[] =>
  existing === null
    ? [{ write: 'role-binding', row: binding }]
    : [
        {
          write: 'changed-role-binding',
          ...{ id: existing.id, from: existing.updatedAt, at: binding.updatedAt },
        },
        { write: 'removed-collaborations', origin: existing.id, group: null },
        { write: 'raise-authority', account: existing.account },
      ]

const giving = (
  origin: BindingId,
  { kind, id }: Grantee,
  roles: readonly RoleIn[],
): readonly Write[] =>
  roles.map(({ group, role }) => ({
    write: 'collaboration',
    row: { group: group.id, kind, id, role, origin },
  }))

/** Takes a role binding away with all that it gave; in force at once. */
export const deleteRoleBinding: Verb<
  { readonly name: string },
  { readonly id: string },
  'binding.delete'
> = {
  action: 'binding.delete',
  async decide(core, caller, { name }) {
    const binding = await core.database.reads.roleBinding(caller.account, name)
    const target = binding && targetOf(binding)
    const grant = authorize(caller, 'binding.delete', { kind: 'account' }, target)
    if (!grant.ok) return { fault: grant.error, target }
    if (binding === null) return { fault: missing }
    const { id, account } = binding
    return {
      grant: grant.value,
      writes: [
        { write: 'removed-role-binding', id },
        { write: 'removed-collaborations', origin: id, group: null },
        { write: 'removed-manifest', of: id },
        { write: 'raise-authority', account },
      ],
      answer: () => ({ id }),
    }
  },
}

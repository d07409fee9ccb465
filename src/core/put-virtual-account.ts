import type { Target } from '#domain/audit.ts'
import type { Fault, Problem } from '#domain/fault.ts'
import type { Collaborator } from '#domain/group.ts'
import { nameProblem } from '#domain/names.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Caller, Role, Subject, TokenForm } from '#domain/subject.ts'
import type { Write } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { serviceAccountCalled, teamCalled } from './find-people.ts'
import { newPerson } from './founding.ts'
import { grantable, type GroupGrant, type RoleIn } from './group-grants.ts'
import {
  changeTerms,
  findKept,
  makeKept,
  serviceToken,
  showIn,
  type KeptToken,
  type TokenTerms,
} from './kept-token.ts'
import { groupTarget } from './locate.ts'
import { notOwn, type OwnNames } from './own-names.ts'
import type { Decision, Verb } from './perform.ts'
import type { Described, Put } from './put.ts'
import { ownRole, subjectTarget } from './subjects.ts'
import { titleProblem } from './titles.ts'
import { viewOf, type VirtualAccount } from './virtual-accounts.ts'

export interface PutVirtualAccount extends Described {
  /** What it may in the account; `null` leaves it as it is. */
  readonly role: Role | null
  /** All that its manifest gives it in groups; `null` leaves that as it is. */
  readonly groups: readonly GroupGrant[] | null
  readonly named: OwnNames
  /** A team that is to answer for it, by name; `null` for none. */
  readonly team: string | null
  readonly form: TokenForm
  /** An end for its tokens (Unix ms); `null` for the longest life there is. */
  readonly until: number | null
  /** The group in which its token is a secret, and the secret's name; `null` for none. */
  readonly shownIn: { readonly group: string; readonly name: string } | null
}

export interface PutAccount extends Put<VirtualAccount> {
  /** The token of one that was made; `null` for one that was there. */
  readonly token: SecretValue | null
}

type Putting = 'subject.create' | 'subject.update'

/** What the caller asked for, as far as it names things that are there. */
interface Asked {
  readonly input: PutVirtualAccount
  readonly roles: readonly RoleIn[] | null
  readonly terms: TokenTerms
}

/**
 * Makes a service account by its name, or changes the one of that name. Its token is given when it
 * is made, and kept: an admin can have it shown again.
 */
export const putVirtualAccount: Verb<PutVirtualAccount, PutAccount, Putting> = {
  action: 'subject.update',
  async decide(core, caller, input) {
    const allowed = authorize(caller, 'subject.create', { kind: 'account' }, null)
    if (!allowed.ok) return { fault: allowed.error }
    const existing = await serviceAccountCalled(core, caller, input.name)
    const target = existing && subjectTarget(existing)
    const asked = await resolve(core, caller, input)
    if (!asked.ok) return { fault: asked.error, target }
    return existing === null
      ? create(core, caller, asked.value)
      : update(core, caller, existing, asked.value)
  },
}

async function resolve(
  core: Core,
  caller: Caller,
  input: PutVirtualAccount,
): Promise<Result<Asked, Fault>> {
  const problems = [titleProblem(input.name, ['body', 'manifest', 'name']), endProblem(core, input)]
  const found = problems.filter((problem) => problem !== null)
  if (found.length > 0) return err({ kind: 'invalid', problems: found })
  const foreign = await notOwn(core, await core.people.account(caller), 'subject', input.named)
  if (foreign !== null) return err(foreign)
  const roles = input.groups === null ? ok(null) : await grantable(core, caller, input.groups)
  if (!roles.ok) return roles
  if (input.team !== null && (await teamCalled(core, caller, input.team)) === null) {
    return err({ kind: 'not_found', thing: 'team' })
  }
  const shownIn = await placeFor(core, caller, input.shownIn)
  if (!shownIn.ok) return shownIn
  const { form, until } = input
  return ok({ input, roles: roles.value, terms: { form, until, shownIn: shownIn.value } })
}

function endProblem(core: Core, { until }: PutVirtualAccount): Problem | null {
  const now = core.world.now()
  const at = ['body', 'manifest', 'expiration_date']
  return until !== null && until <= now ? { at, rule: 'too_small', limit: now } : null
}

/** Where the token is to be shown: it takes the leave to make secrets there. */
async function placeFor(
  core: Core,
  caller: Caller,
  shownIn: PutVirtualAccount['shownIn'],
): Promise<Result<TokenTerms['shownIn'], Fault>> {
  if (shownIn === null) return ok(null)
  const group = await core.database.reads.namedGroup(caller.account, shownIn.group)
  if (group === null) return err({ kind: 'not_found', thing: 'group' })
  const resource = { kind: 'group', group, thing: 'group' } as const
  const allowed = authorize(caller, 'link.create', resource, groupTarget(group))
  if (!allowed.ok) return allowed
  const at = ['body', 'manifest', 'secret_store_config', 'key']
  const problem = nameProblem(group.kind, shownIn.name, at)
  if (problem !== null) return err({ kind: 'invalid', problems: [problem] })
  return ok({ group: group.id, name: shownIn.name })
}

type Decided = Promise<Decision<Putting, PutAccount>>

async function create(core: Core, caller: Caller, { input, roles, terms }: Asked): Decided {
  const { account: id } = caller
  const { name, role } = input
  const store = await core.database.reads.defaultStore(id)
  const of = { account: id, role: role ?? 'member', name, email: null, store } as const
  const person = newPerson(core, { ...of, kind: 'service_account' })
  const subject = person.made
  const target = input.dryRun ? null : subjectTarget(subject)
  const grant = authorize(caller, 'subject.create', { kind: 'account' }, target)
  if (!grant.ok) return { fault: grant.error }
  const view: VirtualAccount = {
    ...{ subject, account: await core.people.account(caller), madeBy: caller.subject },
    ...{ manifest: input.manifest, updatedAt: subject.createdAt, tokens: [], kept: null },
    expired: false,
    roles: roles ?? [],
  }
  const put = { action: 'CREATE', existing: null, data: view, token: null } as const
  if (input.dryRun) return { grant: grant.value, writes: [], answer: () => put }
  const said = serviceToken(core, caller.token.scopes, terms)
  const token = await makeKept(core, grant.value, subject, { kept: null, terms, said })
  const writes: readonly Write[] = [
    ...(await onlyOne(core, caller, null, subject.createdAt)),
    ...person.writes,
    ...token.writes,
    ...(terms.shownIn === null ? [] : showIn(core, caller, token.secret, terms.shownIn)),
    ...giving(subject, roles ?? []),
    { write: 'manifest', of: subject.id, body: input.manifest },
  ]
  const { createdAt: updatedAt } = token.group
  const data = { ...view, updatedAt, tokens: [token.row], kept: token.row.id }
  const made = { kind: 'token', id: token.row.id, name: token.row.name } as const
  return {
    ...{ grant: grant.value, also: [made, ...groupsOf(roles ?? [])], writes },
    answer: () => ({ ...put, data, token: token.text }),
  }
}

/** The groups in which roles are given or taken away, each once: their record tells of it too. */
const groupsOf = (roles: readonly RoleIn[]): readonly Target[] => [
  ...new Map(roles.map(({ group }) => [group.id, groupTarget(group)])).values(),
]

const giving = ({ id }: Subject, roles: readonly RoleIn[]): readonly Write[] =>
  roles.map(({ group, role }) => {
    const given: Collaborator = { kind: 'subject', id, role, origin: id }
    return { write: 'collaboration', row: { ...given, group: group.id } }
  })

/**
 * Holds other changes of the same service account off, or (for one that is not there yet) the making
 * of another of its name: nothing in the database keeps the names of service accounts apart.
 */
async function onlyOne(
  core: Core,
  caller: Caller,
  kept: KeptToken | null,
  at: number,
): Promise<readonly Write[]> {
  const group = kept?.group ?? (await core.groups.own('account', caller.account))
  const state = group && (await core.database.reads.groupState(group.id))
  if (group === null || state === null) throw new Error('an account has no group of its own')
  const { revision } = state
  return [{ write: 'changed-group', id: group.id, revision, at }]
}

async function update(core: Core, caller: Caller, subject: Subject, asked: Asked): Decided {
  const { input, roles, terms } = asked
  const target = subjectTarget(subject)
  const grant = authorize(caller, 'subject.update', { kind: 'account' }, target)
  if (!grant.ok) return { fault: grant.error, target }
  const kept = await findKept(core, subject)
  const next: Subject = { ...subject, role: input.role ?? subject.role }
  const fault = refusal(caller, next, kept, terms)
  if (fault !== null) return { fault, target }
  const before = await viewOf(core, caller, subject)
  const at = core.world.now()
  const end = endOr(terms.until)
  const late = before.tokens.filter(({ expiresAt }) => endOr(expiresAt) > end)
  const data: VirtualAccount = {
    ...{ ...before, subject: next, manifest: input.manifest, updatedAt: at },
    roles: roles ?? before.roles,
    tokens: before.tokens.map((one) => (late.includes(one) ? { ...one, expiresAt: end } : one)),
  }
  const put = { action: 'UPDATE', existing: before.manifest, data, token: null } as const
  if (input.dryRun) return { grant: grant.value, writes: [], answer: () => put }
  const { id } = next
  const writes: readonly Write[] = [
    ...(await onlyOne(core, caller, kept, at)),
    { write: 'changed-subject', row: next },
    ...(roles === null ? [] : [takenFrom(id), ...giving(subject, roles)]),
    ...late.map((row): Write => ({ write: 'shortened-token', row: { ...row, expiresAt: end } })),
    ...(kept === null ? [] : await changeTerms(core, caller, kept, terms)),
    { write: 'manifest', of: id, body: input.manifest },
    { write: 'raise-authority', account: caller.account },
  ]
  const about = roles === null ? [] : groupsOf([...before.roles, ...roles])
  return { grant: grant.value, also: about, writes, answer: () => put }
}

const endOr = (end: number | null): number => end ?? Number.MAX_SAFE_INTEGER

/** Takes away all that a subject's own manifest gave it. */
const takenFrom = (origin: Subject['id']): Write => ({
  write: 'removed-collaborations',
  origin,
  group: null,
})

function refusal(
  caller: Caller,
  next: Subject,
  kept: KeptToken | null,
  { shownIn }: TokenTerms,
): Fault | null {
  if (next.id === caller.subject.id && next.role !== 'admin') return ownRole
  const why = 'no token of it is kept: regenerate its token first'
  return kept === null && shownIn !== null ? { kind: 'in_use', thing: 'subject', why } : null
}

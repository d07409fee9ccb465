import type { Fault } from '#domain/fault.ts'
import type { Caller, Subject } from '#domain/subject.ts'
import type { Account, Token } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { everySubject, everyToken, partOf, type Part, type PartOf } from './everyone.ts'
import { serviceAccountCalled } from './find-people.ts'
import { rolesOf, type RoleIn } from './group-grants.ts'
import { findKept } from './kept-token.ts'
import type { Verb } from './perform.ts'
import { findSubject, ownRole, removal, subjectTarget } from './subjects.ts'

/** A service account with its tokens and what it was given. */
export interface VirtualAccount {
  readonly subject: Subject
  readonly account: Account
  /** Who made it, as far as that is known. */
  readonly madeBy: Subject | null
  readonly manifest: string | null
  readonly updatedAt: number
  /** Those in force, oldest first. */
  readonly tokens: readonly Token[]
  /** Whether every token it had is past its end. */
  readonly expired: boolean
  /** The token whose text is kept; `null` when none is. */
  readonly kept: Token['id'] | null
  /** What it was given by its own manifest. */
  readonly roles: readonly RoleIn[]
}

export const missing: Fault = { kind: 'not_found', thing: 'subject' }

export async function viewOf(
  core: Core,
  caller: Caller,
  subject: Subject,
): Promise<VirtualAccount> {
  const { reads } = core.database
  const kept = await findKept(core, subject)
  const state = kept && (await reads.groupState(kept.group.id))
  const tokens = await everyToken(core, subject.id)
  const now = core.world.now()
  const live = tokens.filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
  return {
    subject,
    account: await core.people.account(caller),
    madeBy: kept && (await reads.subject(caller.account, kept.group.createdBy)),
    manifest: await reads.manifest(subject.id),
    updatedAt: state?.updatedAt ?? subject.createdAt,
    tokens: live,
    expired: tokens.length > 0 && live.length === 0,
    kept: kept?.token ?? null,
    roles: await rolesOf(core, caller, await reads.collaborationsFrom(subject.id)),
  }
}

export interface ListVirtualAccounts extends Part {
  /** Part of the name, whatever its case; empty for all. */
  readonly text: string
  /** Which of those; `null` for all. Pure. */
  readonly where: ((one: VirtualAccount) => boolean) | null
}

/** The service accounts of the account, oldest first. */
export const listVirtualAccounts: Verb<
  ListVirtualAccounts,
  PartOf<VirtualAccount>,
  'subject.list'
> = {
  action: 'subject.list',
  async decide(core, caller, { text, where, ...part }) {
    const grant = authorize(caller, 'subject.list', { kind: 'account' }, null)
    if (!grant.ok) return { fault: grant.error }
    const everyone = await everySubject(core, caller, 'service_account')
    const named = everyone.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()))
    const all = (these: readonly Subject[]) =>
      Promise.all(these.map((one) => viewOf(core, caller, one)))
    const { items, total } = partOf(named, part)
    const list =
      where === null
        ? { items: await all(items), total }
        : partOf((await all(named)).filter(where), part)
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

/** The service account with this id, and nobody else. */
export async function findServiceAccount(
  core: Core,
  caller: Caller,
  id: string,
): Promise<Subject | null> {
  const subject = await findSubject(core, caller, id)
  return subject?.kind === 'service_account' ? subject : null
}

export const getVirtualAccount: Verb<{ readonly id: string }, VirtualAccount, 'subject.get'> = {
  action: 'subject.get',
  async decide(core, caller, { id }) {
    const subject = await findServiceAccount(core, caller, id)
    const target = subject && subjectTarget(subject)
    const grant = authorize(caller, 'subject.get', { kind: 'account' }, target)
    if (!grant.ok) return { fault: grant.error, target }
    if (subject === null) return { fault: missing }
    const view = await viewOf(core, caller, subject)
    return { grant: grant.value, writes: [], answer: () => view }
  },
}

export const virtualAccountExists: Verb<{ readonly name: string }, boolean, 'subject.get'> = {
  action: 'subject.get',
  async decide(core, caller, { name }) {
    const grant = authorize(caller, 'subject.get', { kind: 'account' }, null)
    if (!grant.ok) return { fault: grant.error }
    const found = await serviceAccountCalled(core, caller, name)
    return { grant: grant.value, writes: [], answer: () => found !== null }
  },
}

export type VirtualAccountRef =
  { readonly by: 'id'; readonly id: string } | { readonly by: 'name'; readonly name: string }

/** Removes a service account: its tokens are dead at once, what was kept of them is wiped. */
export const deleteVirtualAccount: Verb<
  VirtualAccountRef,
  { readonly id: string },
  'subject.remove'
> = {
  action: 'subject.remove',
  async decide(core, caller, ref) {
    const subject =
      ref.by === 'id'
        ? await findServiceAccount(core, caller, ref.id)
        : await serviceAccountCalled(core, caller, ref.name)
    const target = subject && subjectTarget(subject)
    const grant = authorize(caller, 'subject.remove', { kind: 'account' }, target)
    if (!grant.ok) return { fault: grant.error, target }
    if (subject === null) return { fault: missing }
    if (subject.id === caller.subject.id) return { fault: ownRole, target }
    const writes = await removal(core, caller, subject)
    return { grant: grant.value, writes, answer: () => ({ id: subject.id }) }
  },
}

import type { Fault } from '#domain/fault.ts'
import type { Caller, Role, Subject } from '#domain/subject.ts'
import type { Account } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { everySubject, partOf, type Part, type PartOf } from './everyone.ts'
import { userByEmail } from './find-people.ts'
import { newPerson } from './founding.ts'
import type { Refused, Verb } from './perform.ts'
import { findSubject, removeSubject, subjectTarget, updateSubject } from './subjects.ts'
import { readEmail } from './titles.ts'

export interface UserView {
  readonly user: Subject
  readonly account: Account
}

export const missingUser: Fault = { kind: 'not_found', thing: 'subject' }

/** The user with this id, and no service account. */
export async function findUser(core: Core, caller: Caller, id: string): Promise<Subject | null> {
  const subject = await findSubject(core, caller, id)
  return subject?.kind === 'user' ? subject : null
}

export interface ListUsers extends Part {
  /** Part of the e-mail address, whatever its case; empty for all. */
  readonly text: string
  /** Also those who are suspended. */
  readonly suspended: boolean
}

/** The users of the account, oldest first. */
export const listUsers: Verb<ListUsers, PartOf<UserView>, 'subject.list'> = {
  action: 'subject.list',
  async decide(core, caller, { text, suspended, ...part }) {
    const grant = authorize(caller, 'subject.list', { kind: 'account' }, null)
    if (!grant.ok) return { fault: grant.error }
    const account = await core.people.account(caller)
    const users = (await everySubject(core, caller, 'user')).filter(
      ({ state, email, name }) =>
        (suspended || state === 'active') &&
        (email ?? name).toLowerCase().includes(text.toLowerCase()),
    )
    const { items, total } = partOf(users, part)
    const list = { items: items.map((user) => ({ user, account })), total }
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

/** A user: oneself, or for an admin anybody of the account. */
export const getUser: Verb<{ readonly id: string }, UserView, 'subject.get'> = {
  action: 'subject.get',
  async decide(core, caller, { id }) {
    const user = await findUser(core, caller, id)
    if (user === null) return { fault: missingUser }
    const target = subjectTarget(user)
    const grant = authorize(caller, 'subject.get', { kind: 'subject', id: user.id }, target)
    if (!grant.ok) return { fault: grant.error, target }
    const account = await core.people.account(caller)
    return { grant: grant.value, writes: [], answer: () => ({ user, account }) }
  },
}

export interface RegisterUser {
  readonly email: string
  /** Whether one who is there is left as they are, and not a fault. */
  readonly skip: boolean
  readonly dryRun: boolean
}

/** Makes a user who has no token yet: an admin makes their first one. */
export const registerUser: Verb<RegisterUser, Subject, 'subject.create'> = {
  action: 'subject.create',
  async decide(core, caller, { email: raw, skip, dryRun }) {
    const allowed = authorize(caller, 'subject.create', { kind: 'account' }, null)
    if (!allowed.ok) return { fault: allowed.error }
    const said = readEmail(raw, ['body', 'email'])
    if ('problem' in said) return { fault: { kind: 'invalid', problems: [said.problem] } }
    const known = await userByEmail(core, caller, raw)
    if (known !== null) {
      const target = subjectTarget(known)
      return skip
        ? { grant: allowed.value, writes: [], answer: () => known }
        : { fault: { kind: 'name_taken', thing: 'subject' }, target }
    }
    const { email } = said
    const { account } = caller
    const store = await core.database.reads.defaultStore(account)
    const of = { account, kind: 'user', role: 'member', name: email, email, store } as const
    const { made, writes } = newPerson(core, of)
    if (dryRun) return { grant: allowed.value, writes: [], answer: () => made }
    const grant = authorize(caller, 'subject.create', { kind: 'account' }, subjectTarget(made))
    if (!grant.ok) return { fault: grant.error }
    return { grant: grant.value, writes, answer: () => made }
  },
}

export interface UpdateUser {
  readonly email: string
  readonly role?: Role
  readonly state?: 'active' | 'suspended'
}

/** Changes the role of a user, suspends them or brings them back: by e-mail address, by an admin. */
export const updateUser: Verb<UpdateUser, Subject, 'subject.update'> = {
  action: 'subject.update',
  async decide(core, caller, { email, ...patch }) {
    const refused = unlessAdmin(caller, 'subject.update')
    if (refused !== null) return refused
    const user = await userByEmail(core, caller, email)
    if (user === null) return { fault: missingUser }
    return updateSubject.decide(core, caller, { id: user.id, ...patch })
  },
}

function unlessAdmin(caller: Caller, action: 'subject.update' | 'subject.remove'): Refused | null {
  const allowed = authorize(caller, action, { kind: 'account' }, null)
  return allowed.ok ? null : { fault: allowed.error }
}

export interface DeleteUser {
  readonly id: string
  /** Also one who is in a team or has a role in a group. */
  readonly force: boolean
}

/** Removes a user with all their tokens, and takes them out of what they were given. */
export const deleteUser: Verb<DeleteUser, { readonly id: string }, 'subject.remove'> = {
  action: 'subject.remove',
  async decide(core, caller, { id, force }) {
    const refused = unlessAdmin(caller, 'subject.remove')
    if (refused !== null) return refused
    const user = await findUser(core, caller, id)
    if (user === null) return { fault: missingUser }
    const { reads } = core.database
    const tied =
      (await reads.teamsOf(user.id)).length > 0 ||
      (await reads.collaborationsOf(user.id)).length > 0
    if (tied && !force) {
      const why = 'they are in a team or have a role in a secret group: say forceDelete=true'
      return { fault: { kind: 'in_use', thing: 'subject', why }, target: subjectTarget(user) }
    }
    return removeSubject.decide(core, caller, { id: user.id })
  },
}

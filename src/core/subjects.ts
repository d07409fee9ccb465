import type { Fault, Problem } from '#domain/fault.ts'
import { parseId } from '#domain/ids.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Caller, Role, Subject, SubjectKind, SubjectState } from '#domain/subject.ts'
import type { Write } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { newSubject } from './founding.ts'
import { removeKept } from './kept-token.ts'
import type { PageOfAll } from './list-groups.ts'
import type { Verb } from './perform.ts'
import { readEmail, titleProblem } from './titles.ts'

/** How the record names a subject. */
export const subjectTarget = ({ id, name, email }: Subject) =>
  ({ kind: 'subject', id, name: email ?? name }) as const

export interface CreateSubject {
  readonly kind: SubjectKind
  readonly role: Role
  /** A user's; service accounts have none. */
  readonly email: string | null
  readonly name: string
}

export interface NewSubject {
  readonly subject: Subject
  readonly token: SecretValue
}

/** Makes a user or a service account of the caller's account, with a first token. */
export const createSubject: Verb<CreateSubject, NewSubject, 'subject.create'> = {
  action: 'subject.create',
  async decide(core, caller, { kind, role, email: raw, name }) {
    const allowed = authorize(caller, 'subject.create', { kind: 'account' }, null)
    if (!allowed.ok) return { fault: allowed.error }
    const said = check(raw, name)
    if ('problems' in said) return { fault: { kind: 'invalid', problems: said.problems } }
    const { email } = said
    const taken =
      email !== null && (await core.database.reads.subjectByEmail(caller.account, email))
    if (taken)
      return { fault: { kind: 'name_taken', thing: 'subject' }, target: subjectTarget(taken) }
    const { account } = caller
    const store = await core.database.reads.defaultStore(account)
    const founded = newSubject(core, { account, kind, role, name, email, store })
    const target = subjectTarget(founded.made)
    const grant = authorize(caller, 'subject.create', { kind: 'account' }, target)
    if (!grant.ok) return { fault: grant.error }
    const made = { subject: founded.made, token: founded.token }
    return { grant: grant.value, writes: founded.writes, answer: () => made }
  },
}

function check(
  raw: string | null,
  name: string,
): { email: string | null } | { problems: Problem[] } {
  const problems: Problem[] = []
  const title = titleProblem(name, ['body', 'name'])
  if (title !== null && raw === null) problems.push(title)
  const read = raw === null ? { email: null } : readEmail(raw, ['body', 'email'])
  if ('problem' in read) problems.push(read.problem)
  return problems.length > 0 || 'problem' in read ? { problems } : { email: read.email }
}

export interface ListSubjects extends PageOfAll {
  readonly kind: SubjectKind
}

export interface SubjectList {
  readonly items: readonly Subject[]
  readonly more: boolean
}

/** The users or the service accounts of the account that were not removed. */
export const listSubjects: Verb<ListSubjects, SubjectList, 'subject.list'> = {
  action: 'subject.list',
  async decide(core, caller, { kind, after, limit }) {
    const grant = authorize(caller, 'subject.list', { kind: 'account' }, null)
    if (!grant.ok) return { fault: grant.error }
    const found: Subject[] = []
    let from = after
    while (found.length <= limit) {
      const rows = await core.database.reads.subjects(caller.account, { after: from, limit: 500 })
      found.push(...rows.filter((row) => row.kind === kind && row.state !== 'removed'))
      from = rows.at(-1)?.id ?? from
      if (rows.length < 500) break
    }
    const list = { items: found.slice(0, limit), more: found.length > limit }
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

/** A subject of the caller's account that was not removed. */
export async function findSubject(
  core: Core,
  caller: Caller,
  raw: string,
): Promise<Subject | null> {
  const id = parseId<'subject'>(raw)
  const subject = id === null ? null : await core.database.reads.subject(caller.account, id)
  return subject?.state === 'removed' ? null : subject
}

const missing: Fault = { kind: 'not_found', thing: 'subject' }

export const getSubject: Verb<{ readonly id: string }, Subject, 'subject.get'> = {
  action: 'subject.get',
  async decide(core, caller, { id }) {
    const subject = await findSubject(core, caller, id)
    if (subject === null) return { fault: missing }
    const resource = { kind: 'subject', id: subject.id } as const
    const grant = authorize(caller, 'subject.get', resource, subjectTarget(subject))
    if (!grant.ok) return { fault: grant.error, target: subjectTarget(subject) }
    return { grant: grant.value, writes: [], answer: () => subject }
  },
}

export interface UpdateSubject {
  readonly id: string
  readonly role?: Role
  readonly state?: 'active' | 'suspended'
  readonly name?: string
}

/** Changes a role or a name, suspends or brings back. What takes away is in force at once. */
export const updateSubject: Verb<UpdateSubject, Subject, 'subject.update'> = {
  action: 'subject.update',
  async decide(core, caller, { id, ...patch }) {
    const subject = await findSubject(core, caller, id)
    const target = subject === null ? null : subjectTarget(subject)
    const grant = authorize(caller, 'subject.update', { kind: 'account' }, target)
    if (!grant.ok) return { fault: hide(caller, subject, grant.error), target }
    if (subject === null) return { fault: missing }
    const problem = patch.name === undefined ? null : titleProblem(patch.name, ['body', 'name'])
    if (problem !== null) return { fault: { kind: 'invalid', problems: [problem] }, target }
    const next: Subject = { ...subject, ...patch }
    const weaker = next.role !== 'admin' || next.state !== 'active'
    if (subject.id === caller.subject.id && weaker) return { fault: ownRole, target }
    return { grant: grant.value, writes: change(next, next.state), answer: () => next }
  },
}

/** To who may not manage people, somebody else is as nobody. */
const hide = ({ subject: own }: Caller, subject: Subject | null, fault: Fault): Fault =>
  subject !== null && (own.role === 'admin' || subject.id === own.id) ? fault : missing

/** An account must not lose its last admin by a slip: only another admin takes the role away. */
export const ownRole: Fault = {
  kind: 'denied',
  needs: 'another admin: nobody takes the role admin away from themselves',
}

const change = (subject: Subject, state: SubjectState): Write[] => [
  { write: 'changed-subject', row: { ...subject, state } },
  { write: 'raise-authority', account: subject.account },
]

/**
 * What removes a subject: its tokens die with it, and with it go what it was given, its manifest, its
 * slug and the text that is kept of its token.
 */
export async function removal(core: Core, caller: Caller, subject: Subject): Promise<Write[]> {
  const { id } = subject
  return [
    ...change(subject, 'removed'),
    { write: 'removed-grantee', id },
    { write: 'removed-slug', owner: id },
    { write: 'removed-manifest', of: id },
    ...(await removeKept(core, caller, subject)),
  ]
}

/** Removes a subject: its tokens are dead at once, its e-mail address is free. */
export const removeSubject: Verb<
  { readonly id: string },
  { readonly id: string },
  'subject.remove'
> = {
  action: 'subject.remove',
  async decide(core, caller, { id }) {
    const subject = await findSubject(core, caller, id)
    const target = subject === null ? null : subjectTarget(subject)
    const grant = authorize(caller, 'subject.remove', { kind: 'account' }, target)
    if (!grant.ok) return { fault: hide(caller, subject, grant.error), target }
    if (subject === null) return { fault: missing }
    if (subject.id === caller.subject.id) return { fault: ownRole, target }
    const writes = await removal(core, caller, subject)
    return { grant: grant.value, writes, answer: () => ({ id: subject.id }) }
  },
}

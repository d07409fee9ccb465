import { parseId } from '#domain/ids.ts'
import type { Caller, Subject } from '#domain/subject.ts'
import type { Team } from '#ports/database.ts'
import type { Core } from './core.ts'
import { everySubject, everyTeam } from './everyone.ts'
import { readEmail } from './titles.ts'

/** The user of the caller's account with this e-mail address, or `null`. */
export async function userByEmail(
  core: Core,
  { account }: Caller,
  raw: string,
): Promise<Subject | null> {
  const read = readEmail(raw, ['body', 'email'])
  return 'email' in read ? core.database.reads.subjectByEmail(account, read.email) : null
}

/** The user whom a manifest names by e-mail address, or by name where there is no address. */
export async function userCalled(
  core: Core,
  caller: Caller,
  name: string,
): Promise<Subject | null> {
  if (name.includes('@')) return userByEmail(core, caller, name)
  const users = await everySubject(core, caller, 'user')
  return users.find((user) => user.email === null && user.name === name) ?? null
}

/** The oldest service account of this name; only those that are put by name are sure to be alone. */
export async function serviceAccountCalled(
  core: Core,
  caller: Caller,
  name: string,
): Promise<Subject | null> {
  const found = await everySubject(core, caller, 'service_account')
  return found.find((one) => one.name === name) ?? null
}

export async function teamCalled(core: Core, caller: Caller, name: string): Promise<Team | null> {
  const teams = await everyTeam(core, caller)
  return teams.find((team) => team.name === name) ?? null
}

/** A team of the caller's account by its id. */
export function teamById(core: Core, { account }: Caller, raw: string): Promise<Team | null> {
  const id = parseId<'team'>(raw)
  return id === null ? Promise.resolve(null) : core.database.reads.team(account, id)
}

/** Whom a manifest gives a role. */
export interface GranteeRef {
  readonly kind: 'user' | 'service_account' | 'team'
  /** An e-mail address, or a name. */
  readonly name: string
}

export interface Grantee {
  readonly kind: 'subject' | 'team'
  readonly id: Subject['id'] | Team['id']
  readonly name: string
}

/** Who is meant, or `null`. */
export async function granteeCalled(
  core: Core,
  caller: Caller,
  { kind, name }: GranteeRef,
): Promise<Grantee | null> {
  if (kind === 'team') {
    const team = await teamCalled(core, caller, name)
    return team && { kind: 'team', id: team.id, name }
  }
  const called = kind === 'user' ? userCalled : serviceAccountCalled
  const subject = await called(core, caller, name)
  return subject && { kind: 'subject', id: subject.id, name }
}

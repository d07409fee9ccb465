import type { Subject } from '#domain/subject.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import { groupFqn } from '#core/full-names.ts'
import type { RoleIn } from '#core/group-grants.ts'
import type { Membership, Permission, Permissions, Presence } from '#core/permissions.ts'
import type { PersonalToken } from '#core/personal-tokens.ts'
import type { BindingView } from '#core/role-bindings.ts'
import type { TeamView } from '#core/team-views.ts'
import type { UserView } from '#core/users.ts'
import type { VirtualAccount } from '#core/virtual-accounts.ts'
import { isoTime } from '#dialects/schema.ts'
import type { Account, Member, Token } from '#ports/database.ts'
import { groupRoleId, roleName, ROLES, tenantRoleId } from './roles.ts'
import * as shapes from './shapes.ts'

/** How people, teams and their tokens look on this wire. */

export const tokenText = (text: SecretValue): string =>
  Buffer.from(text.reveal()).toString('latin1')

const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>

/** For a token without an end: every one that is told has one here. */
const NEVER_ENDS = '9999-12-31T23:59:59.000Z'

const jwt = ({ id, form, createdAt, expiresAt }: Token, subject: Subject) => ({
  id,
  subjectType: shapes.subject(subject).subjectType,
  subjectId: subject.id,
  metadata: {},
  expiry: expiresAt === null ? NEVER_ENDS : isoTime(expiresAt),
  tokenType: form,
  createdAt: isoTime(createdAt),
  updatedAt: isoTime(createdAt),
})

const tenantRole = ({ role }: Subject, account: Account) => ({
  roleId: tenantRoleId(role),
  resourceType: 'tenant',
  resourceId: account.id,
  roleName: roleName(tenantRoleId(role)),
})

const groupRole = ({ group, role }: RoleIn) => ({
  roleId: groupRoleId(role),
  resourceType: 'secret-group',
  resourceId: group.id,
  roleName: roleName(groupRoleId(role)),
})

const nothingYet = { lastAccessedAt: null, metadata: {}, nextScheduledRotation: null }

export function virtualAccount(one: VirtualAccount) {
  const { subject, account, manifest, tokens, kept } = one
  const maker = one.madeBy ?? subject
  const roles = [tenantRole(subject, account), ...one.roles.map(groupRole)]
  return {
    ...{ id: subject.id, type: 'virtual-account', ...nothingYet },
    ...{ tenantName: account.name, accountId: account.id },
    manifest: manifest === null ? { type: 'virtual-account', name: subject.name } : json(manifest),
    jwtId: (tokens.find(({ id }) => id === kept) ?? tokens.at(-1))?.id ?? null,
    ...{ createdBySubject: shapes.subject(maker), createdBy: shapes.slugOf(maker) },
    ...{ createdAt: isoTime(subject.createdAt), updatedAt: isoTime(one.updatedAt) },
    isExpired: one.expired,
    jwts: tokens.map((token) => jwt(token, subject)),
    roleIds: [...new Set(roles.map(({ roleId }) => roleId))],
    rolesWithResource: roles,
  }
}

/** A personal access token: its clients read it as a virtual account of one token. */
export const personalToken = ({ token, user, account, expired }: PersonalToken) => ({
  ...{ id: token.id, type: 'personal-access-token', ...nothingYet },
  ...{ tenantName: account.name, accountId: account.id },
  manifest: {
    ...{ type: 'virtual-account', name: token.name, token_type: token.form },
    ...(token.expiresAt === null ? {} : { expiration_date: isoTime(token.expiresAt) }),
  },
  jwtId: token.id,
  ...{ createdBySubject: shapes.subject(user), createdBy: shapes.slugOf(user) },
  ...{ createdAt: isoTime(token.createdAt), updatedAt: isoTime(token.createdAt) },
  isExpired: expired,
  jwts: expired ? [] : [jwt(token, user)],
  ...{ roleIds: [], rolesWithResource: [] },
})

interface PeopleSaid {
  readonly members: readonly string[]
  readonly managers?: readonly string[] | null
}

const sameTexts = (a: readonly string[], b: readonly string[]): boolean => {
  const [left, right] = [a, b].map((texts) => new Set(texts.map((text) => text.toLowerCase())))
  return left?.symmetricDifference(right ?? new Set()).size === 0
}

/** The manifest of a team as it was put, with the people that are in it now. */
function teamManifest({ team, manifest, members }: TeamView): Record<string, unknown> {
  const names = (of: readonly Member[]) => of.map(({ subject }) => shapes.slugOf(subject))
  const people = names(members)
  const managers = names(members.filter(({ manager }) => manager))
  if (manifest === null) return { type: 'team', name: team.name, members: people, managers }
  const stored = json(manifest)
  const said = stored as unknown as PeopleSaid
  const saidManagers = said.managers ?? []
  return sameTexts([...said.members, ...saidManagers], people) && sameTexts(saidManagers, managers)
    ? stored
    : { ...stored, members: people, managers }
}

const TOP = 5

export function team(view: TeamView) {
  const { team: of, account, members } = view
  const manifest = teamManifest(view)
  const maker = view.madeBy
  const names = members.map(({ subject }) => shapes.slugOf(subject))
  const managers = members
    .filter(({ manager }) => manager)
    .map(({ subject }) => shapes.slugOf(subject))
  const { description } = manifest
  return {
    ...{ id: of.id, description: typeof description === 'string' ? description : '' },
    ...{ tenantName: account.name, accountId: account.id },
    createdBySubject:
      maker === null
        ? shapes.subjectLost({ id: of.createdBy, kind: 'user' })
        : shapes.subject(maker),
    ...{ createdAt: isoTime(of.createdAt), updatedAt: isoTime(view.updatedAt) },
    ...{ manifest, isEditable: true, members: names, metadata: {}, roles: [] },
    ...{ topMembers: names.slice(0, TOP), topManagers: managers.slice(0, TOP) },
    ...{ totalMemberCount: names.length, totalManagerCount: managers.length },
  }
}

/** One of the people of a team. */
export const row = ({ subject }: Member) => {
  const { subjectId, subjectSlug, subjectType } = shapes.subject(subject)
  return { subjectId, subjectSlug, subjectType }
}

const permission = (account: Account, one: Permission) => ({
  ...groupRole(one),
  resourceName: one.group.name,
  resourceFqn: groupFqn(account, one.group),
  subjectId: one.to.id,
  subjectType: one.to.kind,
})

export const permissions = ({ account, given }: Permissions) => ({
  data: given.map((one) => permission(account, one)),
})

/** What was given to the user, and not to their teams. */
export const resources = ({ account, given }: Permissions) => ({
  data: given
    .filter(({ to }) => to.kind === 'user')
    .map((one) => {
      const { resourceType, resourceId, resourceName, roleId } = permission(account, one)
      return { resourceType, resourceId, resourceName, roleId }
    }),
})

export const memberships = (all: readonly Membership[]) => ({
  data: all.map(({ team: { name }, manager }) => ({
    teamName: name,
    roles: [manager ? 'team-manager' : 'team-member'],
  })),
})

export const user = ({ user: of, account }: UserView) => ({
  ...{ id: of.id, email: shapes.slugOf(of), tenantName: account.name, metadata: {} },
  ...{ active: of.state === 'active', isEditable: true },
  ...{ createdAt: isoTime(of.createdAt), updatedAt: isoTime(of.createdAt) },
  ...{ roles: [tenantRoleId(of.role)], rolesWithResource: [tenantRole(of, account)] },
  ...{ accounts: [{ accountId: account.id, name: account.name }], lastAccessedAt: null },
})

/** Who a token speaks for. */
export function session({ subject, account, teams, token }: Presence) {
  const slug = shapes.slugOf(subject)
  return {
    ...{ id: subject.id, userName: slug, subjectSlug: slug, email: subject.email },
    subjectType: shapes.subject(subject).subjectType,
    subjectPatName: token.kind === 'personal' ? token.name : null,
    ...{ tenantName: account.name, roles: [tenantRoleId(subject.role)] },
    teams: teams.map(({ id, name }) => ({ id, name })),
    accounts: [{ id: account.id, name: account.name }],
    metadata: { displayName: subject.name, userObject: { username: slug } },
    ...{ createdAt: isoTime(subject.createdAt), effectiveUserId: subject.id },
  }
}

export const binding = ({ binding: of, account, madeBy, manifest }: BindingView) => ({
  ...{ id: of.id, name: of.name, accountId: account.id, manifest: json(manifest), metadata: {} },
  createdBySubject:
    madeBy === null
      ? shapes.subjectLost({ id: of.createdBy, kind: 'user' })
      : shapes.subject(madeBy),
  ...{ createdAt: isoTime(of.createdAt), updatedAt: isoTime(of.updatedAt) },
})

/** Every role, as the caller's tenant has it. */
export const roles = ({ account, subject }: Presence) => ({
  data: ROLES.map(({ id, resourceType, description }) => ({
    ...{ id, name: id, displayName: roleName(id), resourceType },
    ...{ tenantName: account.name, accountId: account.id },
    manifest: { type: 'role', name: id, displayName: roleName(id), description, resourceType },
    createdBySubject: shapes.subject(subject),
    ...{ isEditable: false, isDefault: true, isReserved: true },
  })),
})

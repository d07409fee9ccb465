import type { Static } from 'typebox'
import type { Fault } from '#domain/fault.ts'
import type { GroupRole } from '#domain/group.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { CollaboratorAsked, NamedCollaborator } from '#core/collaborators.ts'
import type { GranteeRef } from '#core/find-people.ts'
import type { GroupContents } from '#core/group-contents.ts'
import type { PutGroup } from '#core/put-group.ts'
import { manifestText } from './manifests.ts'
import type { Collaborator, SecretGroupManifest } from './schemas.ts'

/** What manifests of secret groups say, in domain types and back. */

const ROLE = 'secret-group-'
const roles = new Map<string, GroupRole>([
  [`${ROLE}viewer`, 'viewer'],
  [`${ROLE}editor`, 'editor'],
  [`${ROLE}admin`, 'admin'],
])

const kinds = new Map<string, GranteeRef['kind']>([
  ['user', 'user'],
  ['team', 'team'],
  ['virtualaccount', 'service_account'],
  ['serviceaccount', 'service_account'],
])

const SUBJECT = '^(?:user|team|virtualaccount|serviceaccount|external-identity):.+$'

/** The grantee in `<kind>:<name>`; external identities are kinds of subject that nobody here is. */
function granteeOf(subject: string, at: readonly (string | number)[]): Result<GranteeRef, Fault> {
  const colon = subject.indexOf(':')
  const kind = kinds.get(subject.slice(0, colon))
  const name = subject.slice(colon + 1)
  if (kind !== undefined && name !== '') return ok({ kind, name })
  return new RegExp(SUBJECT, 'u').test(subject)
    ? err({ kind: 'not_found', thing: 'subject' })
    : err({ kind: 'invalid', problems: [{ at, rule: 'pattern', pattern: SUBJECT }] })
}

function collaboratorsOf(
  sent: readonly Static<typeof Collaborator>[],
): Result<readonly CollaboratorAsked[], Fault> {
  const asked: CollaboratorAsked[] = []
  for (const [n, { subject, role_id: roleId }] of sent.entries()) {
    const at = ['body', 'manifest', 'collaborators', n]
    const role = roles.get(roleId)
    if (role === undefined) {
      const allowed = [...roles.keys()]
      const problem = { at: [...at, 'role_id'], rule: 'one_of', allowed } as const
      return err({ kind: 'invalid', problems: [problem] })
    }
    const who = granteeOf(subject, [...at, 'subject'])
    if (!who.ok) return who
    asked.push({ who: who.value, role })
  }
  return ok(asked)
}

/** What a manifest asks for. */
export function decodeManifest(
  manifest: Static<typeof SecretGroupManifest>,
  dryRun: boolean,
): Result<PutGroup, Fault> {
  const text = manifestText(manifest)
  if (!text.ok) return text
  const { name, integration_fqn: integration, collaborators = null, ownedBy } = manifest
  const asked = collaborators === null ? ok(null) : collaboratorsOf(collaborators)
  if (!asked.ok) return asked
  const account = ownedBy?.account ?? null
  const said = { name, integration, account, dryRun }
  return ok({ ...said, manifest: text.value, collaborators: asked.value })
}

const prefixes = { user: 'user', team: 'team', service_account: 'virtualaccount' } as const

const shownCollaborator = ({ kind, name, role }: NamedCollaborator) => ({
  subject: `${prefixes[kind]}:${name}`,
  role_id: `${ROLE}${role}`,
})

/** One spelling for each collaborator, to compare by. */
const spelled = (kind: GranteeRef['kind'], name: string, role: string): string =>
  JSON.stringify([kind, kind === 'user' ? name.toLowerCase() : name, role])

/** Whether a list as it was sent says what is in force; that a group's maker keeps a role needs no saying. */
function inForce(
  sent: readonly Static<typeof Collaborator>[],
  { collaborators, group }: GroupContents,
): boolean {
  const said = new Set(
    sent.map(({ subject, role_id: roleId }) => {
      const who = granteeOf(subject, [])
      return who.ok ? spelled(who.value.kind, who.value.name, roleId.slice(ROLE.length)) : subject
    }),
  )
  const now = collaborators.map(({ id, kind, name, role }) => ({
    id,
    text: spelled(kind, name, role),
  }))
  const expected = now.filter(({ id, text }) => said.has(text) || id !== group.createdBy)
  return expected.length === said.size && expected.every(({ text }) => said.has(text))
}

/**
 * The manifest of a group as it was put, with the collaborators that are in force now; one that says
 * the same for a group that was made without.
 */
export function manifestOf(contents: GroupContents): Record<string, unknown> {
  const { manifest: text, group, integration, collaborators } = contents
  if (text === null) {
    return {
      ...{ type: 'secret-group', name: group.name, integration_fqn: integration.fqn },
      collaborators: collaborators.map(shownCollaborator),
    }
  }
  const stored = JSON.parse(text) as Static<typeof SecretGroupManifest>
  const { collaborators: sent } = stored
  return sent === undefined || sent === null || inForce(sent, contents)
    ? stored
    : { ...stored, collaborators: collaborators.map(shownCollaborator) }
}

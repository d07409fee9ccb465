import Type, { type Static } from 'typebox'
import type { Fault } from '#domain/fault.ts'
import { ok, type Result } from '#domain/result.ts'
import type { GranteeRef } from '#core/find-people.ts'
import type { GroupGrant } from '#core/group-grants.ts'
import { deleteRoleBinding, putRoleBinding, type PutRoleBinding } from '#core/role-bindings.ts'
import { ask } from '#dialects/dialect.ts'
import { applied, manifestReader, manifestText, type ManifestType } from './manifests.ts'
import * as people from './people-shapes.ts'
import { readGroupRole, readStoreRole } from './roles.ts'

/** Role bindings: there are no calls of their own, they are applied and deleted by manifest. */

/** Spelled without what the `tfy` command would take for markup, `[a`, and swallow. */
const NAME = '^(?![0-9-])[0-9a-z-]{2,65}[0-9a-z]$'

const kinds = { user: 'user', team: 'team', virtualaccount: 'service_account' } as const
const STORE = 'provider-integration'

export const RoleBindingManifest = Type.Object(
  {
    type: Type.Enum(['role-binding']),
    name: Type.String({ pattern: NAME }),
    subjects: Type.Array(
      Type.Object({
        type: Type.Enum(['user', 'team', 'virtualaccount']),
        name: Type.String({ minLength: 1 }),
      }),
      { minItems: 1 },
    ),
    permissions: Type.Array(
      Type.Object({
        resourceType: Type.Enum(['secret-group', STORE]),
        resourceFqn: Type.String(),
        role: Type.String(),
      }),
      { minItems: 1 },
    ),
  },
  { title: 'RoleBindingManifest' },
)

type Manifest = Static<typeof RoleBindingManifest>

interface Given {
  readonly groups: readonly GroupGrant[]
  readonly stores: readonly string[]
}

/** The built-in store is everybody's: the right to use it has no effect. */
function decodePermissions(sent: Manifest['permissions']): Result<Given, Fault> {
  const groups: GroupGrant[] = []
  const stores: string[] = []
  for (const [n, { resourceType, resourceFqn: fqn, role: id }] of sent.entries()) {
    const at = ['body', 'manifest', 'permissions', n, 'role']
    if (resourceType === STORE) {
      const role = readStoreRole(id, at)
      if (!role.ok) return role
      stores.push(fqn)
      continue
    }
    const role = readGroupRole(id, at)
    if (!role.ok) return role
    groups.push({ group: fqn, role: role.value })
  }
  return ok({ groups, stores })
}

function decode(manifest: Manifest, dryRun: boolean): Result<PutRoleBinding, Fault> {
  const text = manifestText(manifest)
  if (!text.ok) return text
  const given = decodePermissions(manifest.permissions)
  if (!given.ok) return given
  const { groups, stores } = given.value
  const named = { owner: null, accounts: [], stores }
  const subjects = manifest.subjects.map(({ type, name }): GranteeRef => ({
    kind: kinds[type],
    name,
  }))
  return ok({ name: manifest.name, manifest: text.value, dryRun, subjects, groups, named })
}

const readManifest = manifestReader(RoleBindingManifest)

/** Of a manifest to delete, its name alone counts. */
const readNamed = manifestReader(Type.Object({ name: Type.String() }))

export const roleBindingManifests: ManifestType = {
  put(manifest, dryRun) {
    const read = readManifest(manifest)
    const asked = read.ok ? decode(read.value, dryRun) : read
    if (!asked.ok) return asked
    return ok(ask(putRoleBinding, asked.value, (done) => applied(done, people.binding(done.data))))
  },
  remove(manifest) {
    const read = readNamed(manifest)
    if (!read.ok) return read
    return ok(ask(deleteRoleBinding, { name: read.value.name }, () => ({})))
  },
}

import type { Fault } from '#domain/fault.ts'
import { err, ok, type Result } from '#domain/result.ts'
import { echo } from '#core/echo.ts'
import { putGroup } from '#core/put-group.ts'
import { deleteWholeGroup } from '#core/delete-group.ts'
import { choosingRoute, route, type Route } from '#dialects/dialect.ts'
import { roleBindingManifests } from './bindings.ts'
import { providerAccountManifests } from './integrations.ts'
import type { Manifest, ManifestType } from './manifests.ts'
import * as schemas from './schemas.ts'
import { manifestWords, secretGroupManifests } from './secret-groups.ts'
import { teamManifests } from './teams.ts'
import { virtualAccountManifests } from './virtual-accounts.ts'

const tag = 'Apply'

/** Every type of manifest that is taken. */
const types: ReadonlyMap<string, ManifestType> = new Map<string, ManifestType>([
  ['secret-group', secretGroupManifests],
  ['team', teamManifests],
  ['virtual-account', virtualAccountManifests],
  ['role-binding', roleBindingManifests],
  ...providerAccountManifests,
])

interface Typed {
  readonly manifest: Manifest
  readonly type: ManifestType
}

/** The manifest with what its type asks for; any type but ours is refused. */
function typed(manifest: Manifest): Result<Typed, Fault> {
  const type = types.get(manifest.type)
  if (type !== undefined) return ok({ manifest, type })
  const at = ['body', 'manifest', 'type']
  const allowed = [...types.keys()]
  return err({ kind: 'invalid', problems: [{ at, rule: 'one_of', allowed }] })
}

const apply = choosingRoute({
  method: 'PUT',
  path: '/api/svc/v1/apply',
  operationId: 'Apply.put',
  summary: 'Make or change what a manifest describes',
  ...{ tag, body: schemas.ApplyRequest, words: manifestWords },
  success: { status: 200, schema: schemas.ApplyResponse },
  exactNumbers: true,
  action: putGroup.action,
  choose: ({ body: { manifest, dryRun } }) => {
    const found = typed(manifest)
    return found.ok ? found.value.type.put(found.value.manifest, dryRun ?? false) : found
  },
})

const remove = choosingRoute({
  method: 'POST',
  path: '/api/svc/v1/delete',
  operationId: 'Apply.delete',
  summary: 'Delete what a manifest names by its type and its name',
  ...{ tag, body: schemas.DeleteRequest, words: manifestWords },
  success: { status: 200, schema: schemas.Empty },
  action: deleteWholeGroup.action,
  choose: ({ body: { manifest } }) => {
    const found = typed(manifest)
    return found.ok ? found.value.type.remove(found.value.manifest) : found
  },
})

/** The name under which a manifest is listed: without one its type has to do. */
const nameOf = ({ name, type }: Manifest): string => (typeof name === 'string' ? name : type)

const dependencyTree = route({
  method: 'POST',
  path: '/api/svc/v1/dependency-tree',
  operationId: 'Apply.dependencyTree',
  summary: 'Order manifests by what they depend on: none of ours depends on another',
  ...{ tag, body: schemas.DependencyTreeRequest },
  success: { status: 200, schema: schemas.DependencyTree },
  verb: echo<readonly Manifest[]>(),
  decode: ({ body }) => ok(body.manifests),
  encode: (manifests) => ({
    data: manifests.map((one) => ({
      resourceType: one.type,
      resourceName: nameOf(one),
      dependencies: [],
    })),
  }),
})

export const applyRoutes: readonly Route[] = [apply, remove, dependencyTree]

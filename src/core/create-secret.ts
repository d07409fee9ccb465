import type { Group } from '#domain/group.ts'
import type { Grant } from '#domain/grant.ts'
import type { Secret, Version } from '#domain/secret.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Caller } from '#domain/subject.ts'
import { authorize } from './authorize.ts'
import { doerOf } from './change-secret.ts'
import { checkGiven, type NewSecret } from './check-secret.ts'
import type { Core } from './core.ts'
import { findGroup, type GroupRef } from './locate.ts'
import type { Verb } from './perform.ts'

export interface CreateSecret extends NewSecret {
  readonly group: GroupRef
}

/** Makes a secret with its first version. A name that is taken in the group is refused. */
export const createSecret: Verb<CreateSecret, Secret, 'secret.create'> = {
  action: 'secret.create',
  async decide(core, caller, input) {
    const group = await findGroup(core, caller, input.group)
    if (group === null) return { fault: { kind: 'not_found', thing: 'group' } }
    const id = core.newId<'secret'>()
    const target = { kind: 'secret', id, name: input.name, version: 1 } as const
    const grant = authorize(
      caller,
      'secret.create',
      { kind: 'group', group, thing: 'group' },
      target,
    )
    if (!grant.ok) return { fault: grant.error }
    const problems = checkGiven(group.kind, input)
    if (problems.length > 0) return { fault: { kind: 'invalid', problems } }
    const secret = await newSecret(core, caller, id, group, input)
    const place = { secret, n: 1, store: group.store }
    const version = await newVersion(core, grant.value, place, input.value)
    return {
      grant: grant.value,
      writes: [
        { write: 'secret', row: secret },
        { write: 'version', row: version },
        { write: 'group-size', group: group.id, by: 1 },
      ],
      answer: () => secret,
    }
  },
}

/** The row of a secret in `group`, whose first version is to be its current one. */
export async function newSecret(
  core: Core,
  caller: Caller,
  id: Secret['id'],
  group: Group,
  input: NewSecret,
): Promise<Secret> {
  const now = core.world.now()
  const row = {
    id,
    account: caller.account,
    group: group.id,
    name: input.name,
    description: input.description ?? null,
    type: input.type ?? null,
    metadata: input.metadata ?? null,
    file: input.file ?? false,
    current: 1,
    latest: 1,
    createdAt: now,
    createdBy: doerOf(caller),
    updatedAt: now,
    updatedBy: null,
    deletedAt: null,
    wipeAt: null,
    revision: 1,
  }
  return { ...row, rowMac: await core.rowSeal.seal(row) }
}

/** Version `n` of a secret, its value written to the store of the secret's group. */
export async function newVersion(
  core: Core,
  grant: Grant,
  { secret, n, store }: { secret: Secret; n: number; store: Group['store'] },
  value: SecretValue,
): Promise<Version> {
  const place = { installation: core.installation.id, secret, n }
  const sealed = await core.stores[store].write(grant, place, value)
  const { caller } = grant
  return {
    secret: secret.id,
    n,
    createdAt: core.world.now(),
    createdBy: doerOf(caller),
    state: 'live',
    sealed,
  }
}

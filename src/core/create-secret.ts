import type { Group } from '#domain/group.ts'
import type { Secret } from '#domain/secret.ts'
import type { Caller } from '#domain/subject.ts'
import { authorize } from './authorize.ts'
import { doerOf } from './change-secret.ts'
import { checkGiven, type NewSecret } from './check-secret.ts'
import type { Core } from './core.ts'
import { findGroup, type GroupRef } from './locate.ts'
import type { Verb } from './perform.ts'
import { newVersion } from './write-value.ts'

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
    const problems = [
      ...checkGiven(group.kind, input),
      ...(await core.stores.problems(group, input.value)),
    ]
    if (problems.length > 0) return { fault: { kind: 'invalid', problems } }
    const secret = await newSecret(core, caller, id, group, input)
    const version = await newVersion(core, grant.value, { secret, n: 1 }, input.value)
    return {
      grant: grant.value,
      writes: [
        { write: 'secret', row: secret },
        ...version.writes,
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
  const { account, store } = group
  const named = { account, secret: id, group: group.name, name: input.name }
  const path = (await core.stores.of(account, store)).pathOf(named)
  const row = {
    id,
    account: caller.account,
    group: group.id,
    name: input.name,
    description: input.description ?? null,
    type: input.type ?? null,
    metadata: input.metadata ?? null,
    file: input.file ?? false,
    ...{ store, path },
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

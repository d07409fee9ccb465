import type { Fault } from '#domain/fault.ts'
import type { Group } from '#domain/group.ts'
import { parseId } from '#domain/ids.ts'
import { nameProblem } from '#domain/names.ts'
import type { PlacedSecret, Secret } from '#domain/secret.ts'
import type { Caller } from '#domain/subject.ts'
import type { Write } from '#ports/database.ts'
import { authorize, maySee } from './authorize.ts'
import { changed } from './change-secret.ts'
import type { Core } from './core.ts'
import type { PageOfAll } from './list-groups.ts'
import { findGroup, secretTarget, type GroupRef } from './locate.ts'
import type { Verb } from './perform.ts'
import { removalTask } from './store-tasks.ts'
import { shownAs, type ShownSecret } from './get-secret.ts'

const missing: Fault = { kind: 'not_found', thing: 'secret' }

/** What was deleted and can still be brought back, with the group it was in (which may be gone too). */
async function findDeleted(core: Core, caller: Caller, raw: string): Promise<PlacedSecret | null> {
  const id = parseId<'secret'>(raw)
  const secret = id === null ? null : await core.database.reads.secret(caller.account, id)
  return secret === null ? null : placed(core, secret)
}

async function placed(core: Core, secret: Secret): Promise<PlacedSecret | null> {
  if (secret.wipeAt === null || secret.wipeAt <= core.world.now()) return null
  const group = await core.database.reads.anyGroup(secret.account, secret.group)
  return group === null ? null : { secret, group }
}

export interface DeletedList {
  readonly items: readonly PlacedSecret[]
  readonly more: boolean
}

const SCAN = 500

/** Every deleted secret that the caller may see and bring back, in the order of their ids. */
export const listDeleted: Verb<PageOfAll, DeletedList, 'secret.list'> = {
  action: 'secret.list',
  fresh: () => true,
  async decide(core, caller, { after, limit }) {
    const grant = authorize(caller, 'secret.list', { kind: 'self' }, null)
    if (!grant.ok) return { fault: grant.error }
    const found: PlacedSecret[] = []
    let from = after
    while (found.length <= limit) {
      const page = { after: from, limit: SCAN }
      const rows = await core.database.reads.deletedSecrets(caller.account, page)
      for (const row of rows) {
        const item = await placed(core, row)
        if (item !== null && maySee(caller, item.group)) found.push(item)
      }
      from = rows.at(-1)?.id ?? from
      if (rows.length < SCAN) break
    }
    const list = { items: found.slice(0, limit), more: found.length > limit }
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

export interface UndeleteSecret {
  readonly id: string
  /** Where to; `null` for the group it was in. */
  readonly group: GroupRef | null
  /** Its name there; `null` for the one it had. */
  readonly name: string | null
}

/** Brings a deleted secret back with all its versions. Its links stay gone. */
export const undeleteSecret: Verb<UndeleteSecret, ShownSecret, 'secret.undelete'> = {
  action: 'secret.undelete',
  async decide(core, caller, { id, group: asked, name: wanted }) {
    const found = await findDeleted(core, caller, id)
    if (found === null) return { fault: missing }
    const target = secretTarget(found.secret)
    const home = { kind: 'group', group: found.group, thing: 'secret' } as const
    const grant = authorize(caller, 'secret.undelete', home, target)
    if (!grant.ok) return { fault: grant.error, target }
    const via = await destination(core, caller, found.group, asked)
    if (via === null) return { fault: { kind: 'not_found', thing: 'group' }, target }
    const into = authorize(
      caller,
      'secret.create',
      { kind: 'group', group: via, thing: 'group' },
      target,
    )
    if (!into.ok) return { fault: into.error, target }
    const name = wanted ?? found.secret.name
    const problem = nameProblem(via.kind, name, ['body', 'name'])
    if (problem !== null) return { fault: { kind: 'invalid', problems: [problem] }, target }
    const patch = { deletedAt: null, wipeAt: null, group: via.id, name }
    const secret = await changed(core, caller, found.secret, patch)
    const writes: Write[] = [
      { write: 'changed-secret', row: secret },
      { write: 'group-size', group: via.id, by: 1 },
    ]
    const shown = shownAs({ name, via, secret, version: null, linked: false })
    return { grant: grant.value, writes, answer: () => shown }
  },
}

/** A group that was removed takes nothing back. */
const destination = (
  core: Core,
  caller: Caller,
  { id }: Group,
  asked: GroupRef | null,
): Promise<Group | null> =>
  asked === null ? core.database.reads.group(caller.account, id) : findGroup(core, caller, asked)

/** Wipes a deleted secret now: nothing brings it back. */
export const purgeSecret: Verb<{ readonly id: string }, { readonly id: string }, 'secret.purge'> = {
  action: 'secret.purge',
  async decide(core, caller, { id }) {
    const found = await findDeleted(core, caller, id)
    if (found === null) return { fault: missing }
    const target = secretTarget(found.secret)
    const home = { kind: 'group', group: found.group, thing: 'secret' } as const
    const grant = authorize(caller, 'secret.purge', home, target)
    if (!grant.ok) return { fault: grant.error, target }
    const writes = wiping(core, found.secret)
    return { grant: grant.value, writes, answer: () => ({ id: found.secret.id }) }
  },
}

/** What wipes a deleted secret; its row stays, so that the record goes on to name it. */
export function wiping(core: Core, secret: Secret): Write[] {
  const row = { ...secret, wipeAt: null, revision: secret.revision + 1 }
  return [
    { write: 'changed-secret', row },
    { write: 'destroyed-versions', secret: secret.id, at: core.world.now() },
    ...removalTask(core, secret),
  ]
}

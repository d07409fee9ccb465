import type { Receipt } from '#domain/grant.ts'
import type { Group } from '#domain/group.ts'
import type { Secret, Version } from '#domain/secret.ts'
import type { StoreRef, StoreTask } from '#domain/store.ts'
import type { Write } from '#ports/database.ts'
import { StoreFault } from '#ports/remote-store.ts'
import { authorize } from './authorize.ts'
import { commitUnseen } from './commit.ts'
import type { Core } from './core.ts'
import { shownAs, type ShownSecret } from './get-secret.ts'
import { findGroup, groupTarget, locate, secretTarget, type GroupRef } from './locate.ts'
import type { Verb } from './perform.ts'
import { storeFor } from './store-verbs.ts'
import { removalTask, writeTask } from './store-tasks.ts'

export interface MoveGroup {
  readonly group: GroupRef
  readonly store: string
}

/** Has what is made in a group from now on kept in another store; what is there stays until it is moved. */
export const moveGroup: Verb<MoveGroup, Group, 'store.move'> = {
  action: 'store.move',
  async decide(core, caller, { group: ref, store: word }) {
    const group = await findGroup(core, caller, ref)
    if (group === null) return { fault: { kind: 'not_found', thing: 'group' } }
    const target = groupTarget(group)
    const resource = { kind: 'group', group, thing: 'group' } as const
    const grant = authorize(caller, 'store.move', resource, target)
    if (!grant.ok) return { fault: grant.error, target }
    const store = await storeFor(core, caller, word)
    if (!store.ok) return { fault: store.error, target }
    const writes = [{ write: 'group-store', id: group.id, store: store.value }] as const
    return {
      grant: grant.value,
      writes,
      answer: () => {
        core.groups.forget()
        return { ...group, store: store.value }
      },
    }
  },
}

export interface MoveSecret {
  readonly id: string
  readonly store: string
}

/**
 * Moves a secret with all its versions to another store. It keeps its id and its numbers, and can be
 * read all the while: its record changes over in one commit, and what is in the store before goes
 * after that.
 */
export const moveSecret: Verb<MoveSecret, ShownSecret, 'store.move'> = {
  action: 'store.move',
  async decide(core, caller, { id, store: word }) {
    const found = await locate(core, caller, { by: 'id', id })
    if (found === null) return { fault: { kind: 'not_found', thing: 'secret' } }
    const target = secretTarget(found.secret)
    const resource = { kind: 'group', group: found.via, thing: 'secret' } as const
    const grant = authorize(caller, 'store.move', resource, target)
    if (!grant.ok) return { fault: grant.error, target }
    if (found.linked) {
      const needs = 'the group that the secret belongs to: here it is a link'
      return { fault: { kind: 'denied', needs }, target }
    }
    const store = await storeFor(core, caller, word)
    if (!store.ok) return { fault: store.error, target }
    return {
      grant: grant.value,
      on: found.secret,
      writes: [],
      answer: async (receipt) => {
        const secret = await movedTo(core, receipt, found.secret, found.via, store.value)
        core.secrets.forget(found.secret)
        return shownAs({ ...found, secret })
      },
    }
  },
}

const VERSIONS_MAX = 10_000
const ATTEMPTS_MAX = 8

type Held = Exclude<Version, { readonly state: 'destroyed' }>

async function movedTo(
  core: Core,
  receipt: Receipt,
  first: Secret,
  group: Group,
  to: StoreRef,
): Promise<Secret> {
  let secret: Secret = first
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (secret.store === to) return secret
    const moved = await moveOnce(core, receipt, secret, group, to)
    if (moved !== null) return moved
    secret = (await core.database.reads.secret(secret.account, secret.id)) ?? secret
  }
  throw new StoreFault('throttled', 'the secret was changed again and again: move it again')
}

/** `null` when the secret was changed meanwhile. */
async function moveOnce(
  core: Core,
  receipt: Receipt,
  secret: Secret,
  group: Group,
  to: StoreRef,
): Promise<Secret | null> {
  const { reads } = core.database
  const store = await core.stores.of(secret.account, to)
  // A path is never used twice: what is still taken away at an older one must not meet this.
  const name = `r${secret.revision}-${secret.name}`
  const named = { account: secret.account, secret: secret.id, group: group.name, name }
  const next: Secret = {
    ...{ ...secret, store: to, path: store.pathOf(named) },
    revision: secret.revision + 1,
  }
  const versions = await reads.versions(secret.id, Number.MAX_SAFE_INTEGER, VERSIONS_MAX)
  const held = versions.filter((one): one is Held => one.state !== 'destroyed').toReversed()
  const task = writeTask(core, next, held.length)
  if (task !== null) await commitUnseen(core, [{ write: 'store-task', row: task }])
  const rows = await copiedOrDue(core, receipt, secret, next, held, task)
  const done = await commitUnseen(core, [
    { write: 'changed-secret', row: next },
    ...rows,
    ...(task === null ? [] : [{ write: 'settled-store-task', id: task.id } as const]),
    ...removalTask(core, secret),
  ])
  return done.kind === 'committed' ? next : null
}

/** What a failure leaves behind is looked after at once. */
async function copiedOrDue(
  core: Core,
  receipt: Receipt,
  from: Secret,
  to: Secret,
  held: readonly Held[],
  task: StoreTask | null,
): Promise<readonly Write[]> {
  try {
    const rows: Write[] = []
    for (const version of held) {
      rows.push({ write: 'changed-version', row: await copied(core, receipt, from, to, version) })
    }
    return rows
  } catch (error) {
    const dueAt = core.world.now()
    if (task !== null) await commitUnseen(core, [{ write: 'due-store-task', id: task.id, dueAt }])
    throw error
  }
}

async function copied(
  core: Core,
  receipt: Receipt,
  from: Secret,
  to: Secret,
  version: Held,
): Promise<Version> {
  const { n, sealed } = version
  const installation = core.installation.id
  const before = await core.stores.of(from.account, sealed.store)
  const read = before.read(receipt, { installation, secret: from, n }, sealed)
  const value = await read.catch((error: unknown) => lostBefore(error, from, n))
  if (value === null) {
    const { secret, createdAt, createdBy } = version
    return { secret, n, createdAt, createdBy, state: 'destroyed', deletedAt: core.world.now() }
  }
  const after = await core.stores.of(to.account, to.store)
  return {
    ...version,
    sealed: await after.write(receipt.grant, { installation, secret: to, n }, value),
  }
}

/** `null` for an older version that its store let go of: some keep only the last hundred. */
function lostBefore(error: unknown, { current }: Secret, n: number): null {
  if (error instanceof StoreFault && error.kind === 'missing' && n !== current) return null
  throw error
}

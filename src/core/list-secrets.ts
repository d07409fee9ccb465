import type { Problem } from '#domain/fault.ts'
import type { Group } from '#domain/group.ts'
import type { Position, SecretSort, Shown } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { findGroup, type GroupRef } from './locate.ts'
import type { Verb } from './perform.ts'

/** A page of one group, from one end or from an item on, in either direction. */
export interface ListSecrets {
  readonly group: GroupRef
  readonly sort: SecretSort
  readonly descending: boolean
  readonly limit: number
  /** How many to pass over first. */
  readonly offset?: number
  /** Only the entry with exactly this name. */
  readonly name?: string | null
  readonly from:
    | { readonly kind: 'start' }
    /** The page behind the item with this id. */
    | { readonly kind: 'after'; readonly id: string }
    /** The page that ends just before it. */
    | { readonly kind: 'before'; readonly id: string }
}

export interface SecretList {
  readonly items: readonly Shown[]
  /** Whether more lie further on in the direction asked. */
  readonly more: boolean
  readonly total: number
  readonly limit: number
  readonly group: Group['id']
}

/** The secrets of a group, without their values. */
export const listSecrets: Verb<ListSecrets, SecretList, 'secret.list'> = {
  action: 'secret.list',
  async decide(core, caller, input) {
    const { from } = input
    const group = await findGroup(core, caller, input.group)
    if (group === null) return { fault: { kind: 'not_found', thing: 'group' } }
    const target = { kind: 'group', id: group.id, name: group.name } as const
    const resource = { kind: 'group', group, thing: 'group' } as const
    const grant = authorize(caller, 'secret.list', resource, target)
    if (!grant.ok) return { fault: grant.error, target }
    const position = from.kind === 'start' ? null : await positionOf(core, group, from.id)
    if (from.kind !== 'start' && position === null) {
      return { fault: { kind: 'invalid', problems: [unknownCursor(from.kind)] }, target }
    }
    const list =
      input.name === undefined || input.name === null
        ? await page(core, group, input, position)
        : await named(core, group, input, from.kind !== 'start')
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

const positionOf = (core: Core, group: Group, id: string): Promise<Position | null> =>
  core.database.reads.position(group.id, id)

const unknownCursor = (kind: 'after' | 'before'): Problem => ({
  at: ['query', kind],
  rule: 'cursor',
})

async function page(
  core: Core,
  group: Group,
  { sort, descending, limit, offset = 0, from }: ListSecrets,
  after: Position | null,
): Promise<SecretList> {
  const { reads } = core.database
  const backwards = from.kind === 'before'
  const rows = await reads.secrets({
    group: group.id,
    sort,
    descending: descending !== backwards,
    after,
    offset,
    limit: limit + 1,
  })
  const items = rows.slice(0, limit)
  return {
    items: backwards ? items.toReversed() : items,
    more: rows.length > limit,
    total: await reads.groupSize(group.id),
    limit,
    group: group.id,
  }
}

/** A filter by name finds one entry at the most; behind a cursor there is nothing more. */
async function named(
  core: Core,
  group: Group,
  { name, limit }: ListSecrets,
  behind: boolean,
): Promise<SecretList> {
  const shown = await core.database.reads.shown(group.id, name ?? '')
  const found = shown === null ? [] : [shown]
  return { items: behind ? [] : found, more: false, total: found.length, limit, group: group.id }
}

import type { Fault } from '#domain/fault.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { GroupRef } from '#core/locate.ts'
import type { ListSecrets, SecretList } from '#core/list-secrets.ts'
import type { SecretSort } from '#ports/database.ts'

export interface PageQuery {
  readonly limit?: number
  readonly starting_after?: string | null
  readonly ending_before?: string | null
  readonly sort_by?: string | null
  readonly sort_order?: 'asc' | 'desc'
  readonly name?: string | null
}

const LIMIT_DEFAULT = 100

/** An empty parameter is one that was not given: the clients drop it too. */
const given = (text: string | null | undefined): string | null =>
  text === undefined || text === '' ? null : text

/** The page that a query asks for; `sorts` are the orders that an index can give. */
export function decodePage(
  group: GroupRef,
  query: PageQuery,
  sorts: Readonly<Record<string, SecretSort>>,
): Result<ListSecrets, Fault> {
  const after = given(query.starting_after)
  const before = given(query.ending_before)
  if (after !== null && before !== null) {
    const at = ['query', 'ending_before']
    return invalid({ at, rule: 'exclusive', other: 'starting_after' })
  }
  const sortBy = given(query.sort_by)
  const sort = sortBy === null ? 'id' : Object.entries(sorts).find(([name]) => name === sortBy)?.[1]
  if (sort === undefined) {
    return invalid({ at: ['query', 'sort_by'], rule: 'one_of', allowed: Object.keys(sorts) })
  }
  return ok({
    group,
    sort,
    descending: query.sort_order === 'desc',
    limit: query.limit ?? LIMIT_DEFAULT,
    name: given(query.name),
    from: fromOf(after, before),
  })
}

const invalid = (problem: (Fault & { kind: 'invalid' })['problems'][number]) =>
  err<Fault>({ kind: 'invalid', problems: [problem] })

const fromOf = (after: string | null, before: string | null): ListSecrets['from'] => {
  if (after !== null) return { kind: 'after', id: after }
  return before === null ? { kind: 'start' } : { kind: 'before', id: before }
}

/** A page on the wire. `has_more` speaks of the direction asked. */
export const encodePage = <T>(
  list: SecretList,
  limit: number,
  item: (shown: SecretList['items'][number]) => T,
) => ({
  items: list.items.map(item),
  has_more: list.more,
  total: list.total,
  limit,
  object: 'list' as const,
})

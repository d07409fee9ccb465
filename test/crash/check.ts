import type { Item, Ledger, State } from './ledger.ts'
import type { SecretRow, Snapshot } from './snapshot.ts'

/** How often each thing was the target of each action that the record says was allowed. */
function deedsById({ entries }: Snapshot): ReadonlyMap<string, Readonly<Record<string, number>>> {
  const deeds = new Map<string, Record<string, number>>()
  for (const { action, id, outcome } of entries) {
    if (outcome !== 'allowed' || id === undefined) continue
    const of = deeds.get(id) ?? {}
    of[action] = (of[action] ?? 0) + 1
    deeds.set(id, of)
  }
  return deeds
}

/** What a row says was done to it, against what the record says. */
function unlike(row: SecretRow, deeds: Readonly<Record<string, number>>): readonly string[] {
  const deletes = row.deleted ? 1 : 0
  const done: Readonly<Record<string, number>> = {
    'secret.create': 1,
    'secret.update': row.revision - 1 - deletes,
    'secret.delete': deletes,
  }
  return Object.entries(done).flatMap(([action, times]) => {
    const said = deeds[action] ?? 0
    return said === times ? [] : [`${row.name}: ${action} ${times} times, on the record ${said}`]
  })
}

/** A deleted secret keeps its values too: within the retention it can be brought back. */
function versionsOf(row: SecretRow, { versions }: Snapshot): readonly string[] {
  const { rows, sealed } = versions.get(row.id) ?? { rows: 0, sealed: 0 }
  return rows === row.latest && sealed === row.latest
    ? []
    : [`${row.name}: version ${row.latest} is the latest of ${rows}, ${sealed} have values`]
}

const CHANGES = new Set(['secret.create', 'secret.update', 'secret.delete'])

/** What does not agree within the database: every change with its entry, no entry without one. */
export function inconsistencies(snapshot: Snapshot): readonly string[] {
  const { damage, secrets, groupSizes, entries, places, sealed } = snapshot
  const deeds = deedsById(snapshot)
  const known = new Set(secrets.map(({ id }) => id))
  const live = new Map<string, number>()
  for (const { group, deleted } of secrets) {
    if (!deleted) live.set(group, (live.get(group) ?? 0) + 1)
  }
  const given = places.filter((place) => place !== null).sort((a, b) => a - b)
  return [
    ...damage,
    ...secrets.flatMap((row) => [
      ...unlike(row, deeds.get(row.id) ?? {}),
      ...versionsOf(row, snapshot),
    ]),
    ...entries.flatMap(({ action, id, outcome }) =>
      outcome === 'allowed' && CHANGES.has(action) && (id === undefined || !known.has(id))
        ? [`${action} of ${id} is on the record, and nothing of it is there`]
        : [],
    ),
    ...[...groupSizes].flatMap(([group, size]) =>
      size === (live.get(group) ?? 0) ? [] : [`group ${group} says ${size}`],
    ),
    ...given.flatMap((place, n) => (place === n + 1 ? [] : [`place ${place} stands at ${n + 1}`])),
    ...(sealed <= given.length ? [] : [`sealed ${sealed} of ${given.length} entries`]),
  ]
}

const isLike = (row: SecretRow | undefined, state: State | null): boolean =>
  row === undefined || state === null
    ? row === undefined && state === null
    : row.deleted !== state.live &&
      row.description === state.description &&
      row.latest === state.versions

export interface Verdict {
  /** What was acknowledged and is not so. */
  readonly lost: readonly string[]
  /** Requests without an answer that were done all the same. */
  readonly done: number
}

/**
 * Holds what was acknowledged against what is there. A request without an answer may have been done
 * or not; which of the two is then what the item is known to be.
 */
export function settle(ledger: Ledger, { secrets }: Snapshot): Verdict {
  const rows = new Map(secrets.map((row) => [row.name, row]))
  const lost: string[] = []
  let done = 0
  for (const item of ledger.items) {
    const row = rows.get(item.name)
    const isDone = item.pending !== null && isLike(row, item.pending)
    if (isDone) {
      done++
      item.acked = item.pending
      item.id = row?.id ?? null
    } else if (!isLike(row, item.acked) || (item.acked !== null && row?.id !== item.id)) {
      lost.push(`${item.family} ${item.name}: ${tell(item)}, there is ${JSON.stringify(row)}`)
    }
    item.pending = null
  }
  return { lost, done }
}

const tell = ({ acked, pending }: Item): string =>
  `acknowledged ${JSON.stringify(acked)}, asked for ${JSON.stringify(pending)}`

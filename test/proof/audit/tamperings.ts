import { randomInt } from 'node:crypto'
import type { CheckpointRow, LogRow, PlaceRow } from '#cli/verify-words.ts'
import {
  checkpoint,
  placeRow,
  placesOf,
  seqsOf,
  type SyntheticLog,
} from '#test/cli/synthetic-log.ts'

/** Does something to a log at or before the entry `until`, which a checkpoint kept outside closes. */
export type Tampering = (log: SyntheticLog, until: number) => SyntheticLog

const OWN_KEY = 1
const OTHER_KEY = 2

const renumbered = (entries: readonly LogRow[]): readonly LogRow[] =>
  entries.map((row, n) => ({ ...row, seq: n + 1 }))

/** Whoever has the log's own key signs anew what the entries are now, and mends the index. */
function resigned(
  entries: readonly LogRow[],
  { checkpoints }: SyntheticLog,
  by = OWN_KEY,
): SyntheticLog {
  const sizes = checkpoints.map(({ size }) => size).filter((size) => size <= entries.length)
  const signed = sizes.map((size) => checkpoint(entries, size, by))
  return { entries, checkpoints: signed, places: placesOf(entries, sizes) }
}

const place = (until: number): number => randomInt(until)

const replaced = <T>(all: readonly T[], at: number, to: (old: T) => T): readonly T[] =>
  all.map((one, n) => (n === at ? to(one) : one))

const otherCharacter = (text: string): string => {
  const at = randomInt(text.length)
  const code = text.charCodeAt(at) ^ (1 << randomInt(7))
  return text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1)
}

const otherByte = (bytes: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(bytes)
  const at = randomInt(copy.length)
  copy[at] = (copy[at] ?? 0) ^ (1 << randomInt(8))
  return copy
}

/** One member of the record says something else, or nothing any more. */
function otherMember(row: LogRow): LogRow {
  const record = JSON.parse(row.record) as Record<string, unknown>
  const names = Object.keys(record)
  const name = names[randomInt(names.length)] ?? 'v'
  const value = record[name]
  record[name] = typeof value === 'number' ? value + 1 + randomInt(9) : undefined
  const { account, id } = record
  return {
    ...{ seq: row.seq, record: JSON.stringify(record) },
    account_id: typeof account === 'string' ? account : null,
    target_id: typeof id === 'string' ? id : null,
  }
}

const swapped = (entries: readonly LogRow[], i: number, j: number): readonly LogRow[] => {
  const [a, b] = [entries[i], entries[j]]
  return a === undefined || b === undefined ? entries : entries.with(i, b).with(j, a)
}

const twoPlaces = (until: number): readonly [number, number] => {
  const i = place(until - 1)
  return [i, i + 1 + randomInt(until - i - 1)]
}

const moved = (entries: readonly LogRow[], from: number, to: number): readonly LogRow[] => {
  const row = entries[from]
  return row === undefined ? entries : entries.toSpliced(from, 1).toSpliced(to, 0, row)
}

const someCheckpoint = ({ checkpoints }: SyntheticLog): number => randomInt(checkpoints.length)

const withCheckpoint = (
  log: SyntheticLog,
  change: (old: CheckpointRow) => Partial<CheckpointRow>,
): SyntheticLog => ({
  ...log,
  checkpoints: replaced(log.checkpoints, someCheckpoint(log), (old) => ({
    ...old,
    ...change(old),
  })),
})

/** One list of the index holds other places, or is gone if it holds none. */
function withPlaces(
  log: SyntheticLog,
  change: (seqs: readonly number[], row: PlaceRow) => readonly number[],
): SyntheticLog {
  const at = randomInt(log.places.length)
  const places = log.places
    .flatMap((row, n) => {
      const seqs = n === at ? change(seqsOf(row), row) : seqsOf(row)
      return seqs.length === 0 ? [] : [placeRow(row.key, ...seqs)]
    })
    .toSorted((a, b) => a.first_seq - b.first_seq)
  return { ...log, places }
}

const someOf = (seqs: readonly number[]): number => randomInt(seqs.length)

/** Only the index is changed: entries and checkpoints hold. */
const ofPlaces: Readonly<Record<string, Tampering>> = {
  'a place is taken out': (log) => withPlaces(log, (seqs) => seqs.toSpliced(someOf(seqs), 1)),
  'a list of places is taken out': (log) => withPlaces(log, () => []),
  'a place leads to another entry': (log, until) =>
    withPlaces(log, (seqs) => {
      const others = seqs.with(someOf(seqs), 1 + place(until))
      return [...new Set(others)].toSorted((a, b) => a - b)
    }),
  'a place is put in': (log, until) =>
    withPlaces(log, (seqs) => [...new Set([...seqs, 1 + place(until)])].sort((a, b) => a - b)),
  'a place behind the newest checkpoint is put in': (log, until) =>
    withPlaces(log, (seqs) => [...seqs, until + 1 + randomInt(9)]),
  'a place is there twice': (log) =>
    withPlaces(log, (seqs) => {
      const at = someOf(seqs)
      return seqs.toSpliced(at, 0, ...seqs.slice(at, at + 1))
    }),
  'places change their order': (log) =>
    withPlaces(log, (seqs) => [...seqs.slice(1), ...seqs.slice(0, 1)]),
  'a list of places is filed under another key': (log) => {
    const at = randomInt(log.places.length)
    const key = log.places[randomInt(log.places.length)]?.key ?? ''
    return { ...log, places: replaced(log.places, at, (row) => ({ ...row, key })) }
  },
  'a list of places is filed under another entry': (log) => {
    const at = randomInt(log.places.length)
    const moved = (row: PlaceRow) => ({ ...row, first_seq: row.first_seq + 1 + randomInt(9) })
    const places = replaced(log.places, at, moved)
    return { ...log, places: places.toSorted((a, b) => a.first_seq - b.first_seq) }
  },
  'a byte of a list of places': (log) => {
    const at = randomInt(log.places.length)
    const changed = (row: PlaceRow) => ({ ...row, seqs: otherByte(row.seqs) })
    return { ...log, places: replaced(log.places, at, changed) }
  },
}

/** Entries are changed; whoever does it leaves the checkpoints, or signs them anew with the log's key. */
const changes: Readonly<Record<string, (log: SyntheticLog, until: number) => readonly LogRow[]>> = {
  'an entry is deleted, and the rest moves up': ({ entries }, until) =>
    renumbered(entries.toSpliced(place(until), 1)),
  'several entries are deleted': ({ entries }, until) => {
    const from = place(until)
    return renumbered(entries.toSpliced(from, 1 + randomInt(until - from)))
  },
  'a member is edited': ({ entries }, until) => replaced(entries, place(until), otherMember),
  'two entries change places': ({ entries }, until) =>
    renumbered(swapped(entries, ...twoPlaces(until))),
  'an entry is put elsewhere': ({ entries }, until) => {
    const [from, to] = twoPlaces(until)
    return renumbered(moved(entries, from, to))
  },
  'an entry is put in': ({ entries }, until) => {
    const copied = entries[place(entries.length)]
    return renumbered(entries.toSpliced(place(until), 0, ...(copied === undefined ? [] : [copied])))
  },
  'another history from some entry on': ({ entries }, until) => {
    const from = place(until)
    return entries.map((row) => (row.seq > from ? otherMember(row) : row))
  },
  'cut at its end': ({ entries }, until) => entries.slice(0, place(until)),
}

const kept: Readonly<Record<string, Tampering>> = Object.fromEntries(
  Object.entries(changes).flatMap(([name, change]) => [
    [name, (log, until) => ({ ...log, entries: change(log, until) })],
    [`${name}, all signed anew`, (log, until) => resigned(change(log, until), log)],
  ]) satisfies [string, Tampering][],
)

/** What is done to a log, by name. Each makes another log of it. */
export const tamperings: Readonly<Record<string, Tampering>> = {
  ...kept,
  ...ofPlaces,
  'an entry is deleted': (log, until) => ({
    ...log,
    entries: log.entries.toSpliced(place(until), 1),
  }),
  'a character of a record': (log, until) => ({
    ...log,
    entries: replaced(log.entries, place(until), (row) => ({
      ...row,
      record: otherCharacter(row.record),
    })),
  }),
  'the column of the account': (log, until) => ({
    ...log,
    entries: replaced(log.entries, place(until), (row) => ({ ...row, account_id: 'account-9' })),
  }),
  'the column of the target': (log, until) => ({
    ...log,
    entries: replaced(log.entries, place(until), (row) => ({ ...row, target_id: 'secret-99' })),
  }),
  'signed by another key': (log) => resigned(log.entries, log, OTHER_KEY),
  'a checkpoint is signed by another key': (log) =>
    withCheckpoint(log, ({ size }) => ({ note: checkpoint(log.entries, size, OTHER_KEY).note })),
  'a checkpoint of another log': (log) =>
    withCheckpoint(log, ({ size }) => ({
      note: checkpoint(log.entries, size, OWN_KEY, 'strongroom/another').note,
    })),
  'an older checkpoint in the place of a newer': (log) => {
    const [older] = log.checkpoints
    const newest = log.checkpoints.length - 1
    return {
      ...log,
      checkpoints: replaced(log.checkpoints, newest, (old) => ({
        ...old,
        note: older?.note ?? '',
      })),
    }
  },
  'the text of a checkpoint': (log) =>
    withCheckpoint(log, ({ note }) => ({ note: otherCharacter(note) })),
  'the size of a checkpoint': (log) =>
    withCheckpoint(log, ({ size }) => ({ size: size + (randomInt(2) === 0 ? 0.5 : -0.5) })),
  'the nodes of a checkpoint': (log) =>
    withCheckpoint(log, ({ frontier }) => ({ frontier: otherByte(frontier) })),
}

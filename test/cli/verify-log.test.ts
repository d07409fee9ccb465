import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyLog } from '#cli/verify-log.ts'
import type { LogRow, PlaceRow, Trouble } from '#cli/verify-words.ts'
import { rootOf, leafHash } from '#crypto/merkle.ts'
import {
  checkpoint,
  entry,
  key,
  log,
  origin,
  placeRow,
  placesOf,
  type SyntheticLog,
} from './synthetic-log.ts'

const verify = (whole: SyntheticLog, kept: string | null = null) =>
  verifyLog({ ...whole, kept, key })

/** That the log fails so, with the first entry that may be meant. */
async function fails(
  tampered: SyntheticLog,
  kind: Trouble['kind'],
  [from, to]: readonly [number, number],
  message: RegExp,
  kept: string | null = null,
): Promise<void> {
  const outcome = await verify(tampered, kept)
  assert.ok(!outcome.ok, 'it holds')
  const { error } = outcome
  assert.deepEqual([error.kind, error.from, error.to], [kind, from, to], error.message)
  assert.match(error.message, message)
}

const edit = (entries: readonly LogRow[], n: number, change: Partial<LogRow>): LogRow[] =>
  entries.map((row) => (row.seq === n ? { ...row, ...change } : row))

const renumbered = (entries: readonly LogRow[]) => entries.map((row, n) => ({ ...row, seq: n + 1 }))

test('a whole log holds, with its figures', async () => {
  const whole = log(100, 1, 7, 64, 93)
  const outcome = await verify(whole, checkpoint(whole.entries, 64).note)
  assert.ok(outcome.ok)
  const leaves = whole.entries.slice(0, 93).map(({ record }) => leafHash(record))
  const root = Buffer.from(rootOf(leaves)).toString('base64')
  // One place of each entry under its account, and of all but every fifth under a secret.
  const figures = { entries: 100, sealed: 93, checkpoints: 4, places: 93 + 75 }
  assert.deepEqual(outcome.value, { ...figures, root, kept: 64 })
})

test('rows may come one at a time from elsewhere', async () => {
  const { entries, checkpoints, places } = log(20, 5, 20)
  const later = async function* <T>(rows: readonly T[]) {
    for (const row of rows) yield await Promise.resolve(row)
  }
  const outcome = await verifyLog({
    ...{ entries: later(entries), checkpoints: later(checkpoints), places: later(places) },
    ...{ kept: null, key },
  })
  assert.ok(outcome.ok)
})

test('a kept checkpoint of a size that the log has no checkpoint of is compared too', async () => {
  const whole = log(50, 10, 40)
  assert.ok((await verify(whole, checkpoint(whole.entries, 45).note)).ok)
  const none = { ...whole, checkpoints: [], places: [] }
  assert.ok((await verify(none, checkpoint(whole.entries, 45).note)).ok)
})

test('an empty log holds; one without any checkpoint proves nothing', async () => {
  assert.ok((await verify(log(0))).ok)
  await fails(log(3), 'no_checkpoint', [1, 3], /no checkpoint/)
})

test('edited: a record, found between its checkpoints', async () => {
  const whole = log(300, 100, 101, 200, 300)
  const record = entry(101).record.replace('test', 'best')
  const one = { ...whole, entries: edit(whole.entries, 101, { record }) }
  await fails(one, 'edited', [101, 101], /^entry 101 was edited: the checkpoint of size 101/)
  const other = entry(150).record.replace('test', 'best')
  const many = { ...whole, entries: edit(whole.entries, 150, { record: other }) }
  // 200 leaves are full subtrees of 128, 64 and 8: entry 150 is under the second.
  await fails(many, 'edited', [129, 192], /^of entries 129 to 192 at least one was edited/)
})

test('edited: the columns beside a record', async () => {
  const whole = log(10, 10)
  const account = { ...whole, entries: edit(whole.entries, 4, { account_id: 'account-9' }) }
  await fails(account, 'edited', [4, 4], /^entry 4 was edited: its account/)
  const target = { ...whole, entries: edit(whole.entries, 5, { target_id: 'secret-5' }) }
  await fails(target, 'edited', [5, 5], /^entry 5 was edited: its target/)
  for (const record of ['{', 'null', '"x"']) {
    const broken = { ...whole, entries: edit(whole.entries, 6, { record }) }
    await fails(broken, 'edited', [6, 6], /^entry 6 was edited: its record/)
  }
})

test('edited: an entry not sealed yet is only held to its own columns', async () => {
  const whole = log(10, 8)
  const record = entry(9).record.replace('test', 'best')
  assert.ok((await verify({ ...whole, entries: edit(whole.entries, 9, { record }) })).ok)
})

test('edited: records and checkpoints together, against the checkpoint kept outside', async () => {
  const whole = log(40, 20, 40)
  const record = entry(7).record.replace('test', 'best')
  const entries = edit(whole.entries, 7, { record })
  // Who has the signing key can sign anew, but cannot reach what was kept.
  const forged = {
    ...{ entries, places: placesOf(entries, [20, 40]) },
    checkpoints: [20, 40].map((size) => checkpoint(entries, size)),
  }
  assert.ok((await verify(forged)).ok)
  const kept = checkpoint(whole.entries, 20).note
  await fails(forged, 'edited', [1, 20], /the checkpoint kept outside closed others/, kept)
})

test('edited: a stored frontier, and a checkpoint under another size', async () => {
  const whole = log(12, 6, 12)
  const [first, second] = whole.checkpoints
  assert.ok(first !== undefined && second !== undefined)
  const frontier = { ...whole, checkpoints: [{ ...first, frontier: new Uint8Array(64) }, second] }
  await fails(frontier, 'edited', [6, 6], /the checkpoint of size 6 was edited/)
  const size = { ...whole, checkpoints: [{ ...first, size: 7 }, second] }
  await fails(size, 'edited', [7, 7], /filed under another size/)
  const text = { ...whole, checkpoints: [{ ...first, note: 'x' }, second] }
  await fails(text, 'edited', [6, 6], /not the text of a checkpoint/)
})

test('deleted: in the middle, at the start, several', async () => {
  const whole = log(30, 10, 30)
  const without = (...gone: number[]) => ({
    ...whole,
    entries: whole.entries.filter(({ seq }) => !gone.includes(seq)),
  })
  await fails(without(17), 'deleted', [17, 17], /^entry 17 is missing/)
  await fails(without(1), 'deleted', [1, 1], /^entry 1 is missing/)
  await fails(without(17, 18, 19), 'deleted', [17, 19], /^entries 17 to 19 are missing/)
})

test('deleted and the rest renumbered: the tree tells', async () => {
  const whole = log(200, 100, 150, 200)
  const gone = renumbered(whole.entries.filter(({ seq }) => seq !== 120))
  await fails({ ...whole, entries: gone }, 'edited', [101, 128], /put in or taken out/)
})

test('put in: the tree tells', async () => {
  const whole = log(200, 100, 150, 200)
  const more = renumbered([...whole.entries.slice(0, 120), entry(7), ...whole.entries.slice(120)])
  await fails({ ...whole, entries: more }, 'edited', [101, 128], /put in or taken out/)
})

test('reordered: two exchanged, one moved', async () => {
  const whole = log(60, 20, 40, 60)
  const [a, b] = [entry(25), entry(33)]
  const exchanged = edit(edit(whole.entries, 25, { ...b, seq: 25 }), 33, { ...a, seq: 33 })
  await fails({ ...whole, entries: exchanged }, 'reordered', [25, 33], /^entries 25 and 33/)
  const moved = renumbered(whole.entries.toSpliced(24, 1).toSpliced(32, 0, a))
  await fails({ ...whole, entries: moved }, 'reordered', [25, 33], /^the entries from 25 to 33/)
})

test('reordered: rows that do not come in the order of their places', async () => {
  const whole = log(10, 10)
  const entries = whole.entries.with(5, entry(3))
  await fails({ ...whole, entries }, 'reordered', [3, 3], /^entry 3 comes after entry 5/)
})

test('cut: below a stored checkpoint, or below the one kept outside', async () => {
  const whole = log(50, 20, 40, 50)
  const entries = whole.entries.slice(0, 45)
  await fails({ ...whole, entries }, 'cut', [46, 50], /ends at entry 45.* of size 50/)
  const clean = {
    entries,
    checkpoints: whole.checkpoints.slice(0, 2),
    places: log(50, 20, 40).places,
  }
  assert.ok((await verify(clean)).ok, 'a clean cut shows only from outside')
  const kept = checkpoint(whole.entries, 50).note
  await fails(clean, 'cut', [46, 50], /the checkpoint kept outside closes 50/, kept)
  await fails({ entries: [], checkpoints: [], places: [] }, 'cut', [1, 50], /ends at entry 0/, kept)
})

test('bad signature: a checkpoint of another key, under the same name or another', async () => {
  const whole = log(20, 10, 20)
  const signed = (by: number, name = origin) => ({
    ...whole,
    checkpoints: [checkpoint(whole.entries, 10, by, name), checkpoint(whole.entries, 20)],
  })
  await fails(signed(2), 'bad_signature', [10, 10], /size 10 is not signed by the log's key/)
  await fails(signed(2, 'strongroom/other'), 'bad_signature', [10, 10], /not signed by/)
  const kept = checkpoint(whole.entries, 20, 2).note
  await fails(whole, 'bad_signature', [0, 0], /kept outside is not signed/, kept)
})

test('bad signature: a checkpoint rewritten over a tampered log', async () => {
  const whole = log(20, 10, 20)
  const [first, second] = whole.checkpoints
  assert.ok(first !== undefined && second !== undefined)
  const record = entry(12).record.replace('test', 'best')
  const entries = edit(whole.entries, 12, { record })
  const [, forged] = checkpoint(entries, 20).note.split('\n\n')
  const [text] = second.note.split('\n\n')
  const rewritten = {
    ...whole,
    entries,
    checkpoints: [first, { ...second, note: `${text ?? ''}\n\n${forged ?? ''}` }],
  }
  await fails(rewritten, 'bad_signature', [20, 20], /signature of the checkpoint of size 20/)
})

test('the first thing that fails is the one that is told', async () => {
  const whole = log(40, 10, 20, 30, 40)
  const entries = edit(
    whole.entries.filter(({ seq }) => seq !== 35),
    15,
    { account_id: 'x' },
  )
  const checkpoints = whole.checkpoints.with(2, checkpoint(whole.entries, 30, 2))
  await fails({ ...whole, entries, checkpoints }, 'edited', [15, 15], /^entry 15/)
})

test('whatever one bit of a record is turned, a sealed log does not hold', async () => {
  const whole = log(9, 3, 9)
  for (let n = 1; n <= 9; n++) {
    const bytes = Buffer.from(entry(n).record)
    for (let at = 0; at < bytes.length; at += 5) {
      const turned = Buffer.from(bytes)
      turned[at] = (turned[at] ?? 0) ^ 1
      const record = turned.toString('latin1')
      const outcome = await verify({ ...whole, entries: edit(whole.entries, n, { record }) })
      assert.ok(!outcome.ok, `entry ${n}, byte ${at}`)
      assert.ok(outcome.error.from <= n && n <= outcome.error.to)
    }
  }
})

/** With the list of places that begins with the entry `first` under a key changed, or taken out. */
const refiled = (whole: SyntheticLog, under: string, first: number, ...by: readonly PlaceRow[]) => {
  const at = whole.places.findIndex(({ key, first_seq }) => key === under && first_seq === first)
  assert.ok(at >= 0, `there is no such list: ${under} from ${first}`)
  const places = whole.places.toSpliced(at, 1, ...by)
  return { ...whole, places: places.toSorted((a, b) => a.first_seq - b.first_seq) }
}

test('places: one that is missing hides an entry from a search, and is told', async () => {
  // Of account-1 are entries 1, 4, 7 and so on; about secret-3 are 3 and 17, and 10 is about nothing.
  const whole = log(24, 12, 20)
  const gone = [4, 4] as const
  const within = refiled(whole, 'account-1', 1, placeRow('account-1', 1, 7, 10))
  await fails(within, 'place_missing', gone, /^entry 4 has no place under account-1: a search/)
  const list = refiled(whole, 'account-1', 13)
  await fails(list, 'place_missing', [13, 13], /^entry 13 has no place under account-1/)
  const last = refiled(whole, 'secret-3', 17)
  await fails(last, 'place_missing', [17, 17], /^entry 17 has no place under secret-3/)
  await fails({ ...whole, places: [] }, 'place_missing', [1, 1], /^entry 1 has no place/)
})

test('places: one that leads to an entry of another account or thing', async () => {
  const whole = log(24, 12, 20)
  const instead = refiled(whole, 'account-1', 1, placeRow('account-1', 1, 3, 4, 7, 10))
  await fails(instead, 'place_astray', [3, 3], /^a place under account-1 leads to entry 3/)
  const stranger = { ...whole, places: [placeRow('x'.repeat(80), 1), ...whole.places] }
  await fails(stranger, 'place_astray', [1, 1], /^a place under x{64} leads to entry 1,/)
  const control = { ...whole, places: [placeRow('\u001b[2J', 1), ...whole.places] }
  await fails(control, 'place_astray', [1, 1], /^a place under \ufffd\[2J leads/)
})

test('places: one too many, of an entry that has its place or that nothing closes', async () => {
  const whole = log(24, 12, 20)
  // Entry 22 is of account-1, but not sealed yet; there is no entry 30.
  for (const seq of [22, 30]) {
    const more = refiled(whole, 'account-1', 13, placeRow('account-1', 13, 16, 19, seq))
    await fails(
      more,
      'place_extra',
      [seq, seq],
      /^there is a place under account-1 .* no checkpoint/,
    )
    const list = { ...whole, places: [...whole.places, placeRow('account-1', seq)] }
    await fails(list, 'place_extra', [seq, seq], /^there is a place under account-1/)
  }
  const again = { ...whole, places: [...whole.places, placeRow('account-1', 19)] }
  await fails(again, 'place_extra', [19, 19], /^entry 19 has more than one place under account-1/)
})

test('places: lists that a search walks past', async () => {
  const whole = log(24, 12, 20)
  const disordered = (first: number, ...by: readonly PlaceRow[]) =>
    fails(
      refiled(whole, 'account-1', 1, ...by),
      'place_astray',
      [first, first],
      /^the places under account-1 that are to begin with entry -?\d+ do not, or are out of order/,
    )
  const row = placeRow('account-1', 1, 4, 7, 10)
  await disordered(1, placeRow('account-1', 1, 7, 4, 10))
  await disordered(1, placeRow('account-1', 1, 4, 4, 7, 10))
  await disordered(1, placeRow('account-1', 1, 4, 7.5, 10))
  await disordered(1, placeRow('account-1', 1, Number.NaN))
  const rest = { ...placeRow('account-1', 4, 7, 10), first_seq: 2 }
  await disordered(2, placeRow('account-1', 1), rest)
  await disordered(-1, placeRow('account-1', -1, 1, 4, 7, 10))
  await disordered(0, placeRow('account-1', 0, 1, 4, 7, 10))
  await disordered(1, { ...row, seqs: new Uint8Array(0) })
  await disordered(1, { ...row, seqs: row.seqs.subarray(0, 31) })
  await disordered(4, placeRow('account-1', 1, 7, 10), placeRow('account-1', 4))
})

test('places: what is wrong with an entry is told first', async () => {
  const whole = refiled(log(40, 20, 40), 'account-1', 1)
  await fails(whole, 'place_missing', [1, 1], /^entry 1 /)
  const record = entry(39).record.replace('test', 'best')
  const both = { ...whole, entries: edit(whole.entries, 39, { record }) }
  await fails(both, 'edited', [33, 40], /at least one was edited/)
  await fails(
    { ...whole, entries: whole.entries.slice(0, 39) },
    'cut',
    [40, 40],
    /ends at entry 39/,
  )
})

test('places: lists may be of any length, and of an entry without account there is none', async () => {
  const whole = log(20, 20)
  const one = refiled(
    ...([whole, 'account-1', 1, placeRow('account-1', 1)] as const),
    placeRow('account-1', 4, 7, 10, 13, 16, 19),
  )
  assert.ok((await verify(one)).ok)
  const record = JSON.stringify({ v: 1, at: 1, api: 'test' })
  const nobody = edit(whole.entries, 20, { record, account_id: null, target_id: null })
  const closed = { entries: nobody, checkpoints: [checkpoint(nobody, 20)] }
  assert.ok((await verify({ ...closed, places: placesOf(nobody, [20]) })).ok)
  await fails({ ...closed, places: whole.places }, 'place_astray', [20, 20], /leads to entry 20/)
})

test('places: what is about its own account has one place', async () => {
  const [first, second] = [entry(1), entry(2)]
  const record = JSON.stringify({ v: 1, at: 1, account: 'account-2', id: 'account-2' })
  const own = [first, { ...second, record, target_id: 'account-2' }]
  const whole = { entries: own, checkpoints: [checkpoint(own, 2)], places: placesOf(own, [2]) }
  assert.ok((await verify(whole)).ok)
  assert.equal(whole.places.length, 3)
})

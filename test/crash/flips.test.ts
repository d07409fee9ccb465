import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { installationKeyContext } from '#core/root-keys.ts'
import { SEALED } from '#database/seals.ts'
import type { SecretId } from '#domain/ids.ts'
import { rightsOf } from '#server/rights.ts'
import { sealing } from '#stores/embedded/sealing.ts'
import { figures, sized } from '#test/support/tier.ts'
import { settleFile } from './flips-estate.ts'
import { Judge, type Blinding, type Verdict } from './flips-judge.ts'
import { Pages, type Place } from './pages.ts'

/**
 * One byte of the database file is another, in each part of it: tables, indexes, the row ids in them,
 * the header, free pages; more often in rows that say who may read. Then every value is asked for, at
 * every place and by who may not have it: nobody is given another value, or one that is not theirs.
 */

const FLIPS = sized(1_000, 10_000)

const folder = await mkdtemp(join(tmpdir(), 'strongroom-'))
after(() => rm(folder, { recursive: true, force: true }))
const settled = await settleFile(join(folder, 'data'))
const path = join(folder, 'data', 'strongroom.db')
const bytes = await readFile(path)
const judge = new Judge(folder, settled.asks)
const right = await judge.learn(bytes)

test('a whole database gives every value', () => {
  for (const value of settled.values) {
    assert.ok(
      right.some((told) => told?.endsWith(` ${value}`)),
      value,
    )
  }
  assert.ok(right.includes(null), 'nothing is refused')
})

const CALLED: Readonly<Record<Verdict['kind'], string>> = {
  'no start': 'the vault does not start',
  refused: 'values are refused',
  'no effect': 'without effect on any value',
  opened: 'the right value to another reader',
  wrong: 'another value',
}

test('a flipped byte: never another value than the right one, nor to another reader', async (t) => {
  const pages = new Pages(path, bytes)
  const seen = new Map<Verdict['kind'], string[]>()
  for (const place of places(pages, FLIPS)) {
    const flipped = Buffer.from(bytes)
    const mask = place.mask ?? (randomInt(2) === 0 ? 1 << randomInt(8) : randomInt(1, 256))
    flipped[place.at] = (flipped[place.at] ?? 0) ^ mask
    const verdict = await judge.judge(flipped)
    const what = 'what' in verdict ? verdict.what.join('; ') : ''
    const found = `${place.part}, byte ${place.at} ^ ${mask}: ${what}`
    seen.set(verdict.kind, [...(seen.get(verdict.kind) ?? []), found])
  }
  const kinds = Object.entries(CALLED) as [Verdict['kind'], string][]
  figures(t, 'flips', {
    ...{ flips: FLIPS, 'parts of the file': pages.parts.length, readings: settled.asks.length },
    ...Object.fromEntries(kinds.map(([kind, called]) => [called, seen.get(kind)?.length ?? 0])),
  })
  assert.deepEqual(seen.get('wrong') ?? [], [])
  assert.deepEqual(seen.get('opened') ?? [], [])
  const detected = (seen.get('refused')?.length ?? 0) + (seen.get('no start')?.length ?? 0)
  assert.ok(detected > FLIPS / 20, 'too few flips met anything')
})

/** The tables of rows that say who may read. */
const RIGHTS = Object.keys(SEALED).map((table) => (table === 'link' ? 'secret' : table))

/**
 * As many of each part as of any other; every fourth makes an entry of an index lead to another row,
 * every fourth is in a row that says who may read.
 */
function places(pages: Pages, count: number): readonly Place[] {
  const misled = pages.misled()
  return Array.from({ length: count }, (_, n) => {
    const one = n % 4 === 0 ? misled[randomInt(misled.length)] : undefined
    const parts = n % 4 === 1 ? RIGHTS : pages.parts
    return one ?? pages.any(parts[Math.floor(n / 4) % parts.length] ?? 'header')
  })
}

test('a vault that does not look at its MACs is seen to give another value', async () => {
  const rolledBack = await judge.edited(bytes, (db) =>
    db.prepare('UPDATE secret SET current_n = 1 WHERE id = ?').run(settled.secret),
  )
  assert.equal((await judge.judge(rolledBack)).kind, 'refused')
  const careless: Blinding = (core) => ({
    ...core,
    rowSeal: { ...core.rowSeal, holds: () => Promise.resolve(true) },
  })
  const verdict = await judge.judge(rolledBack, careless)
  assert.equal(verdict.kind, 'wrong')
})

test('a row of rights lets nobody in unless its seal is over it', async () => {
  const promote = (db: DatabaseSync) =>
    db.prepare(`UPDATE subject SET role = 'admin' WHERE id = ?`).run(settled.member)
  assert.equal((await judge.judge(await judge.edited(bytes, promote))).kind, 'refused')
  const sealed = await judge.edited(bytes, async (db, { kms, installation: { id, serverKey } }) => {
    promote(db)
    const row = db.prepare('SELECT * FROM subject WHERE id = ?').get(settled.member) ?? {}
    const rights = rightsOf(await kms.unwrap(installationKeyContext(id, 'server-key'), serverKey))
    const members = SEALED.subject.map((column) => row[column] as string | null)
    const seal = rights.seal('subject', members)
    db.prepare('UPDATE subject SET seal = ? WHERE id = ?').run(seal, settled.member)
  })
  const verdict = await judge.judge(sealed)
  assert.equal(verdict.kind, 'opened')
  assert.ok('what' in verdict && verdict.what.some((one) => one.startsWith(settled.closed)))
})

const SWAP = 'UPDATE version SET sealed = ? WHERE secret_id = ?'

test('a value at the place of another is seen if it opens there', async () => {
  const { secret, beside } = settled
  const moved = await judge.edited(bytes, (db) => {
    const row = db.prepare('SELECT sealed FROM version WHERE secret_id = ? AND n = 1').get(secret)
    db.prepare(SWAP).run(row?.['sealed'] ?? null, beside)
  })
  assert.equal((await judge.judge(moved)).kind, 'refused')
  const resealed = await judge.edited(bytes, async (db, core) => {
    const row = db.prepare('SELECT account_id FROM secret WHERE id = ?').get(beside)
    const place = {
      ...{ installation: core.installation.id, account: row?.['account_id'] as never },
      ...{ secret: beside as SecretId, version: 1, file: false },
    }
    const by = sealing(core.keyring, (n) => core.world.random(n), 'embedded')
    db.prepare(SWAP).run((await by.seal(place, Buffer.from('another value'))).bytes, beside)
  })
  assert.equal((await judge.judge(resealed)).kind, 'wrong')
})

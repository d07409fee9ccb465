import assert from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import postgres from 'postgres'
import { ownDirectory } from '#test/support/directory.ts'
import { startPostgres } from '#test/support/postgres.ts'
import { startServer, type RunningServer } from '#test/support/server.ts'
import { cliOf, runCli, type Cli } from './run-cli.ts'

let server: RunningServer
let cli: Cli

before(async () => {
  server = await startServer()
  cli = cliOf(server)
  for (const name of ['one', 'two', 'three']) await cli(['set', name], { input: 'hunter2' })
  await cli(['get', 'two'])
})
after(() => server.stop())

interface Entry {
  readonly seq: number
  readonly action: string
  readonly name?: string
  readonly reason?: string
}

const entries = async (...args: string[]) => {
  const ran = await cli(['audit', '--json', ...args])
  assert.equal(ran.code, 0, ran.err)
  return JSON.parse(ran.text) as Entry[]
}

test('the record is shown newest first, for people and programs', async () => {
  const { text } = await cli(['audit', '--names'])
  assert.match(text, /^TIME +WHO +API +ACTION +TARGET +OUTCOME\n/)
  assert.match(text, /Z {2}admin +strongroom +secret\.read +secret two v1 +allowed\n/)
  assert.match(text, /Z {2}admin +strongroom +secret\.get +- +refused: not_found\n/)
  assert.doesNotMatch(text, /hunter2/)
  const all = await entries('--limit', '1000')
  const places = all.map(({ seq }) => seq)
  assert.deepEqual(
    places,
    places.toSorted((a, b) => b - a),
  )
})

test('the record is narrowed to a secret, a thing or a number of lines', async () => {
  const two = await entries('--secret', 'two')
  assert.deepEqual(
    two.map(({ action }) => action).filter((action) => action !== 'secret.get'),
    ['secret.read', 'secret.create'],
  )
  assert.ok(two.every(({ name }) => name === 'two'))
  const secrets = JSON.parse((await cli(['list', '--search', 'two', '--json'])).text) as {
    id: string
  }[]
  const [{ id } = { id: '' }] = secrets
  assert.ok((await entries('--target', id)).length >= two.length)
  assert.equal((await entries('--limit', '3')).length, 3)
  for (const args of [
    ['--limit', '0'],
    ['--limit', 'x'],
    ['--group', 'secrets'],
    ['--target', id, '--secret', 'two'],
  ]) {
    assert.equal((await cli(['audit', ...args])).code, 2)
  }
  assert.equal((await cli(['audit', '--secret', 'none'])).code, 1)
})

test('a checkpoint is printed as it is to be kept', async () => {
  const { text } = await cli(['audit', 'checkpoint'])
  assert.match(text, /^strongroom\/c[0-9a-z]{24}\n\d+\n[\w+/]{43}=\n\n— strongroom\/\S+ \S+\n$/)
  const json = JSON.parse((await cli(['audit', 'checkpoint', '--json'])).text) as { size: number }
  assert.ok(json.size > 0)
  const verify = await cli(['audit', 'verify'])
  assert.match(verify.text, /^strongroom\/c/)
  assert.match(verify.err, /closed the log over \d+ entries/)
  assert.equal((await cli(['audit', 'verify', '--data', 'x'])).code, 2)
})

interface Figures {
  readonly ok: boolean
  readonly entries: number
  readonly sealed: number
  readonly unsealed: number
  readonly checkpoints: number
  readonly places: number
  readonly kept: number | null
  readonly kind?: string
  readonly from?: number
}

/** Verifies without any vault in sight. */
async function verify(data: string, ...more: string[]) {
  const ran = await runCli(['audit', 'verify', '--offline', '--data', data, '--json', ...more])
  return { ...ran, figures: ran.text === '' ? null : (JSON.parse(ran.text) as Figures) }
}

test('a log is proven offline while the vault runs', async () => {
  await cli(['audit', 'checkpoint'])
  const { code, err, figures } = await verify(server.dataDir)
  assert.equal(code, 0, err)
  assert.ok(figures !== null && figures.ok && figures.kept !== null)
  assert.ok(figures.entries >= figures.sealed && figures.sealed >= figures.kept)
  assert.equal(figures.unsealed, figures.entries - figures.sealed)
  assert.ok(figures.places > figures.sealed, 'every entry has one, and most are about a thing')
  const people = await runCli(['audit', 'verify', '--offline', '--data', server.dataDir])
  assert.match(
    people.text,
    /^log +strongroom\/c[^]*\nentries +\d+, each in its place\ncheckpoints +\d+/,
  )
})

/** A copy of the data with everything sealed, and with something done to it. */
async function tampered(statement: string): Promise<string> {
  await cli(['audit', 'checkpoint'])
  const data = join(await ownDirectory(), 'data')
  cpSync(server.dataDir, data, { recursive: true, filter: (path) => !path.endsWith('.lock') })
  for (const beside of ['.vkey', '.checkpoint']) cpSync(server.dataDir + beside, data + beside)
  const db = new DatabaseSync(join(data, 'strongroom.db'))
  db.exec(statement)
  db.close()
  return data
}

const failing = [
  ['edited', `UPDATE audit_entry SET record = replace(record, '"v":1', '"v":2') WHERE seq = 4`],
  ['edited', `UPDATE audit_entry SET account_id = NULL WHERE seq = 4`],
  ['deleted', `DELETE FROM audit_entry WHERE seq = 4`],
  ['cut', `DELETE FROM audit_entry WHERE seq >= (SELECT MAX(seq) FROM audit_entry)`],
  // A signature in the place of another's: the first of those stored.
  [
    'bad_signature',
    `UPDATE audit_checkpoint SET note =
       substr(note, 1, instr(note, '—') - 1) ||
       (SELECT substr(b.note, instr(b.note, '—')) FROM audit_checkpoint b ORDER BY size DESC LIMIT 1)
     WHERE size = (SELECT MIN(size) FROM audit_checkpoint)`,
  ],
] as const

for (const [kind, statement] of failing) {
  test(`a log is caught when ${kind}: ${statement.split('\n', 1)[0] ?? ''}`, async () => {
    const { code, err, figures } = await verify(await tampered(statement))
    assert.equal(code, 1)
    assert.equal(figures?.kind, kind)
    assert.match(err, /^strongroom: the log does not hold: [^\n]+\n$/)
    if (kind === 'edited' || kind === 'deleted') assert.ok((figures.from ?? 0) <= 4)
  })
}

/** What a writer of the database does so that a search does not find what it should. */
const hiding = [
  [
    'place_missing',
    `DELETE FROM audit_place WHERE first_seq = (SELECT MIN(first_seq) FROM audit_place)`,
  ],
  ['place_missing', `DELETE FROM audit_place WHERE length(key) > 0 AND first_seq > 3`],
  // The last place of a list.
  [
    'place_missing',
    `UPDATE audit_place SET seqs = substr(seqs, 1, length(seqs) - 8)
     WHERE rowid = (SELECT rowid FROM audit_place ORDER BY length(seqs) DESC LIMIT 1)`,
  ],
  ['place_missing', `UPDATE audit_place SET key = key || 'x' WHERE first_seq = 3`],
  ['place_astray', `UPDATE audit_place SET first_seq = -first_seq WHERE first_seq = 3`],
  ['place_astray', `INSERT INTO audit_place SELECT 'x', first_seq, seqs FROM audit_place LIMIT 1`],
  ['place_extra', `INSERT INTO audit_place VALUES ('x', 1000000, x'0000000080842e41')`],
] as const

for (const [kind, statement] of hiding) {
  test(`an index is caught with ${kind}: ${statement.split('\n', 1)[0] ?? ''}`, async () => {
    const { code, err, figures } = await verify(await tampered(statement))
    assert.deepEqual([code, figures?.kind], [1, kind], err)
    assert.match(err, /^strongroom: the log does not hold: [^\n]*entry -?\d+[^\n]*\n$/)
  })
}

test('a log cut together with its checkpoints and its index is caught by the one kept outside', async () => {
  const data = await tampered(
    `DELETE FROM audit_entry WHERE seq > (SELECT MIN(size) FROM audit_checkpoint);
     DELETE FROM audit_place WHERE first_seq > (SELECT MIN(size) FROM audit_checkpoint);
     DELETE FROM audit_checkpoint WHERE size > (SELECT MIN(size) FROM audit_checkpoint)`,
  )
  const { code, figures } = await verify(data)
  assert.deepEqual([code, figures?.kind], [1, 'cut'])
  const kept = readFileSync(`${data}.checkpoint`)
  const none = join(await ownDirectory(), 'data')
  cpSync(data, none, { recursive: true })
  const key = readFileSync(`${data}.vkey`, 'utf8').trim()
  const unaware = await verify(none, '--key', key)
  assert.equal(unaware.code, 0, 'nothing inside shows a clean cut')
  assert.match(unaware.err, /a log cut at its end looks whole/)
  writeFileSync(`${none}.kept`, kept)
  const aware = await verify(none, '--key', key, '--checkpoint', `${none}.kept`)
  assert.deepEqual([aware.code, aware.figures?.kind], [1, 'cut'])
})

test('a log is checked with the key that was kept, not with one beside it', async (t) => {
  const data = await tampered('SELECT 1')
  const other = await startServer()
  t.after(() => other.stop())
  const { code, figures } = await verify(data, '--key', `${other.dataDir}.vkey`)
  assert.deepEqual([code, figures?.kind], [1, 'bad_signature'])
})

test('what cannot be read is said in a line', async () => {
  const data = join(await ownDirectory(), 'data')
  const fails = async (message: RegExp, ...more: string[]) => {
    const ran = await verify(data, ...more)
    assert.deepEqual([ran.code, ran.text], [1, ''])
    assert.match(ran.err, /^strongroom: [^\n]+\n$/)
    assert.match(ran.err, message)
  }
  await fails(/\.vkey: there is no such file/)
  await fails(/no such file/, '--key', `${server.dataDir}.vkey`, '--checkpoint', `${data}.none`)
  await fails(/cannot read the log in .*strongroom\.db/, '--key', `${server.dataDir}.vkey`)
  writeFileSync(`${data}.vkey`, 'no key')
  await fails(/no verifier key/)
})

test('a log in PostgreSQL is proven, and caught, in the same way', async (t) => {
  const running = await startPostgres({ durable: false })
  t.after(() => running.stop())
  const database = await running.newDatabase()
  const vault = await startServer({ database })
  t.after(() => vault.stop())
  const own = cliOf(vault)
  for (const name of ['one', 'two']) await own(['set', name], { input: 'x' })
  await own(['audit', 'checkpoint'])
  const whole = await verify(vault.dataDir, '--database', database)
  assert.equal(whole.code, 0, whole.err)
  assert.ok((whole.figures?.sealed ?? 0) > 5)
  await vault.kill()
  const sql = postgres(database, { max: 1 })
  const [gone] = await sql`DELETE FROM audit_place WHERE first_seq = 3 RETURNING *`
  assert.ok(gone)
  const hidden = await verify(vault.dataDir, '--database', database)
  assert.deepEqual(
    [hidden.code, hidden.figures?.kind, hidden.figures?.from],
    [1, 'place_missing', 3],
  )
  await sql`INSERT INTO audit_place ${sql(gone)}`
  assert.equal((await verify(vault.dataDir, '--database', database)).code, 0)
  await sql`UPDATE audit_entry SET record = replace(record, 'allowed', 'refused') WHERE seq = 3`
  await sql.end()
  const { code, figures } = await verify(vault.dataDir, '--database', database)
  assert.deepEqual([code, figures?.kind], [1, 'edited'])
  const none = await verify(vault.dataDir, '--database', `${database}_none`)
  assert.match(none.err, /^strongroom: cannot read the log of the database: 3D000\n$/)
})

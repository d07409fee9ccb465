import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { migrations } from '#database/migrations.ts'
import { spell } from '#database/words.ts'
import type { Database } from '#ports/database.ts'
import { creating, groundIn, wholeLog } from '#test/contract/database/ground.ts'
import { aSecret, newId } from '#test/contract/database/rows.ts'
import { openSealed } from '#test/support/database.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { startServer } from '#test/support/server.ts'

const open = (path: string): Promise<Database> => openSealed({ engine: 'sqlite', path })

const inUse = (path: string) => ({
  name: 'DatabaseDown',
  message: new RegExp(`^another Strongroom has ${path} open: stop it first`),
})

/** Another process that has the database open and has put one entry on the record. */
async function holder(path: string): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '--eval',
      `import { openSealed } from '#test/support/database.ts'
       import { groundIn } from '#test/contract/database/ground.ts'
       await groundIn(await openSealed({ engine: 'sqlite', path: process.argv[1] }))
       console.log('open')
       setInterval(() => {}, 1000)`,
      path,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await once(createInterface({ input: child.stdout }), 'line')
  return child
}

test('sqlite: one process has the file; killed, it leaves it to the next as it was', async () => {
  const path = join(await ownDirectory(), 'a.db')
  const child = await holder(path)
  await assert.rejects(open(path), inUse(path))
  child.kill('SIGKILL')
  await once(child, 'exit')
  const database = await open(path)
  assert.equal((await wholeLog(database)).length, 1)
  await assert.rejects(open(path), inUse(path), 'nor twice in one process')
  await database.close()
  const again = await open(path)
  assert.equal((await wholeLog(again)).length, 1)
  await again.close()
})

test('sqlite: a file of a newer release is refused and left as it is', async () => {
  const path = join(await ownDirectory(), 'a.db')
  await (await open(path)).close()
  const set = (version: number) => {
    const file = new DatabaseSync(path)
    file.exec(`PRAGMA user_version = ${version}`)
    file.close()
  }
  set(999)
  const before = await readFile(path)
  const newer = { name: 'DatabaseDown', message: /newer Strongroom \(schema 999,.*start that/ }
  await assert.rejects(open(path), newer)
  await assert.rejects(open(path), newer, 'the lock was given back')
  assert.deepEqual(await readFile(path), before)
  set(migrations().length)
  await (await open(path)).close()
})

/** A file as a start leaves it that ended after this many migrations. */
function startedOnly(path: string, count: number): DatabaseSync {
  const file = new DatabaseSync(path)
  const words = { text: 'TEXT', bytes: 'BLOB', integer: 'INTEGER', strict: ' STRICT' }
  for (const { number, sql } of migrations().slice(0, count)) {
    file.exec(spell(sql, { ...words, log_place: 'seq INTEGER PRIMARY KEY' }))
    file.exec(`PRAGMA user_version = ${number}`)
  }
  return file
}

test('sqlite: a file in use from before rows bore seals is refused and left as it is', async () => {
  const folder = await ownDirectory()
  for (const count of migrations().keys()) {
    const path = join(folder, `${count}.db`)
    startedOnly(path, count).close()
    await (await open(path)).close()
  }
  const path = join(folder, 'old.db')
  const file = startedOnly(path, 3)
  file.exec(`INSERT INTO installation VALUES (1, 'i', 1, 'a', 'root', x'', x'', x'')`)
  file.close()
  const old = { name: 'DatabaseDown', message: /\(schema 3\): its rows .* have no seals/ }
  await assert.rejects(open(path), old)
  await assert.rejects(open(path), old, 'the lock was given back')
  const after = new DatabaseSync(path)
  assert.equal(after.prepare('PRAGMA user_version').get()?.['user_version'], 3)
  after.close()
})

// Bug class 65.
test('sqlite: what a server writes is for its user alone', async () => {
  const server = await startServer()
  try {
    const folder = dirname(server.dataDir)
    const names = await readdir(folder, { recursive: true })
    assert.ok(names.includes('data/strongroom.db'), names.join(' '))
    assert.ok(names.includes('data/strongroom.db-wal'), names.join(' '))
    for (const name of names) {
      const { mode } = await stat(join(folder, name))
      assert.equal(mode & 0o077, 0, `${name} is ${mode.toString(8)}`)
    }
  } finally {
    await server.stop()
  }
})

const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24

/** Commits in a log file: frames that say how large the database is then (sqlite.org/fileformat2). */
async function commitsIn(path: string): Promise<number> {
  const wal = await readFile(`${path}-wal`)
  const step = FRAME_HEADER_BYTES + wal.readUInt32BE(8)
  let commits = 0
  for (let at = HEADER_BYTES; at + step <= wal.length; at += step) {
    if (wal.readUInt32BE(at + 4) !== 0) commits++
  }
  return commits
}

test('sqlite: commits of one turn share one transaction', async () => {
  const path = join(await ownDirectory(), 'a.db')
  const database = await open(path)
  const ground = await groundIn(database)
  const before = await commitsIn(path)
  await Promise.all(
    Array.from({ length: 50 }, () => ground.must(...creating(aSecret(ground.group)))),
  )
  assert.equal(await commitsIn(path), before + 1)
  // One that is undone does not undo the others, and costs no transaction of its own.
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      n === 20
        ? ground.try(...creating(aSecret(ground.group)), {
            ...{ write: 'raise-authority', account: newId() },
          })
        : ground.try(...creating(aSecret(ground.group))),
    ),
  )
  assert.equal(outcomes.filter(({ kind }) => kind === 'committed').length, 49)
  assert.equal(await commitsIn(path), before + 2)
  for (let n = 0; n < 5; n++) await ground.must(...creating(aSecret(ground.group)))
  assert.equal(await commitsIn(path), before + 7, 'one after the other, each has its own')
  assert.equal(await database.reads.groupSize(ground.group.id), 104)
  await database.close()
})

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'
import { migrations } from '#database/migrations.ts'
import type { Database } from '#ports/database.ts'
import {
  COMMITTED,
  creating,
  GROUND_MOVED,
  groundIn,
  wholeLog,
} from '#test/contract/database/ground.ts'
import { anEntry, aSecret, newId } from '#test/contract/database/rows.ts'
import { openSealed } from '#test/support/database.ts'
import { sharedPostgres, startPostgres } from '#test/support/postgres.ts'

/** So many nodes on one database, started at once on an empty one. */
async function nodes(t: TestContext, count: number): Promise<{ url: string; all: Database[] }> {
  const url = await (await sharedPostgres()).newDatabase()
  const all = await Promise.all(
    Array.from({ length: count }, () => openSealed({ engine: 'postgres', url })),
  )
  t.after(() => Promise.all(all.map((node) => node.close())))
  return { url, all }
}

/** One node on an empty database, and its URL. */
async function oneNode(t: TestContext): Promise<{ url: string; database: Database }> {
  const { url, all } = await nodes(t, 1)
  const [database] = all
  assert.ok(database)
  return { url, database }
}

async function ask(url: string, query: string): Promise<postgres.Row[]> {
  const sql = postgres(url, { max: 1 })
  try {
    return await sql.unsafe(query)
  } finally {
    await sql.end()
  }
}

test('postgres: nodes that start at once on an empty database agree', async (t) => {
  const { url, all } = await nodes(t, 4)
  const [first, ...others] = all
  assert.ok(first)
  const { account } = await groundIn(first)
  for (const node of others) assert.deepEqual(await node.reads.account(account.id), account)
  const applied = await ask(url, 'SELECT number FROM strongroom_schema ORDER BY number')
  const numbers = applied.map(({ number }) => Number(number))
  assert.deepEqual(
    numbers,
    migrations().map(({ number }) => number),
  )
})

test('postgres: a database of a newer release is refused', async (t) => {
  const { url, database } = await oneNode(t)
  await database.close()
  await ask(url, 'INSERT INTO strongroom_schema VALUES (999)')
  await assert.rejects(openSealed({ engine: 'postgres', url }), {
    name: 'DatabaseDown',
    message: /newer Strongroom \(schema 999,.*start that/,
  })
})

test('postgres: a database in use from before rows bore seals is refused', async (t) => {
  const { url, database } = await oneNode(t)
  await database.close()
  await ask(url, 'DELETE FROM strongroom_schema WHERE number > 3')
  await ask(url, `INSERT INTO installation VALUES (1, 'i', 1, 'a', 'root', '', '', '', '')`)
  await assert.rejects(openSealed({ engine: 'postgres', url }), {
    name: 'DatabaseDown',
    message: /\(schema 3\): its rows .* have no seals/,
  })
})

test('postgres: a server that cannot be reached is said to be so, without its password', async () => {
  const url = 'postgres://somebody:hidden-word@127.0.0.1:1/nothing'
  await assert.rejects(openSealed({ engine: 'postgres', url }), (error: Error) => {
    assert.equal(error.name, 'DatabaseDown')
    assert.match(error.message, /--database/)
    assert.equal(error.message.includes('hidden-word'), false)
    return true
  })
})

test('postgres: nodes that settle while all of them commit give every place once', async (t) => {
  const { all } = await nodes(t, 3)
  const grounds = await Promise.all(all.map(groundIn))
  await Promise.all(
    grounds.flatMap((ground) => [
      ...Array.from({ length: 40 }, () => ground.must(...creating(aSecret(ground.group)))),
      ...Array.from({ length: 5 }, () => ground.database.log.settle()),
    ]),
  )
  const logs = await Promise.all(all.map(wholeLog))
  for (const log of logs) {
    assert.deepEqual(log, logs[0])
    assert.deepEqual(
      log.map(({ seq }) => seq),
      Array.from({ length: 3 * 41 }, (_, n) => n + 1),
    )
  }
})

// Bug class 31.
test('postgres: what one node takes away, no other gives after that', async (t) => {
  const { all } = await nodes(t, 2)
  const [here, there] = all
  assert.ok(here && there)
  const ground = await groundIn(here)
  const change = { entries: [anEntry(ground.account.id)], resting: ground.resting, writes: [] }
  assert.deepEqual(await there.commit(change), COMMITTED)
  await ground.must({ write: 'revoked-token', id: ground.token.id, at: 1 })
  assert.deepEqual(await there.commit(change), GROUND_MOVED)
})

test('postgres: text with NUL is refused whole, and matches nothing', async (t) => {
  const { database } = await oneNode(t)
  const ground = await groundIn(database)
  const row = aSecret(ground.group, { name: 'a\0b' })
  await assert.rejects(ground.try(...creating(aSecret(ground.group)), ...creating(row)), {
    name: 'DatabaseDown',
  })
  assert.equal(await database.reads.groupSize(ground.group.id), 0)
  assert.equal((await wholeLog(database)).length, 1)
  assert.equal(await database.reads.shown(ground.group.id, 'a\0b'), null)
  await ground.must(...creating(aSecret(ground.group)))
})

test('postgres: a row whose owner does not exist is refused', async (t) => {
  const { database } = await oneNode(t)
  const ground = await groundIn(database)
  const row = aSecret({ ...ground.group, id: newId() })
  await assert.rejects(ground.try({ write: 'secret', row }), { name: 'DatabaseDown' })
})

/** Tries until the database is there again; a try that fails must say that it is not. */
async function again<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 15_000
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      assert.equal((error as Error).name, 'DatabaseDown')
      if (Date.now() > deadline) throw error
      await delay(20)
    }
  }
}

test('postgres: connections that are cut while it writes lose nothing that was said', async (t) => {
  const { url, database } = await oneNode(t)
  const ground = await groundIn(database)
  const name = new URL(url).pathname.slice(1)
  const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = '${name}' AND pid <> pg_backend_pid()`
  let said = 0
  let unsaid = 0
  const writer = async () => {
    for (let n = 0; n < 20; n++) {
      const row = aSecret(ground.group)
      try {
        await ground.must(...creating(row))
        said++
        assert.ok(await again(() => database.reads.secret(row.account, row.id)))
      } catch (error) {
        assert.equal((error as Error).name, 'DatabaseDown')
        unsaid++
      }
    }
  }
  const cutter = async () => {
    for (let n = 0; n < 5; n++) {
      await ask(url, cut)
      await delay(10)
    }
  }
  await Promise.all([...Array.from({ length: 8 }, writer), cutter()])
  assert.equal(said + unsaid, 160)
  assert.ok(unsaid > 0, 'nothing was cut')
  const size = await again(() => database.reads.groupSize(ground.group.id))
  assert.ok(size >= said && size <= 160, `${size} written, ${said} said`)
  const log = await again(() => wholeLog(database))
  assert.equal(log.length, 1 + size, 'one entry for each')
})

test('postgres: while the server is gone every call says so', async () => {
  const server = await startPostgres()
  const database = await openSealed({ engine: 'postgres', url: await server.newDatabase() })
  const ground = await groundIn(database)
  await server.stop()
  const down = { name: 'DatabaseDown' }
  await assert.rejects(ground.try(), down)
  await assert.rejects(ground.try(...creating(aSecret(ground.group))), down)
  await assert.rejects(database.reads.account(ground.account.id), down)
  await assert.rejects(database.log.settle(), down)
  await database.close()
})

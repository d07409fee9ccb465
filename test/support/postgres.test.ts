import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'
import { startPostgres } from './postgres.ts'

const GONE_WITHIN_MS = 10_000

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Whether `is` holds within the time given. */
async function becomes(is: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + GONE_WITHIN_MS
  while (Date.now() < deadline) {
    if (await is()) return true
    await delay(20)
  }
  return false
}

const setting = async (url: string, name: string): Promise<unknown> => {
  const sql = postgres(url, { max: 1 })
  const [row] = await sql.unsafe(`SHOW ${name}`)
  await sql.end()
  return row?.[name]
}

test('postgres: is a real server of version 18, flushes, and listens on loopback alone', async () => {
  const server = await startPostgres()
  try {
    const url = await server.newDatabase()
    assert.notEqual(url, await server.newDatabase())
    assert.match(String(await setting(url, 'server_version')), /^18\./)
    assert.equal(await setting(url, 'fsync'), 'on')
    assert.equal(await setting(url, 'listen_addresses'), '127.0.0.1')
    assert.equal(await setting(url, 'unix_socket_directories'), '')
  } finally {
    await server.stop()
  }
  assert.equal(await isOpen(server.port), false)
})

test('postgres: ends when the process that started it is killed', async () => {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '--eval',
      `import { startPostgres } from '#test/support/postgres.ts'
       import postgres from 'postgres'
       const { url, port } = await startPostgres({ durable: false })
       const sql = postgres(url, { max: 1 })
       const [row] = await sql.unsafe('SHOW data_directory')
       console.log(JSON.stringify({ port, folder: row.data_directory }))
       setInterval(() => {}, 1000)`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const { port, folder } = JSON.parse(line) as { port: number; folder: string }
  const pid = Number.parseInt(readFileSync(join(folder, 'postmaster.pid'), 'utf8'), 10)
  assert.equal(await isOpen(port), true)
  assert.equal(isRunning(pid), true)
  assert.equal(existsSync(folder), true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.ok(await becomes(async () => !(await isOpen(port))), 'it still answers')
  assert.ok(await becomes(() => !isRunning(pid)), 'it still runs')
  assert.ok(await becomes(() => !existsSync(folder)), 'its folder is left behind')
})

test('postgres: is killed and revived as often as one likes, with what it holds', async () => {
  const server = await startPostgres()
  try {
    const sql = postgres(server.url, { max: 1 })
    await sql.unsafe('CREATE TABLE kept (n int)')
    await sql.end()
    for (const n of [1, 2]) {
      server.kill()
      assert.ok(await becomes(async () => !(await isOpen(server.port))), 'it still answers')
      await server.revive()
      assert.equal(await setting(server.url, 'fsync'), 'on', `time ${n}`)
      const again = postgres(server.url, { max: 1 })
      assert.deepEqual([...(await again.unsafe('SELECT n FROM kept'))], [])
      await again.end()
    }
  } finally {
    await server.stop()
  }
  assert.equal(await isOpen(server.port), false)
  assert.equal(existsSync(server.folder), false)
})

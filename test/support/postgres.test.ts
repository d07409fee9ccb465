import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
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
       const { url, port, pid } = await startPostgres({ durable: false })
       const sql = postgres(url, { max: 1 })
       const [row] = await sql.unsafe('SHOW data_directory')
       console.log(JSON.stringify({ port, pid, folder: row.data_directory }))
       setInterval(() => {}, 1000)`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const { port, pid, folder } = JSON.parse(line) as { port: number; pid: number; folder: string }
  assert.equal(await isOpen(port), true)
  assert.equal(isRunning(pid), true)
  assert.equal(existsSync(folder), true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.ok(await becomes(async () => !(await isOpen(port))), 'it still answers')
  assert.ok(await becomes(() => !isRunning(pid)), 'it still runs')
  assert.ok(await becomes(() => !existsSync(folder)), 'its folder is left behind')
})

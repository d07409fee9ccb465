import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { before, after, test, type TestContext } from 'node:test'
import { WAITING_MAX } from '#server/turns.ts'
import type { Api } from '#test/support/api.ts'
import { openHouse, type House } from '#test/support/house.ts'

const own = '/strongroom/v1'
const AT_ONCE = 1 + WAITING_MAX
/** More than the system keeps of a few answers that nobody reads. */
const SECRETS = 60
/** Asked meanwhile, each after the one before it: what is not held back is done by then. */
const OTHERS = 50

let house: House
before(async () => {
  house = await openHouse('SQLite')
})
after(() => house.close())

/** A connection that asks all this at once, and reads nothing yet. */
async function asking(t: TestContext, paths: readonly string[]): Promise<Socket> {
  const { hostname, port } = new URL(house.server.url)
  const socket = connect({ port: Number(port), host: hostname })
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  socket.pause()
  const token = `authorization: Bearer ${house.operator.token ?? ''}`
  const requests = paths.map((path) =>
    [`GET ${path} HTTP/1.1`, 'host: localhost', token, '', ''].join('\r\n'),
  )
  socket.write(requests.join(''))
  return socket
}

/** The statuses of what comes, until there are so many or the connection is closed. */
async function statusesOf(socket: Socket, count: number): Promise<readonly number[]> {
  const found: number[] = []
  const line = /HTTP\/1\.1 (\d{3}) /g
  let rest = ''
  socket.setEncoding('latin1')
  for await (const chunk of socket as AsyncIterable<string>) {
    const text: string = rest + chunk
    found.push(...[...text.matchAll(line)].map(([, status]) => Number(status)))
    if (found.length >= count) break
    // What was not a whole line yet.
    rest = text.slice(-12)
  }
  return found
}

async function asked(others: number): Promise<void> {
  for (let n = 0; n < others; n++) (await house.operator.get(`${own}/whoami`)).expect(200)
}

async function groupReads(): Promise<number> {
  const entries = await house.record.entries()
  return entries.filter(({ action, target }) => action === 'group.read' && target === 'group')
    .length
}

async function largeGroup(api: Api): Promise<string> {
  const group = (await api.post(`${own}/groups`, { name: 'large' })).expect(200).str('id')
  for (let n = 0; n < SECRETS; n++) {
    const secret = { name: `s${n}`, value: 'x'.repeat(65_536) }
    ;(await api.post(`${own}/groups/${group}/secrets`, secret)).expect(200)
  }
  return group
}

// Bug class 86.
test('who reads no answers is given no more of them, and all once it reads', async (t) => {
  const group = await largeGroup(house.operator)
  const path = `${own}/groups/${group}/values`
  const socket = await asking(t, Array<string>(AT_ONCE).fill(path))
  await asked(OTHERS)
  const begun = await groupReads()
  assert.ok(begun > 0 && begun < AT_ONCE, `${begun} of ${AT_ONCE}`)
  assert.deepEqual(await statusesOf(socket, AT_ONCE), Array<number>(AT_ONCE).fill(200))
  assert.equal(begun + (await groupReads()), AT_ONCE)
})

test('requests that do not wait are answered in their order', async (t) => {
  const paths = Array.from({ length: AT_ONCE }, (_, n) => (n % 2 === 0 ? '/health' : '/nowhere'))
  const socket = await asking(t, paths)
  const right = paths.map((path) => (path === '/health' ? 200 : 404))
  assert.deepEqual(await statusesOf(socket, AT_ONCE), right)
})

test('a connection where more than a few requests wait is closed, and no other', async (t) => {
  const other = await asking(t, [`${own}/whoami`])
  const socket = await asking(t, Array<string>(AT_ONCE + 1).fill(`${own}/whoami`))
  const heard = await statusesOf(socket, AT_ONCE + 1).catch(() => [])
  assert.ok(heard.length <= AT_ONCE, String(heard.length))
  assert.deepEqual(await statusesOf(other, 1), [200])
  await asked(1)
})

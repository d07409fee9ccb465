import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startServer, type RunningServer } from '#test/support/server.ts'
import { cliOf, type Cli } from './run-cli.ts'

let server: RunningServer
let cli: Cli

before(async () => {
  server = await startServer()
  cli = cliOf(server)
})
after(() => server.stop())

const said = async (input: string | undefined, ...args: string[]): Promise<string> => {
  const ran = await cli(args, input === undefined ? {} : { input })
  assert.equal(ran.code, 0, ran.err)
  return ran.text
}

const deleted = async (): Promise<readonly { id: string; name: string }[]> =>
  JSON.parse(await said(undefined, 'deleted', '--json')) as { id: string; name: string }[]

test('a deleted secret is listed with its end, and comes back under its name or another', async () => {
  await said('one', 'set', 'a-key')
  const told = await said(undefined, 'delete', 'a-key')
  assert.match(
    told,
    /^deleted a-key; it can be brought back until \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ\n$/,
  )
  assert.match(await said(undefined, 'deleted'), /^NAME +DELETED +WIPED AT +ID\na-key +\d/)
  await said('two', 'set', 'a-key')
  const taken = await cli(['undelete', 'a-key'])
  assert.deepEqual([taken.code, taken.text], [1, ''])
  const back = await said(undefined, 'undelete', 'a-key', '--as', 'b-key')
  assert.equal(back, 'brought back b-key\n')
  assert.equal(await said(undefined, 'get', 'b-key'), 'one')
  assert.equal(await said(undefined, 'get', 'a-key'), 'two')
  await said(undefined, 'delete', 'b-key')
  await said(undefined, 'undelete', 'b-key', '--group', 'personal', '--as', 'B')
  assert.equal(await said(undefined, 'get', 'B', '--group', 'personal'), 'one')
})

test('of several that had one name, one is told by its id', async () => {
  for (const value of ['x', 'y']) {
    await said(value, 'set', 'same')
    await said(undefined, 'delete', 'same')
  }
  const ran = await cli(['undelete', 'same'])
  assert.equal(ran.code, 1)
  assert.match(ran.err, /several deleted secrets had this name: use the id/)
  const [first] = (await deleted()).filter(({ name }) => name === 'same')
  assert.ok(first)
  await said(undefined, 'undelete', first.id)
  assert.equal(await said(undefined, 'get', 'same'), 'x')
})

test('purge wipes at once', async () => {
  await said('v', 'set', 'leaked')
  await said(undefined, 'delete', 'leaked')
  assert.equal(await said(undefined, 'purge', 'leaked'), 'wiped leaked\n')
  const again = await cli(['undelete', 'leaked'])
  assert.equal(again.err, 'strongroom: no such deleted secret: see `strongroom deleted`\n')
  assert.ok((await deleted()).every(({ name }) => name !== 'leaked'))
})

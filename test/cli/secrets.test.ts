import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ownDirectory } from '#test/support/directory.ts'
import { startServer, type RunningServer } from '#test/support/server.ts'
import { cliOf, type Cli } from './run-cli.ts'

let server: RunningServer
let cli: Cli

before(async () => {
  server = await startServer()
  cli = cliOf(server)
})
after(() => server.stop())

const parsed = async (...args: string[]): Promise<unknown> => {
  const ran = await cli([...args, '--json'])
  assert.equal(ran.code, 0, ran.err)
  return JSON.parse(ran.text)
}

const set = async (name: string, input: string | Uint8Array, ...more: string[]) => {
  const ran = await cli(['set', name, ...more], { input })
  assert.equal(ran.code, 0, ran.err)
  return ran
}

test('set makes a secret, then versions of it; get writes the bytes and nothing else', async () => {
  assert.equal((await set('first-key', 'hello')).text, 'first-key in secrets: version 1\n')
  assert.equal((await set('first-key', 'world')).text, 'first-key in secrets: version 2\n')
  assert.equal((await cli(['get', 'first-key'])).text, 'world')
  assert.equal((await cli(['get', 'first-key', '--version', '1'])).text, 'hello')
  const old = await cli(['get', 'first-key', '--version', '3'])
  assert.deepEqual([old.code, old.text, old.err], [1, '', 'strongroom: no such version\n'])
})

test('values of any bytes come back as they went in', async () => {
  const values = {
    text: Buffer.from('\ufeffzwölf\r\n\r\n'),
    nul: Buffer.from('a\0b'),
    random: randomBytes(1_000),
    large: randomBytes(65_536),
    'not-utf8': Buffer.of(0xc3, 0x28),
    'one-newline': Buffer.from('\n'),
  }
  for (const [name, value] of Object.entries(values)) {
    await set(name, value)
    const { out, err } = await cli(['get', name])
    assert.deepEqual(out, value, name)
    assert.equal(err, '')
  }
  const path = join(await ownDirectory(), 'value')
  writeFileSync(path, values.random)
  await set('from-file', '', '--from-file', path)
  assert.deepEqual((await cli(['get', 'from-file'])).out, values.random)
})

test('get --json says whether the value is text', async () => {
  await set('is-text', 'ü')
  await set('is-bytes', Buffer.of(0xff))
  const text = (await parsed('get', 'is-text')) as Record<string, unknown>
  assert.equal(text['value'], 'ü')
  assert.equal(text['encoding'], 'utf8')
  const bytes = (await parsed('get', 'is-bytes')) as Record<string, unknown>
  assert.equal(bytes['value'], '/w==')
  assert.equal(bytes['encoding'], 'base64')
})

test('a line end that echo added is kept, and noted', async () => {
  const { err } = await set('echoed', 'hello\n')
  assert.match(err, /^strongroom: note: .*newline/)
  assert.equal((await cli(['get', 'echoed'])).text, 'hello\n')
  assert.equal((await set('pem', 'a\nb\n')).err, '')
})

test('a value is not taken from the arguments, and not repeated', async () => {
  for (const args of [
    ['set', 'k', 'hunter2'],
    ['set', 'k', '--value=hunter2'],
    ['set', 'k', '--value', 'hunter2'],
    ['set', 'k', '--', 'hunter2'],
  ]) {
    const ran = await cli(args, { input: 'x' })
    assert.equal(ran.code, 2)
    assert.equal(ran.text, '')
    assert.doesNotMatch(ran.err, /hunter2/)
    assert.equal(ran.err.split('\n').length, 2, 'one line')
  }
  const reason = await cli(['set', 'k', 'hunter2'])
  assert.match(reason.err, /not taken from the command line, where others can see it/)
  assert.equal((await cli(['get', 'k'])).code, 1)
})

test('what cannot be a value is refused without being repeated', async () => {
  const folder = await ownDirectory()
  const fails = async (args: readonly string[], input: string | Uint8Array, message: RegExp) => {
    const ran = await cli(args, { input })
    assert.equal(ran.code, 1)
    assert.match(ran.err, message)
    assert.doesNotMatch(ran.err, /hunter2/)
  }
  await fails(['set', 'k'], '', /the value is empty/)
  await fails(['set', 'k'], 'hunter2'.repeat(10_000), /larger than 65536 bytes/)
  await fails(['set', 'k', '--type', 'json'], 'hunter2', /value must be JSON text/)
  await fails(['set', 'Not A Name'], 'hunter2', /name must match/)
  await fails(['set', 'k', '--group', 'none'], 'hunter2', /no such group/)
  await fails(['set', 'k', '--from-file', join(folder, 'none')], '', /no such file/)
  await fails(['set', 'k', '--from-file', folder], '', /it is a folder/)
})

test('two who set one name at once both succeed, and both values are kept', async () => {
  const ran = await Promise.all(['a', 'b', 'c'].map((input) => cli(['set', 'raced'], { input })))
  for (const { code, err } of ran) assert.equal(code, 0, err)
  const values = await Promise.all(
    ['1', '2', '3'].map(async (n) => (await cli(['get', 'raced', '--version', n])).text),
  )
  assert.deepEqual(values.toSorted(), ['a', 'b', 'c'])
})

test('what is said of a secret stays until something else is said', async () => {
  await set('described', '{}', '--description', 'a key', '--type', 'json')
  const again = JSON.parse((await set('described', '[]', '--json')).text) as Record<string, unknown>
  assert.deepEqual([again['description'], again['type'], again['version']], ['a key', 'json', 2])
  const cleared = await set('described', '1', '--description', '', '--json')
  assert.equal((JSON.parse(cleared.text) as Record<string, unknown>)['description'], null)
})

test('a version may wait until it is activated', async () => {
  await set('staged', 'one')
  const { text } = await set('staged', 'two', '--no-activate')
  assert.equal(text, 'staged in secrets: version 2, not active\n')
  assert.equal((await cli(['get', 'staged'])).text, 'one')
  await cli(['activate', 'staged', '2'])
  assert.equal((await cli(['get', 'staged'])).text, 'two')
  assert.equal((await cli(['set', 'none', '--no-activate'], { input: 'x' })).code, 1)
  const both = await cli(['set', 'staged', '--no-activate', '--type', 'x'], { input: 'x' })
  assert.equal(both.code, 2)
})

test('versions are listed, deleted and brought back', async () => {
  await set('many', 'one')
  await set('many', 'two')
  const current = await cli(['version', 'delete', 'many', '2'])
  assert.deepEqual([current.code, current.text], [1, ''])
  assert.match(current.err, /the current version: activate another one first/)
  assert.equal(
    (await cli(['version', 'delete', 'many', '1'])).text,
    'version 1 of many is deleted\n',
  )
  const states = (await parsed('versions', 'many')) as {
    version: number
    state: string
    current: boolean
  }[]
  assert.deepEqual(
    states.map(({ version, state, current: is }) => [version, state, is]),
    [
      [2, 'live', true],
      [1, 'deleted', false],
    ],
  )
  assert.equal((await cli(['get', 'many', '--version', '1'])).code, 1)
  await cli(['version', 'undelete', 'many', '1'])
  assert.equal((await cli(['get', 'many', '--version', '1'])).text, 'one')
  assert.match((await cli(['versions', 'many'])).text, /^VERSION +STATE.*\n2 +current .*\n1 +live /)
  assert.equal((await cli(['activate', 'many', 'first'])).code, 2)
})

test('list shows every group, or one, or what is searched for; never a value', async () => {
  await set('LISTED_KEY', 'hunter2', '--group', 'personal')
  await set('listed-key', 'hunter2')
  const { text } = await cli(['list', '--search', 'listed'])
  assert.match(text, /^GROUP +NAME .*\npersonal +LISTED_KEY .*\nsecrets +listed-key .*\n$/)
  const names = async (...args: string[]) =>
    ((await parsed('list', ...args)) as { name: string }[]).map(({ name }) => name)
  assert.deepEqual(await names('--group', 'personal'), ['LISTED_KEY'])
  assert.ok((await names()).includes('first-key'))
  assert.deepEqual(await names('--search', 'nothing like it'), [])
  assert.doesNotMatch(text, /hunter2/)
})

test('ids serve where names do, outside of a named group', async () => {
  await set('by-id', 'value')
  const [{ id } = { id: '' }] = (await parsed('list', '--search', 'by-id')) as { id: string }[]
  assert.equal((await cli(['get', id])).text, 'value')
  assert.equal((await cli(['versions', id])).code, 0)
  assert.equal((await cli(['get', id, '--group', 'secrets'])).code, 1)
  assert.equal((await cli(['delete', id])).code, 0)
  assert.equal((await cli(['get', 'by-id'])).code, 1)
})

test('delete takes away at once', async () => {
  await set('gone', 'x')
  assert.match((await cli(['delete', 'gone'])).text, /^deleted gone; it can be brought back until /)
  const again = await cli(['delete', 'gone'])
  assert.deepEqual([again.code, again.err], [1, 'strongroom: no such secret\n'])
})

test('a file secret cannot be made of one that is none', async () => {
  await set('plain', 'x')
  const ran = await cli(['set', 'plain', '--as-file'], { input: 'y' })
  assert.equal(ran.code, 1)
  assert.match(ran.err, /not as a file/)
  await set('cert', 'x', '--as-file')
  assert.equal((await set('cert', 'y')).text, 'cert in secrets: version 2\n')
  assert.equal(((await parsed('get', 'cert')) as Record<string, unknown>)['file'], true)
})

test('names that a path would lose are said not to be there', async () => {
  for (const name of ['.', '..', '']) {
    const ran = await cli(['get', name])
    assert.deepEqual([ran.code, ran.text], [1, ''])
  }
})

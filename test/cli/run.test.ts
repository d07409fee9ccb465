import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { createInterface } from 'node:readline'
import { startServer, type RunningServer } from '#test/support/server.ts'
import { cliOf, main, startCli, type Cli } from './run-cli.ts'

let server: RunningServer
let cli: Cli

const PEM = Buffer.of(0x2d, 0xff, 0x00, 0x0a)

const keep = async (name: string, input: string | Uint8Array, ...more: string[]) => {
  const ran = await cli(['set', name, ...more], { input })
  assert.equal(ran.code, 0, ran.err)
}

before(async () => {
  server = await startServer()
  cli = cliOf(server)
  const groups = ['app', 'files', 'clash', 'danger', 'nul', 'bad-name']
  for (const group of groups) await cli(['group', 'create', group])
  await keep('openai-key', 'hunter2', '--group', 'app')
  await keep('PLAIN', 'two\nlines ü', '--group', 'app')
  await keep('tls.key', PEM, '--group', 'files', '--as-file')
  await keep('a-b', 'hunter2', '--group', 'clash')
  await keep('a.b', 'hunter2', '--group', 'clash')
  await keep('LD_PRELOAD', 'hunter2', '--group', 'danger')
  await keep('nul', 'hunter2\0', '--group', 'nul')
  await keep('1st', 'hunter2', '--group', 'bad-name')
})
after(() => server.stop())

/** Runs a piece of JavaScript with the secrets of some groups. */
const runNode = (groups: readonly string[], script: string, ...more: string[]) =>
  cli([
    'run',
    ...groups.flatMap((group) => ['--group', group]),
    ...more,
    ...['--', process.execPath, '-e', script],
  ])

test('the values become the environment of the command, exactly', async () => {
  const ran = await runNode(['app'], 'process.stdout.write(JSON.stringify(process.env))')
  assert.equal(ran.code, 0, ran.err)
  const env = JSON.parse(ran.text) as Record<string, string>
  assert.equal(env['OPENAI_KEY'], 'hunter2')
  assert.equal(env['PLAIN'], 'two\nlines ü')
  assert.equal(env['openai-key'], undefined)
  assert.equal(env['PATH'], process.env['PATH'])
})

test('the token stays behind unless it is to be kept', async () => {
  const show = 'process.stdout.write(String(process.env.STRONGROOM_TOKEN))'
  assert.equal((await runNode(['app'], show)).text, 'undefined')
  assert.equal((await runNode(['app'], show, '--keep-token')).text, server.token)
})

test('groups add up', async () => {
  const ran = await runNode(
    ['app', 'files'],
    'console.log(process.env.PLAIN !== "", process.env.TLS_KEY)',
  )
  assert.match(ran.text, /^true \//)
})

test('a file secret is a private file for as long as the command runs', async () => {
  const script = `
    const { statSync, readFileSync } = require('node:fs')
    const path = process.env.TLS_KEY
    const mode = (of) => (statSync(of).mode & 0o777).toString(8)
    console.log(path, mode(path), mode(require('node:path').dirname(path)), readFileSync(path, 'hex'))`
  const { text } = await runNode(['files'], script)
  const [path = '', file, folder, hex] = text.trim().split(' ')
  assert.deepEqual([file, folder, hex], ['600', '700', PEM.toString('hex')])
  assert.ok(!existsSync(path))
  if (existsSync('/dev/shm')) assert.ok(path.startsWith('/dev/shm/'))
  const failed = await cli(['run', '--group', 'files', '--', '/nonexistent/command'])
  assert.equal(failed.code, 127)
})

// Bug class 61.
test('errors come before the command starts, and hold no value', async () => {
  const fails = async (group: string, message: RegExp) => {
    const ran = await runNode([group], 'console.log("started")')
    assert.deepEqual([ran.code, ran.text], [1, ''])
    assert.match(ran.err, message)
    assert.doesNotMatch(ran.err, /hunter2/)
  }
  await fails('clash', /a-b in clash and a\.b in clash both become A_B/)
  await fails('danger', /would set LD_PRELOAD.*--allow-override/)
  await fails('nul', /holds a NUL/)
  await fails('bad-name', /1st in bad-name cannot be a variable/)
  await fails('none', /no such group/)
})

test('a dangerous variable can be permitted', async () => {
  const args = [
    'run',
    '--group',
    'danger',
    '--allow-override',
    '--',
    'sh',
    '-c',
    'echo "$LD_PRELOAD"',
  ]
  const ran = await cli(args)
  assert.equal(ran.text, 'hunter2\n')
})

test('exit codes and signals of the command are given back', async () => {
  assert.equal((await runNode(['app'], 'process.exit(7)')).code, 7)
  assert.equal((await runNode(['app'], 'process.kill(process.pid, "SIGKILL")')).code, 137)
  assert.equal((await runNode(['app'], 'process.kill(process.pid, "SIGTERM")')).code, 143)
})

test('a command that is not there, or may not be run, has its own code', async () => {
  const none = await cli(['run', '--group', 'app', '--', 'no-such-command', 'x'])
  assert.deepEqual([none.code, none.text], [127, ''])
  assert.equal(none.err, 'strongroom: no-such-command: command not found\n')
  const not = await cli(['run', '--group', 'app', '--', '/etc/passwd'])
  assert.equal(not.code, 126)
})

test('no shell is between: arguments stay as they are', async () => {
  const script = 'console.log(JSON.stringify(process.argv.slice(1)))'
  const args = ['$OPENAI_KEY', 'a b', '`id`', '--group', '--', ';']
  const ran = await cli([
    'run',
    '--group',
    'app',
    '--',
    process.execPath,
    '-e',
    script,
    '--',
    ...args,
  ])
  assert.deepEqual(JSON.parse(ran.text), args)
})

test('standard input is the command’s', async () => {
  const args = ['run', '--group', 'app', '--', 'cat']
  assert.equal((await cli(args, { input: 'through' })).text, 'through')
})

const own = () => ({ STRONGROOM_URL: server.url, STRONGROOM_TOKEN: server.token })

/** A command that says its process id and where its file is, and then what signals it gets. */
const LISTENS = `
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT'])
    process.on(signal, () => { console.log(signal); if (signal === 'SIGTERM') process.exit(3) })
  console.log(process.pid + ' ' + process.env.TLS_KEY)
  setInterval(() => {}, 1000)`

test('signals are passed on, and the files go whatever ends the command', async () => {
  const args = ['run', '--group', 'files', '--', process.execPath, '-e', LISTENS]
  const child = startCli(args, own())
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => String((await lines.next()).value)
  const [, path = ''] = (await next()).split(' ')
  assert.ok(existsSync(path))
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT', 'SIGTERM'] as const) {
    const exit = signal === 'SIGTERM' ? once(child, 'exit') : null
    child.kill(signal)
    assert.equal(await next(), signal)
    if (exit !== null) assert.deepEqual(await exit, [3, null])
  }
  assert.ok(!existsSync(path))
})

test('the files go when the command is killed', async () => {
  const args = ['run', '--group', 'files', '--', process.execPath, '-e', LISTENS]
  const child = startCli(args, own())
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const [pid, path = ''] = String((await lines.next()).value).split(' ')
  const exit = once(child, 'exit')
  process.kill(Number(pid), 'SIGKILL')
  assert.deepEqual(await exit, [137, null])
  assert.ok(!existsSync(path))
})

const linux = process.platform === 'linux'

test(
  'no value is in anybody’s arguments, and only the command has it in its environment',
  { skip: !linux },
  async () => {
    const script = 'setInterval(() => {}, 1000); console.log(process.pid)'
    const args = ['run', '--group', 'app', '--', process.execPath, '-e', script]
    const child = startCli(args, own())
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const pid = Number((await lines.next()).value)
    const of = (id: number | undefined, what: string) =>
      readFileSync(`/proc/${id ?? 0}/${what}`, 'utf8')
    assert.ok(of(child.pid, 'cmdline').includes(main))
    assert.doesNotMatch(of(child.pid, 'cmdline'), /hunter2|sr_user/)
    assert.doesNotMatch(of(pid, 'cmdline'), /hunter2|sr_user/)
    assert.doesNotMatch(of(child.pid, 'environ'), /hunter2/)
    assert.match(of(pid, 'environ'), /OPENAI_KEY=hunter2/)
    assert.doesNotMatch(of(pid, 'environ'), /sr_user/)
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    assert.deepEqual(await exit, [143, null])
  },
)

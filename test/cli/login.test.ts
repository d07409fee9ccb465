import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ownDirectory } from '#test/support/directory.ts'
import { startServer, type RunningServer } from '#test/support/server.ts'
import { runCli } from './run-cli.ts'

let server: RunningServer

before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('login keeps what later commands use, and logout forgets it', async () => {
  const env = { XDG_CONFIG_HOME: await ownDirectory() }
  const path = join(env.XDG_CONFIG_HOME, 'strongroom', 'config.json')
  const login = await runCli(['login', '--url', `${server.url}/`], {
    env,
    input: `${server.token}\n`,
  })
  assert.equal(login.code, 0, login.err)
  assert.match(login.text, /^logged in to +http:\/\/127\.0\.0\.1:\d+\nas +admin \(user, admin\)\n/)
  assert.doesNotMatch(login.text + login.err, /sr_user/)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.equal(statSync(join(path, '..')).mode & 0o777, 0o700)
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), { url: server.url, token: server.token })
  const set = await runCli(['set', 'key'], { env, input: 'v' })
  assert.equal(set.code, 0, set.err)
  assert.equal((await runCli(['get', 'key'], { env })).text, 'v')
  assert.match((await runCli(['logout'], { env })).text, /^logged out of http/)
  assert.ok(!existsSync(path))
  const lost = await runCli(['get', 'key'], { env })
  assert.deepEqual([lost.code, lost.text], [1, ''])
  assert.match(lost.err, /^strongroom: no vault is known: run `strongroom login`/)
  assert.equal((await runCli(['logout', '--json'], { env })).text, '{"removed":false,"url":null}\n')
})

test('a token may come from a file', async () => {
  const env = { XDG_CONFIG_HOME: await ownDirectory(), STRONGROOM_URL: server.url }
  const file = join(env.XDG_CONFIG_HOME, 'token')
  writeFileSync(file, `  ${server.token}\r\n`)
  const login = await runCli(['login', '--token-file', file, '--json'], { env })
  assert.equal(login.code, 0, login.err)
  assert.equal((JSON.parse(login.text) as { url: string }).url, server.url)
  assert.equal((await runCli(['whoami'], { env })).code, 0)
})

test('a token that is none is not kept, and not repeated', async () => {
  const env = { XDG_CONFIG_HOME: await ownDirectory(), STRONGROOM_URL: server.url }
  for (const input of ['sr_user_hunter2', 'hunter2 hunter2', '', 'hunter2'.repeat(1_000)]) {
    const ran = await runCli(['login'], { env, input })
    assert.deepEqual([ran.code, ran.text], [1, ''])
    assert.match(ran.err, /^strongroom: [^\n]+\n$/)
    assert.doesNotMatch(ran.err, /hunter2/)
  }
  const argument = await runCli(['login', server.token], { env })
  assert.equal(argument.code, 2)
  assert.doesNotMatch(argument.err, /sr_user/)
  assert.ok(!existsSync(join(env.XDG_CONFIG_HOME, 'strongroom')))
})

test('a vault that is not there, or is none, is said so', async () => {
  const env = { XDG_CONFIG_HOME: await ownDirectory(), STRONGROOM_TOKEN: server.token }
  const none = await runCli(['whoami'], { env: { ...env, STRONGROOM_URL: 'http://127.0.0.1:9' } })
  assert.equal(none.code, 1)
  assert.match(none.err, /^strongroom: cannot reach the vault at http:\/\/127\.0\.0\.1:9: /)
  const bad = await runCli(['whoami'], { env: { ...env, STRONGROOM_URL: 'vault' } })
  assert.match(bad.err, /^strongroom: the address of a vault is a URL/)
})

test('what is not a command is one clear line and exit code 2', async () => {
  const fails = async (args: readonly string[], message: RegExp) => {
    const ran = await runCli(args)
    assert.deepEqual([ran.code, ran.text], [2, ''])
    assert.match(ran.err, /^strongroom: [^\n]+\n$/)
    assert.match(ran.err, message)
  }
  await fails(['gte'], /no command gte \(try: strongroom help\)/)
  await fails(['team'], /team goes with another word: team create/)
  await fails(['team', 'crate'], /team goes with another word/)
  await fails(['--nonsense'], /no command --nonsense/)
  await fails(['SK-live-4242'], /no command of that name/)
  await fails(['constructor'], /no command constructor/)
  await fails(['get', 'k', '--nonsense'], /get: there is no option --nonsense/)
  await fails(['help', 'nonsense'], /no command nonsense/)
})

test('help is there for all, for one and for a family; the version too', async () => {
  const all = await runCli([])
  assert.equal(all.code, 0)
  assert.match(all.text, /\n {2}set +Keep a value/)
  assert.equal((await runCli(['--help'])).text, all.text)
  const one = await runCli(['help', 'team', 'create'])
  assert.match(one.text, /^strongroom team create NAME\n/)
  assert.equal((await runCli(['team', 'create', '--help'])).text, one.text)
  assert.match((await runCli(['help', 'team'])).text, /strongroom team members TEAM/)
  assert.match((await runCli(['--version'])).text, /^\d+\.\d+\.\d+\n$/)
  const table = JSON.parse((await runCli(['help', '--json'])).text) as { name: string }[]
  assert.ok(table.some(({ name }) => name === 'audit verify'))
  assert.match((await runCli(['run', '--help'])).text, /^strongroom run \[--group GROUP \.\.\.\]/)
})

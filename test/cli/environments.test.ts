import assert from 'node:assert/strict'
import { constants, generateKeyPairSync, privateDecrypt, type KeyObject } from 'node:crypto'
import { existsSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { Api } from '#test/support/api.ts'
import { startServer, type RunningServer } from '#test/support/server.ts'
import { cliOf, type Cli } from './run-cli.ts'

let server: RunningServer
let cli: Cli

const done = async (args: readonly string[], input?: string | Uint8Array): Promise<string> => {
  const ran = await cli(args, input === undefined ? {} : { input })
  assert.equal(ran.code, 0, ran.err)
  return ran.text
}

const fails = async (args: readonly string[], message: RegExp, code = 1): Promise<void> => {
  const ran = await cli(args)
  assert.deepEqual([ran.code, ran.text], [code, ''])
  assert.match(ran.err, message)
}

before(async () => {
  server = await startServer()
  cli = cliOf(server)
})
after(() => server.stop())

test('an environment takes an owner with a slug', async () => {
  await fails(['environment', 'create', 'eval'], /has no slug yet: set one first/)
  await fails(['slug', 'set', 'Ada'], /must match/)
  assert.equal(await done(['slug', 'set', 'ada']), 'ada\n')
  assert.equal(await done(['environment', 'create', 'eval']), 'ada/eval\n')
  await fails(['environment', 'create', 'ada/eval'], /there is an environment of this name/)
  await fails(['environment', 'create', 'nobody/eval'], /no such team/)
  await fails(['environment', 'create', 'a b'], /name must match/)
})

test('a team has a slug from the start, and may get another', async () => {
  await done(['team', 'create', 'Research Lab'])
  assert.equal(await done(['environment', 'create', 'research-lab/train']), 'research-lab/train\n')
  await fails(['slug', 'set', 'ada', '--team', 'Research Lab'], /there is a slug of this name/)
  assert.equal(await done(['slug', 'set', 'lab', '--team', 'Research Lab']), 'lab\n')
  const listed = JSON.parse(await done(['environment', 'list', '--json'])) as {
    owner: string
    name: string
  }[]
  assert.deepEqual(
    listed.map(({ owner, name }) => `${owner}/${name}`),
    ['ada/eval', 'lab/train'],
  )
  await done(['environment', 'delete', 'lab/train'])
})

test('a command is given what a job would be: variables, links, and before all its own', async () => {
  const environment = 'ada/eval'
  await done(['set', 'OPENAI_KEY', '--group', 'personal'], 'linked value')
  await done(['link', 'OPENAI_KEY', '--from', 'personal', '--into', environment])
  await done(['set', 'DATABASE_URL', '--group', environment], 'own value')
  await done(['set', 'CERTIFICATE', '--group', environment, '--as-file'], Buffer.of(0xff, 0))
  await done(['environment', 'set-variable', environment, 'DATABASE_URL', 'a plain value'])
  await done(['environment', 'set-variable', environment, 'REGION', 'there'])
  await done(['environment', 'set-variable', environment, 'REGION', 'here'])
  const script = `
    const { OPENAI_KEY, DATABASE_URL, REGION, CERTIFICATE, STRONGROOM_TOKEN } = process.env
    const content = require('node:fs').readFileSync(CERTIFICATE, 'hex')
    console.log(JSON.stringify([OPENAI_KEY, DATABASE_URL, REGION, content, STRONGROOM_TOKEN ?? null]))
    console.log(CERTIFICATE)`
  const run = ['run', '--environment', environment, '--', process.execPath, '-e', script]
  const [given = '', path = ''] = (await done(run)).split('\n')
  assert.deepEqual(JSON.parse(given), ['linked value', 'own value', 'here', 'ff00', null])
  assert.ok(!existsSync(path))
})

test('groups and environments add up, and clash as groups do', async () => {
  await done(['group', 'create', 'app'])
  await done(['set', 'app-key', '--group', 'app'], 'from the group')
  const script = 'console.log(process.env.APP_KEY, process.env.REGION)'
  const both = ['run', '--group', 'app', '--environment', 'ada/eval']
  assert.equal(await done([...both, '--', process.execPath, '-e', script]), 'from the group here\n')
  await done(['set', 'REGION', '--group', 'app'], 'x')
  await fails([...both, '--', 'true'], /REGION in app and REGION in ada\/eval both become REGION/)
  await fails(['run', '--', 'true'], /--group GROUP or --environment OWNER\/NAME is missing/, 2)
  await fails(['run', '--environment', 'ada/none', '--', 'true'], /no such environment/)
})

test('a variable and a link do not share a name', async () => {
  const environment = 'ada/eval'
  await fails(
    ['environment', 'set-variable', environment, 'OPENAI_KEY', 'x'],
    /there is a link of this name already/,
  )
  await done(['set', 'REGION', '--group', 'personal'], 'x')
  await fails(
    ['link', 'REGION', '--from', 'personal', '--into', environment],
    /there is a variable of this name already/,
  )
  await done(['environment', 'delete-variable', environment, 'REGION'])
  await done(['link', 'REGION', '--from', 'personal', '--into', environment])
  const listed = await done(['environment', 'variables', environment])
  assert.match(listed, /^NAME .*\nDATABASE_URL +a plain value /)
})

test('a deleted environment takes its own with it, and leaves what it linked to', async () => {
  await done(['environment', 'delete', 'ada/eval'])
  await fails(['environment', 'delete', 'ada/eval'], /no such/)
  await fails(['get', 'DATABASE_URL', '--group', 'ada/eval'], /no such/)
  assert.equal(await done(['get', 'OPENAI_KEY', '--group', 'personal']), 'linked value')
})

/** Opens what a login was given. */
const open = (key: KeyObject, sealed: string): string =>
  privateDecrypt(
    { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    Buffer.from(sealed, 'base64'),
  ).toString('latin1')

// Bug class 83.
test('a login is approved once, and its asker alone gets the token', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const encryptionPublicKey = publicKey.export({ type: 'spki', format: 'pem' })
  const path = '/api/v1/auth_challenge'
  const asked = await new Api(server.url, null).post(`${path}/generate`, { encryptionPublicKey })
  const code = asked.expect(200).str('challenge')
  assert.match(code, /^[0-9a-f]{32}$/)
  const asker = new Api(server.url, asked.str('status_auth_token'))
  const poll = () => asker.get(`${path}/status?challenge=${code}`)
  assert.deepEqual((await poll()).expect(200).json, { result: null })
  assert.match(await done(['login', 'approve', code]), /^approved: the client now has the token c/)
  const token = open(privateKey, (await poll()).expect(200).str('result'))
  const self = (await new Api(server.url, token).get('/strongroom/v1/whoami')).expect(200)
  const own = (await new Api(server.url, server.token).get('/strongroom/v1/whoami')).expect(200)
  assert.equal(self.str('id'), own.str('id'))
  await fails(['login', 'approve', code], /no such login waits/)
})

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startServer, type RunningServer } from '#test/support/server.ts'
import { cliOf, type Cli } from './run-cli.ts'

let server: RunningServer
let admin: Cli

before(async () => {
  server = await startServer()
  admin = cliOf(server)
})
after(() => server.stop())

const json = async (cli: Cli, ...args: string[]): Promise<unknown> => {
  const ran = await cli([...args, '--json'])
  assert.equal(ran.code, 0, ran.err)
  assert.equal(ran.text.split('\n').length, 2, 'one line')
  return JSON.parse(ran.text)
}

interface Made {
  readonly id: string
  readonly token: string
}

const make = async (...args: string[]) => (await json(admin, ...args)) as Made
const as = (token: string): Cli => cliOf({ url: server.url, token })
const ok = async (ran: ReturnType<Cli>) => {
  const { code, text, err } = await ran
  assert.equal(code, 0, err)
  return text
}
const refused = async (ran: ReturnType<Cli>, message: RegExp) => {
  const { code, text, err } = await ran
  assert.deepEqual([code, text], [1, ''])
  assert.match(err, /^strongroom: [^\n]+\n$/)
  assert.match(err, message)
}

test('an account of its own: nothing of one is in the other', async () => {
  const made = await make('account', 'create', 'other')
  assert.deepEqual(Object.keys(made), ['id', 'token'])
  const other = as(made.token)
  await ok(admin(['set', 'shared-name'], { input: 'main' }))
  await refused(other(['get', 'shared-name']), /no such secret/)
  assert.match(await ok(other(['whoami'])), /account +other \(c/)
  await refused(other(['account', 'list']), /needs the role admin in the account that runs/)
  assert.match(await ok(admin(['account', 'list'])), /^ID +NAME +CREATED\n.* main .*\n.* other /)
})

test('what makes somebody shows the token once, to people and programs', async () => {
  const people = await admin(['user', 'create', '--email', 'Shown@x.org', '--role', 'member'])
  const [, id = '', token = ''] = /^id +(\S+)\ntoken +(\S+)\n$/.exec(people.text) ?? []
  assert.match(people.err, /cannot be shown again/)
  const self = (await json(as(token), 'whoami')) as { id: string; email: string }
  assert.deepEqual([self.id, self.email], [id, 'shown@x.org'])
})

test('a user is suspended, resumed, given a role and removed, by address or id', async () => {
  const { id, token } = await make(
    'user',
    'create',
    '--email',
    'u@x.org',
    '--role',
    'member',
    '--name',
    'U',
  )
  const user = as(token)
  assert.match(await ok(admin(['user', 'list'])), new RegExp(`${id} +U +u@x.org +member +active`))
  assert.equal(await ok(admin(['user', 'suspend', 'U@X.org'])), 'u@x.org is suspended\n')
  await refused(user(['whoami']), /token is not valid/)
  await ok(admin(['user', 'resume', id]))
  await ok(user(['whoami']))
  await refused(user(['user', 'list']), /needs the role admin/)
  assert.equal(await ok(admin(['user', 'role', 'u@x.org', 'admin'])), 'u@x.org is now admin\n')
  await ok(user(['user', 'list']))
  assert.equal((await admin(['user', 'role', 'u@x.org', 'owner'])).code, 2)
  await ok(admin(['user', 'remove', 'u@x.org']))
  await refused(user(['whoami']), /token is not valid/)
  await refused(admin(['user', 'suspend', 'u@x.org']), /no such user/)
})

test('a service account goes by its name as long as no other has it', async () => {
  const { token } = await make('service-account', 'create', 'ci', '--role', 'member')
  assert.equal(((await json(as(token), 'whoami')) as { kind: string }).kind, 'service_account')
  assert.match(await ok(admin(['service-account', 'list'])), / ci +- +member +active/)
  const second = await make('service-account', 'create', 'ci', '--role', 'member')
  await refused(admin(['service-account', 'remove', 'ci']), /several are called so/)
  await ok(admin(['service-account', 'remove', second.id]))
  await ok(admin(['service-account', 'remove', 'ci']))
  await refused(as(token)(['whoami']), /token is not valid/)
})

test('a token is narrowed, listed and revoked', async () => {
  await ok(admin(['set', 'narrow'], { input: 'v' }))
  const { id, token } = await make(
    'token',
    'create',
    'reader',
    '--scope',
    'list,read',
    '--expires',
    '2d',
  )
  const reader = as(token)
  assert.equal(await ok(reader(['get', 'narrow'])), 'v')
  await refused(reader(['set', 'narrow'], { input: 'w' }), /token with the scope write/)
  assert.match(await ok(admin(['token', 'list'])), new RegExp(`${id} +reader +list,read +active`))
  assert.equal(await ok(admin(['token', 'revoke', id])), `revoked ${id}\n`)
  await refused(reader(['get', 'narrow']), /token is not valid/)
  assert.match(await ok(admin(['token', 'list'])), new RegExp(`${id} +reader +list,read +revoked`))
  assert.equal((await admin(['token', 'create', 'x', '--scope', 'everything'])).code, 2)
  assert.equal((await admin(['token', 'create', 'x', '--expires', 'soon'])).code, 2)
})

test('an admin makes and lists tokens of a service account', async () => {
  const { id } = await make('service-account', 'create', 'deploy', '--role', 'member')
  const { token } = await make('token', 'create', 'second', '--service-account', 'deploy')
  assert.equal(((await json(as(token), 'whoami')) as { id: string }).id, id)
  const listed = (await json(admin, 'token', 'list', '--service-account', id)) as { name: string }[]
  assert.deepEqual(
    listed.map(({ name }) => name),
    ['first', 'second'],
  )
})

test('a team has members, a group and, while it owns secrets, a life', async () => {
  const member = await make('user', 'create', '--email', 'm@x.org', '--role', 'member')
  const user = as(member.token)
  assert.deepEqual(Object.keys(await make('team', 'create', 'red team')), ['id'])
  assert.equal(await ok(admin(['team', 'add', 'red team', 'm@x.org'])), 'added m@x.org\n')
  assert.match(await ok(admin(['team', 'members', 'Red Team'])), / m@x.org +m@x.org +member/)
  await ok(user(['set', 'KEY', '--group', 'team:red team'], { input: 'team value' }))
  assert.equal(await ok(admin(['get', 'KEY', '--group', 'team:red team'])), 'team value')
  assert.match(await ok(user(['list'])), /team:red team +KEY +secret +1/)
  await ok(admin(['team', 'remove', 'red team', 'm@x.org']))
  await refused(user(['get', 'KEY', '--group', 'team:red team']), /no such team/)
  await refused(admin(['team', 'delete', 'red team']), /it still owns secrets/)
  await ok(admin(['delete', 'KEY', '--group', 'team:red team']))
  await ok(admin(['team', 'delete', 'red team']))
  assert.doesNotMatch(await ok(admin(['team', 'list'])), /red team/)
})

test('groups are made for the account, a team or oneself, shown and deleted', async () => {
  await ok(admin(['team', 'create', 'blue']))
  await ok(admin(['group', 'create', 'of-all']))
  await ok(admin(['group', 'create', 'of-blue', '--team', 'blue']))
  await ok(admin(['group', 'create', 'of-me', '--mine']))
  const { token } = await make('user', 'create', '--email', 'g@x.org', '--role', 'member')
  const listed = await ok(as(token)(['group', 'list']))
  assert.match(listed, /of-all/)
  assert.doesNotMatch(listed, /of-blue|of-me/)
  await ok(admin(['set', 'k', '--group', 'of-all'], { input: 'x' }))
  const shown = await ok(admin(['group', 'show', 'of-all']))
  assert.match(shown, /^group +of-all\n[^]*\nkind +named\n[^]*\nsecrets +1\n/)
  assert.match(await ok(admin(['group', 'show', 'team:blue'])), /^group +team:blue\n/)
  await refused(admin(['group', 'delete', 'of-all']), /it still holds secrets/)
  await ok(admin(['delete', 'k', '--group', 'of-all']))
  assert.equal(await ok(admin(['group', 'delete', 'of-all'])), 'deleted of-all\n')
  await refused(admin(['group', 'show', 'of-all']), /no such group/)
  assert.equal((await admin(['group', 'create', 'x', '--team', 'blue', '--mine'])).code, 2)
})

test('a link shows a secret elsewhere, and nothing is done to the secret through it', async () => {
  await ok(admin(['group', 'create', 'linked']))
  await ok(admin(['set', 'origin'], { input: 'one' }))
  const made = await ok(
    admin(['link', 'origin', '--from', 'secrets', '--into', 'linked', '--as', 'alias']),
  )
  assert.equal(made, 'alias in linked: a link\n')
  assert.equal(await ok(admin(['get', 'alias', '--group', 'linked'])), 'one')
  assert.match(await ok(admin(['list', '--group', 'linked'])), /linked +alias +link/)
  for (const args of [
    ['set', 'alias'],
    ['delete', 'alias'],
    ['activate', 'alias', '1'],
    ['version', 'delete', 'alias', '1'],
  ]) {
    await refused(admin([...args, '--group', 'linked'], { input: 'two' }), /it is a link/)
  }
  await refused(admin(['unlink', 'origin', '--group', 'secrets']), /it is no link/)
  assert.equal(await ok(admin(['unlink', 'alias', '--group', 'linked'])), 'unlinked alias\n')
  await refused(admin(['get', 'alias', '--group', 'linked']), /no such secret/)
  assert.equal(await ok(admin(['get', 'origin'])), 'one')
})

test('keys are rotated and rewrapped, and values stay readable', async () => {
  await ok(admin(['set', 'before-rotation'], { input: 'v' }))
  const { fingerprint, keys } = (await json(admin, 'keys', 'rotate')) as {
    fingerprint: string
    keys: number
  }
  assert.ok(keys >= 3)
  assert.deepEqual(await json(admin, 'keys', 'rewrap'), { fingerprint, keys: 0 })
  assert.equal(await ok(admin(['get', 'before-rotation'])), 'v')
  const { token } = await make('user', 'create', '--email', 'k@x.org', '--role', 'member')
  await refused(as(token)(['keys', 'rotate']), /needs the role admin/)
})

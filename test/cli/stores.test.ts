import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startOpenbao, type RunningOpenbao } from '#test/support/openbao.ts'
import { startServer, type RunningServer } from '#test/support/server.ts'
import { cliOf, type Cli } from './run-cli.ts'

let bao: RunningOpenbao
let server: RunningServer
let admin: Cli

before(async () => {
  bao = await startOpenbao()
  server = await startServer({ args: ['--private-stores'] })
  admin = cliOf(server)
})
after(async () => {
  await server.stop()
  await bao.stop()
})

const ok = async (ran: ReturnType<Cli>): Promise<string> => {
  const { code, text, err } = await ran
  assert.equal(code, 0, err)
  return text
}
const refused = async (ran: ReturnType<Cli>, message: RegExp, code = 1) => {
  const { code: ended, text, err } = await ran
  assert.deepEqual([ended, text], [code, ''], err)
  assert.match(err, message)
}
const json = async (...args: string[]): Promise<unknown> =>
  JSON.parse(await ok(admin([...args, '--json'])))

/** Sets up a store of this name in the OpenBao, under a prefix of its own. */
const add = (name: string, ...more: string[]) =>
  admin(
    [
      ...['store', 'add', name, '--kind', 'vault', '--url', bao.url, '--prefix', name],
      ...['--credential-stdin', ...more],
    ],
    { input: JSON.stringify({ token: bao.token }) },
  )

interface Secret {
  readonly id: string
  readonly name: string
  readonly store: string
  readonly path: string | null
}

const secretsOf = async (group: string) =>
  (await json('list', '--group', group)) as readonly Secret[]

/** What stands at a path of the OpenBao. */
const there = async (path: string, version = 0) => {
  const said = await bao.call('GET', `secret/data/${path}?version=${version}`)
  return (said as { data: { data: Readonly<Record<string, string>> } }).data.data
}

test('a store is added with a credential that is never shown, checked, listed and removed', async () => {
  const id = (await ok(add('first'))).trim()
  assert.match(id, /^c[0-9a-z]{24}$/)
  assert.match(await ok(admin(['store', 'list'])), /^STORE[^]*\nembedded [^]*\nfirst +vault +http/)
  assert.ok(!JSON.stringify(await json('store', 'list')).includes(bao.token))
  const checked = await ok(admin(['store', 'check', 'first']))
  assert.match(checked, /^first works\nOPERATION +CALLS +FAILURES\nput +1 +0\n/)
  assert.match(await ok(admin(['store', 'plan', id])), /^plan +\S+\nours +0\n/)
  assert.equal(await ok(admin(['store', 'remove', 'first'])), 'removed first\n')
  await refused(admin(['store', 'check', 'first']), /no such store/)
})

test('a credential comes from a file or from standard input, and is an object of JSON', async () => {
  const path = join(server.dataDir, 'credential.json')
  const at = ['store', 'add', 'filed', '--kind', 'vault', '--url', bao.url]
  await refused(admin([...at, '--credential-file', path]), /there is no such file/)
  await writeFile(path, 'canary-token')
  const { code, err } = await admin([...at, '--credential-file', path])
  assert.equal(code, 1)
  assert.match(err, /is not an object of JSON/)
  assert.ok(!err.includes('canary'))
  const both = [...at, '--credential-file', path, '--credential-stdin']
  await refused(admin(both), /exclude each other/, 2)
  await writeFile(path, JSON.stringify({ token: 'not-the-token' }))
  await refused(admin([...at, '--credential-file', path]), /the store did not do it: .*403/)
  await writeFile(path, JSON.stringify({ token: bao.token }))
  await ok(admin([...at, '--credential-file', path]))
  await refused(admin(['store', 'add', 'x', '--kind', 'drawer']), /a kind is one of/, 2)
  await ok(admin(['store', 'remove', 'filed']))
})

test('a store is changed where it is; elsewhere it needs its credential anew', async () => {
  await ok(add('changing'))
  const change = (...flags: string[]) => admin(['store', 'change', 'changing', ...flags])
  await ok(change('--prefix', 'changed'))
  await refused(change('--mount', 'elsewhere'), /credential is missing/)
  await refused(change('--no-credential'), /VAULT_TOKEN/)
  await ok(change('--prefix', ''))
  const [store] = ((await json('store', 'list')) as { name: string; config: object }[]).filter(
    ({ name }) => name === 'changing',
  )
  assert.deepEqual(store?.config, { url: bao.url })
  await refused(admin(['store', 'change', 'none']), /no such store/)
  await ok(admin(['store', 'remove', 'changing']))
})

test('a group moves with its secrets and their versions, and back; they are read all the while', async () => {
  await ok(add('moving'))
  await ok(admin(['group', 'create', 'movers']))
  for (const name of ['one', 'two']) {
    for (const value of ['first', `second of ${name}`]) {
      await ok(admin(['set', name, '--group', 'movers'], { input: value }))
    }
  }
  const before = await secretsOf('movers')
  const { text, err } = await admin(['move', 'movers', 'moving'])
  assert.equal(text, 'movers is in moving: 2 secrets moved\n')
  assert.match(err, /^strongroom: moved \w+ \(1 of 2\)\nstrongroom: moved \w+ \(2 of 2\)\n$/)
  const moved = await secretsOf('movers')
  assert.deepEqual(
    moved.map(({ id }) => id),
    before.map(({ id }) => id),
  )
  for (const { name, path } of moved) {
    assert.match(path ?? '', /^moving\//)
    assert.equal((await there(path ?? ''))['value'], `second of ${name}`)
    assert.equal(await ok(admin(['get', name, '--group', 'movers', '--version', '1'])), 'first')
  }
  assert.match(await ok(admin(['group', 'show', 'movers'])), /\nstore +moving\n/)
  assert.match(await ok(admin(['group', 'list'])), / moving /)
  assert.match(await ok(admin(['move', 'movers', 'moving'])), /0 secrets moved/)
  await refused(admin(['store', 'remove', 'moving']), /move those first/)

  const [one] = moved
  assert.ok(one !== undefined)
  const alone = await ok(admin(['move', '--secret', one.id, 'embedded']))
  assert.equal(alone, `${one.name} is in embedded\n`)
  assert.match(await ok(admin(['move', 'movers', 'embedded'])), /1 secret moved/)
  assert.deepEqual(new Set((await secretsOf('movers')).map(({ path }) => path)), new Set([null]))
  assert.equal(await ok(admin(['get', 'two', '--group', 'movers'])), 'second of two')
})

test('new groups are kept in the default store, or in the one that is named', async () => {
  await ok(add('fallback'))
  assert.equal(
    await ok(admin(['store', 'default', 'fallback'])),
    'new groups are kept in fallback\n',
  )
  await ok(admin(['group', 'create', 'by-default']))
  await ok(admin(['group', 'create', 'by-name', '--store', 'embedded']))
  assert.match(await ok(admin(['group', 'show', 'by-default'])), /\nstore +fallback\n/)
  assert.match(await ok(admin(['group', 'show', 'by-name'])), /\nstore +embedded\n/)
  assert.match(await ok(admin(['store', 'list'])), /\nfallback .* default /)
  await ok(admin(['store', 'default', 'embedded']))
  await refused(admin(['store', 'default', 'none']), /no such store/)
})

test('a plan tells what is missing, orphaned and somebody else`s; sync does what it says', async () => {
  const store = (await ok(add('drifting'))).trim()
  await ok(admin(['group', 'create', 'drifters', '--store', 'drifting']))
  for (const name of ['kept', 'lost']) {
    await ok(admin(['set', name, '--group', 'drifters'], { input: `value of ${name}` }))
  }
  const paths = new Map((await secretsOf('drifters')).map(({ name, path }) => [name, path ?? '']))
  const orphan = `${paths.get('kept') ?? ''}-orphan`
  const { custom_metadata: words } = (
    (await bao.call('GET', `secret/metadata/${paths.get('kept') ?? ''}`)) as {
      data: { custom_metadata: Readonly<Record<string, string>> }
    }
  ).data
  await bao.call('POST', `secret/data/${orphan}`, { data: { value: 'left behind' } })
  await bao.call('POST', `secret/metadata/${orphan}`, {
    custom_metadata: { ...words, 'strongroom-secret': `c${'7'.repeat(24)}` },
  })
  await bao.call('POST', 'secret/data/drifting/theirs', { data: { value: 'not ours' } })
  await bao.call('DELETE', `secret/metadata/${paths.get('lost') ?? ''}`)

  const plan = (await json('store', 'plan', 'drifting')) as { plan: string }
  const said = await ok(admin(['store', 'plan', store]))
  assert.match(said, /\nours +1\nmissing +1\norphans +1\nforeign +1\n/)
  assert.match(said, /\nmissing +c\w{24} +drifting\/.*\/lost\//)
  assert.ok(said.includes(orphan) && /\nforeign +- +drifting\/theirs\n/.test(said), said)
  await refused(admin(['store', 'sync', 'drifting']), /--plan PLAN is missing/, 2)
  await refused(
    admin(['store', 'sync', 'drifting', '--plan', '0123456789abcdef']),
    /not what the plan says any more: plan again/,
  )
  const done = await ok(admin(['store', 'sync', 'drifting', '--plan', plan.plan]))
  assert.equal(done, '1 orphan will be taken out\n')
  for (let tries = 0; ; tries++) {
    const now = (await json('store', 'plan', 'drifting')) as { orphans: unknown[] }
    const gone = await there(orphan).catch(() => null)
    if (now.orphans.length === 0 && gone === null) break
    assert.ok(tries < 60, 'the orphan stays')
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  assert.equal((await there('drifting/theirs'))['value'], 'not ours')
  assert.equal(await ok(admin(['get', 'kept', '--group', 'drifters'])), 'value of kept')
})

test('without leave of the operator a private address is refused', async (t) => {
  const closed = await startServer()
  t.after(() => closed.stop())
  const at = ['store', 'add', 'x', '--kind', 'vault', '--url', bao.url, '--credential-stdin']
  const ran = cliOf(closed)(at, { input: JSON.stringify({ token: bao.token }) })
  await refused(ran, /the store did not do it: the URL of the store does not begin with https/)
})

test('what a store holds beside ours is imported after a plan, and stays there as it was', async () => {
  await ok(add('adopting'))
  const put = (path: string, data: object) => bao.call('POST', `secret/data/${path}`, { data })
  await put('legacy/prod/db-password', { any: 'canary-first' })
  await put('legacy/prod/app.key', { user: 'u', key: 'canary-second' })
  await put('legacy/other', { any: 'canary-third' })
  await ok(admin(['group', 'create', 'adopted']))
  const from = ['import', '--from-store', 'adopting', '--group', 'adopted']
  const at = [...from, '--prefix', 'legacy/prod/']
  const plan = await ok(admin(at))
  assert.match(plan, /legacy\/prod\/app.key +app.key +new secret\n/)
  assert.match(plan, /nothing is changed yet: --apply does it/)
  assert.deepEqual(await secretsOf('adopted'), [])
  const done = await ok(admin([...at, '--apply']))
  assert.ok(!`${plan}${done}`.includes('canary'))
  const names = (await secretsOf('adopted')).map(({ name }) => name)
  assert.deepEqual(names.toSorted(), ['app.key', 'db-password'])
  assert.equal(await ok(admin(['get', 'db-password', '--group', 'adopted'])), 'canary-first')
  assert.deepEqual(await there('legacy/prod/db-password'), { any: 'canary-first' })
  assert.match(await ok(admin([...at, '--apply'])), /db-password +the name is taken: left out/)
  await refused(admin(from.slice(0, 3)), /--group/, 2)
  await refused(admin(['import', '--group', 'adopted']), /name one file, or a store/, 2)
  await refused(admin([...from, 'a-file']), /name one file, or a store/, 2)
  await refused(admin(['import', 'f', '--prefix', 'x', '--group', 'adopted']), /--from-store/, 2)
})

test('drift tells what differs down to a version, and exits 1 then', async () => {
  await ok(add('straying'))
  await ok(admin(['group', 'create', 'strayers', '--store', 'straying']))
  for (const value of ['first', 'second']) {
    await ok(admin(['set', 'one', '--group', 'strayers'], { input: value }))
  }
  await ok(admin(['set', 'two', '--group', 'strayers'], { input: 'whole' }))
  const drift = () => admin(['store', 'drift', 'straying'])
  assert.equal(await ok(drift()), '')
  const [one] = (await secretsOf('strayers')).filter(({ name }) => name === 'one')
  const path = one?.path ?? ''
  await bao.call('POST', `secret/destroy/${path}`, { versions: [1] })
  const unknown = await there(path)
  await bao.call('POST', `secret/data/${path}`, { data: unknown })
  const found = await drift()
  assert.deepEqual([found.code, found.err], [1, ''])
  assert.match(
    found.text,
    new RegExp(`^WHAT[^]*\\nlost +${one?.id ?? ''} +1 [^]*\\nunknown +\\w+ +3 `),
  )
  assert.equal(found.text.trim().split('\n').length, 3)
  const said = JSON.parse((await admin(['store', 'drift', 'straying', '--json'])).text) as object
  assert.deepEqual((said as { versions: object[] }).versions, [
    { secret: one?.id, path, lost: [1], unknown: ['3'] },
  ])
})

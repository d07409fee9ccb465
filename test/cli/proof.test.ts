import assert from 'node:assert/strict'
import { cpSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { Api } from '#test/support/api.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { startServer, type RunningServer } from '#test/support/server.ts'
import { startLiar, type Lie } from './liar.ts'
import { cliOf, type Cli, type Ran } from './run-cli.ts'

let server: RunningServer
let cli: Cli

before(async () => {
  server = await startServer()
  cli = cliOf(server)
  for (const name of ['one', 'two', 'three']) await cli(['set', name], { input: 'hunter2' })
})
after(() => server.stop())

interface Told {
  readonly ok: boolean
  readonly kind?: string
  readonly from?: number
  readonly size: number
  readonly record: string
  readonly note: string
  readonly kept: number | null
}

const told = ({ text }: Ran): Told => JSON.parse(text) as Told

/** A checkpoint of now, in a file of its own, and its size. */
async function kept({ url, token } = server) {
  const closed = await new Api(url, token).post('/strongroom/v1/audit/checkpoint', null)
  const path = join(await ownDirectory(), 'kept')
  writeFileSync(path, closed.expect(200).str('note'))
  return { path, size: closed.num('size') }
}

const keyOf = ({ dataDir }: RunningServer) => ['--key', `${dataDir}.vkey`]

const proof = (of: Cli, seq: number, ...more: readonly string[]) =>
  of(['audit', 'proof', String(seq), ...keyOf(server), ...more])

const growth = (of: Cli, path: string, ...more: readonly string[]) =>
  of(['audit', 'verify', '--checkpoint', path, ...keyOf(server), ...more])

test('an entry is proven to be in the log, for people and programs', async () => {
  const [entry] = JSON.parse((await cli(['audit', '--secret', 'two', '--json'])).text) as {
    seq: number
    name: string
  }[]
  assert.ok(entry)
  const people = await proof(cli, entry.seq)
  assert.equal(people.code, 0, people.err)
  assert.match(people.text, /^log +strongroom\/c\w+\nentry +\{"v":1,.*"name":"two".*\}\nproven +/)
  assert.match(people.text, new RegExp(`it is entry ${entry.seq} of the \\d+ that a signed`))
  assert.doesNotMatch(people.text, /kept outside/)
  const programs = told(await proof(cli, entry.seq, '--json'))
  assert.ok(programs.ok && programs.size > entry.seq && programs.kept === null)
  assert.equal((JSON.parse(programs.record) as { name: string }).name, 'two')
})

test('with a checkpoint that was kept, the log is proven to have only grown', async () => {
  const { path, size } = await kept()
  const old = await proof(cli, 4, '--checkpoint', path)
  assert.equal(old.code, 0, old.err)
  assert.match(old.text, new RegExp(`kept outside +a checkpoint of size ${size}: .* was in it, as`))
  const later = await proof(cli, size + 1, '--checkpoint', path)
  assert.match(later.text, /the log only grew since, and the entry came later\n$/)
  const json = told(await proof(cli, 4, '--checkpoint', path, '--json'))
  assert.deepEqual([json.ok, json.kept], [true, size])
})

test('what is printed is the checkpoint to keep next', async () => {
  let { path, size } = await kept()
  for (let n = 0; n < 5; n++) {
    await cli(['get', 'two'])
    const grown = await growth(cli, path)
    assert.equal(grown.code, 0, grown.err)
    assert.match(grown.text, /^strongroom\/c\w+\n\d+\n[\w+/]{43}=\n\n— strongroom\/\S+ \S+\n$/)
    assert.match(grown.err, new RegExp(`the log of \\d+ entries begins with the ${size} that`))
    path = join(await ownDirectory(), 'next')
    writeFileSync(path, grown.text)
    size = Number(grown.text.split('\n')[1])
  }
  const { ok, kept: from, size: now } = told(await growth(cli, path, '--json'))
  assert.ok(ok && from === size && now > size)
})

const other = Buffer.alloc(32, 7).toString('base64')

const long = Buffer.alloc(33, 7).toString('base64')

const changed = (note: unknown): string =>
  String(note).replace(/\n(\d+)\n/, (_, size: string) => `\n${Number(size) + 1}\n`)

const without = (body: Readonly<Record<string, unknown>>, name: string) =>
  Object.fromEntries(Object.entries(body).filter(([member]) => member !== name))

const first = (hashes: unknown, to: readonly unknown[]): unknown[] =>
  (hashes as unknown[]).toSpliced(0, 1, ...to)

/** What a server, or somebody on the way, may say of an entry, and as what it is seen. */
const liesOfEntry: readonly (readonly [string, string, Lie])[] = [
  ...[other, 7, long, ''].map((to) => {
    const kind = to === other ? 'not_in_log' : 'malformed'
    const lie: Lie = (body) => ({ ...body, hashes: first(body['hashes'], [to]) })
    return [`the hash ${JSON.stringify(to)}`, kind, lie] as const
  }),
  [
    'another record',
    'not_in_log',
    (body) => ({ ...body, record: String(body['record']).replace('"v":1', '"v":2') }),
  ],
  ['no record', 'malformed', (body) => without(body, 'record')],
  ['another entry', 'other_entry', (body) => ({ ...body, seq: Number(body['seq']) + 1 })],
  ['one hash less', 'not_in_log', (body) => ({ ...body, hashes: first(body['hashes'], []) })],
  ['no hashes', 'malformed', (body) => ({ ...body, hashes: null })],
  ['a larger tree', 'bad_signature', (body) => ({ ...body, note: changed(body['note']) })],
  ['no checkpoint', 'malformed', (body) => ({ ...body, note: 7 })],
  ['no text of one', 'edited', (body) => ({ ...body, note: 'x' })],
  ['no growth', 'malformed', (body) => without(body, 'growth')],
  ['another growth', 'not_grown', (body) => ({ ...body, growth: first(body['growth'], [other]) })],
]

for (const [what, kind, lie] of liesOfEntry) {
  test(`not proven: ${what} of an entry`, async (t) => {
    const { path } = await kept()
    const url = await startLiar(t, server.url, lie)
    const ran = await proof(cliOf({ url, token: server.token }), 4, '--checkpoint', path, '--json')
    assert.deepEqual([ran.code, told(ran).ok, told(ran).kind], [1, false, kind], ran.err)
    assert.match(ran.err, /^strongroom: not proven: [^\n]+\n$/)
  })
}

test('control: what passes between and says nothing else is no lie', async (t) => {
  const { path } = await kept()
  const own = cliOf({ url: await startLiar(t, server.url, (body) => body), token: server.token })
  assert.equal((await proof(own, 4, '--checkpoint', path)).code, 0)
  assert.equal((await growth(own, path)).code, 0)
})

test('not proven: a growth that was altered on its way', async (t) => {
  const { path } = await kept()
  const lies: readonly (readonly [string, Lie])[] = [
    ['not_grown', (body) => ({ ...body, hashes: first(body['hashes'], [other]) })],
    ['not_grown', (body) => ({ ...body, hashes: [] })],
    ['malformed', (body) => ({ ...body, hashes: 'x' })],
    ['bad_signature', (body) => ({ ...body, note: changed(body['note']) })],
    ['malformed', (body) => without(body, 'note')],
  ]
  for (const [kind, lie] of lies) {
    const own = cliOf({ url: await startLiar(t, server.url, lie), token: server.token })
    const ran = await growth(own, path, '--json')
    assert.deepEqual([ran.code, told(ran).kind], [1, kind], ran.err)
    const people = await growth(own, path)
    assert.deepEqual([people.code, people.text], [1, ''], 'nothing to keep is printed')
  }
})

/** The same vault twice: as it was when it was copied, each may go its own way. */
async function copied(t: TestContext) {
  const running: RunningServer[] = []
  // Before the folders go, which are asked for next.
  t.after(() => Promise.all(running.map((server) => server.stop())))
  const dataDir = join(await ownDirectory(), 'data')
  const original = await startServer({ dataDir })
  await cliOf(original)(['set', 'one'], { input: 'x' })
  await original.stop()
  const copy = await ownDirectory()
  for (const name of readdirSync(dirname(dataDir)).filter((name) => !name.endsWith('.lock'))) {
    cpSync(join(dirname(dataDir), name), join(copy, name), { recursive: true })
  }
  const { token } = original
  const [one, two] = [
    await startServer({ dataDir, token }),
    await startServer({ dataDir: join(copy, basename(dataDir)), token }),
  ]
  running.push(one, two)
  return { one, two }
}

test('not proven: another history under the same key, or a shorter one', async (t) => {
  const { one, two } = await copied(t)
  const [own, forked] = [cliOf(one), cliOf(two)]
  for (const name of ['a', 'b', 'c']) await own(['set', name], { input: 'x' })
  const { path, size } = await kept(one)
  const asked = ['audit', 'verify', '--checkpoint', path, ...keyOf(one)]
  assert.equal((await own(asked)).code, 0)
  const shorter = await forked([...asked, '--json'])
  assert.deepEqual([shorter.code, told(shorter).kind], [1, 'cut'], shorter.err)
  assert.match(shorter.err, new RegExp(`shorter than ${size} entries`))
  const api = new Api(two.url, two.token)
  for (let n = 0; n < size; n++) await api.get('/strongroom/v1/whoami')
  const fork = await forked([...asked, '--json'])
  assert.deepEqual([fork.code, told(fork).kind], [1, 'not_grown'], fork.err)
  const entry = ['audit', 'proof', '2', '--checkpoint', path, ...keyOf(one)]
  assert.equal((await own(entry)).code, 0)
  const other = await forked([...entry, '--json'])
  assert.deepEqual([other.code, told(other).kind], [1, 'not_grown'], other.err)
})

test('a key or a checkpoint of another log proves nothing', async (t) => {
  const stranger = await startServer()
  t.after(() => stranger.stop())
  const { path } = await kept()
  const foreign = await kept(stranger)
  const wrongKey = await cli(['audit', 'proof', '4', ...keyOf(stranger), '--json'])
  assert.deepEqual([wrongKey.code, told(wrongKey).kind], [1, 'bad_signature'])
  for (const ran of [
    await growth(cli, foreign.path, '--json'),
    await proof(cli, 4, '--checkpoint', foreign.path, '--json'),
    await cli(['audit', 'verify', '--checkpoint', path, ...keyOf(stranger), '--json']),
  ]) {
    assert.deepEqual([ran.code, told(ran).kind], [1, 'bad_signature'])
    assert.match(ran.err, /not proven: the checkpoint kept outside is not signed by the log's key/)
  }
})

test('what was not asked as it must be, or is not there, is said in a line', async () => {
  const { path } = await kept()
  const fails = async (code: number, message: RegExp, ...args: readonly string[]) => {
    const ran = await cli(['audit', ...args])
    assert.deepEqual([ran.code, ran.text], [code, ''], ran.err)
    assert.match(ran.err, /^strongroom: [^\n]+\n$/)
    assert.match(ran.err, message)
  }
  for (const seq of ['0', 'x', '4.5', '1e3', '']) {
    await fails(2, /SEQ is the number of an entry/, 'proof', seq, ...keyOf(server))
  }
  await fails(2, /SEQ is missing/, 'proof')
  await fails(1, /no such entry/, 'proof', '999999', ...keyOf(server))
  await fails(1, /strongroom-data\.vkey: there is no such file/, 'proof', '4')
  await fails(1, /no such file/, 'verify', '--checkpoint', `${path}.none`, ...keyOf(server))
  await fails(2, /--key goes with --offline or --checkpoint/, 'verify', ...keyOf(server))
  await fails(2, /go with --offline/, 'verify', '--checkpoint', path, '--database', 'x')
})

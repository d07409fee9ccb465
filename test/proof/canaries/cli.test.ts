import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { Api } from '#test/support/api.ts'
import { startServer, type RunningServer } from '#test/support/server.ts'
import { figures } from '#test/support/tier.ts'
import { runCli, startCli, type Ran } from '#test/cli/run-cli.ts'
import { Canaries } from './canaries.ts'
import { commandsOf, type Command } from './commands.ts'
import { search, summary } from './search.ts'
import { filesIn, processesOf, type Sink } from './sinks.ts'

const own = '/strongroom/v1'
const canaries = new Canaries()
const home = mkdtempSync(join(tmpdir(), 'strongroom-canaries-'))
let server: RunningServer

/** Where files of secrets are as long as a command runs. */
const SHARED = '/dev/shm'

before(async () => {
  server = await startServer()
  const api = new Api(server.url, server.token)
  canaries.know('the token', server.token.slice(-49))
  const keep = async (group: string, name: string, more: object = {}) => {
    const value = canaries.make(`${name} in ${group}`)
    const body = { name, value, ...more }
    return (await api.post(`${own}/groups/${group}/secrets`, body)).expect(200)
  }
  for (const group of ['app', 'files', 'clash', 'danger', 'nul', 'home']) {
    ;(await api.post(`${own}/groups`, { name: group })).expect(200)
  }
  await keep('app', 'plain')
  await keep('app', 'other')
  await keep('files', 'tls.key', { file: true })
  await keep('clash', 'a-b')
  await keep('clash', 'a.b')
  await keep('danger', 'LD_PRELOAD')
  await keep('nul', 'nul', { value: `${canaries.make('nul')}\0` })
  const secret = (await keep('home', 'linked')).str('id')
  ;(await api.post(`${own}/groups/app/links`, { secret })).expect(200)
})
after(async () => {
  await server.stop()
  rmSync(home, { recursive: true })
})

const envOf = (folder: string, more: Readonly<Record<string, string>> = {}) => ({
  ...{ STRONGROOM_URL: server.url, STRONGROOM_TOKEN: server.token },
  ...{ HOME: folder, TMPDIR: folder, ...more },
})

let folders = 0

/** A folder of a command's own, its home and the place for what is temporary. */
function folderFor({ files = {} }: Pick<Command, 'files'>): string {
  folders += 1
  const folder = join(home, String(folders))
  mkdirSync(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

function run(command: Command): Promise<Ran> {
  const folder = folderFor(command)
  const { files = {}, args, env, input } = command
  const placed = args.map((arg) => (arg in files ? join(folder, arg) : arg))
  const asking = { env: envOf(folder, env), ...(input === undefined ? {} : { input }) }
  return runCli(placed, asking)
}

/** What a command left behind, but for the files that it was given. */
function* leftIn(given: ReadonlySet<string>): Generator<Sink> {
  for (const sink of filesIn(home)) {
    if (!given.has(sink.name.slice(sink.name.lastIndexOf('/') + 1))) yield sink
  }
  const shared = existsSync(SHARED) ? readdirSync(SHARED) : []
  for (const name of shared.filter((name) => name.startsWith('strongroom-'))) {
    yield* filesIn(join(SHARED, name))
  }
}

// Bug class 61.
test('commands that fail show nothing of what they are given, and leave nothing', async (t) => {
  const commands = commandsOf(canaries)
  const sinks: Sink[] = []
  let failed = 0
  const left = commands[Symbol.iterator]()
  const some = async () => {
    for (let next = left.next(); next.done !== true; next = left.next()) {
      const { code, out, err } = await run(next.value)
      if (code !== 0) failed += 1
      sinks.push({ name: next.value.what, bytes: Buffer.concat([out, Buffer.from(err)]) })
    }
  }
  await Promise.all([some(), some(), some()])
  assert.ok(failed > commands.length / 2, 'most commands did what they were told')
  const told = await search(canaries, sinks)
  assert.equal(summary(told.leaks), '')
  const kept = await search(canaries, leftIn(new Set(['given'])))
  assert.equal(summary(kept.leaks), '')
  const shows = await run({ what: 'get', args: ['get', 'plain', '--group', 'app'] })
  const control = await search(canaries, [{ name: 'get', bytes: shows.out }])
  assert.equal(control.leaks.length, 1, 'what is shown would not be found')
  figures(t, 'canaries-cli', {
    commands: commands.length,
    'of these failed': failed,
    canaries: canaries.count,
    'found in what they wrote and left': 0,
  })
})

const linux = process.platform === 'linux'

const SAYS = 'console.log(process.pid); setInterval(() => {}, 1000)'

// Bug class 61.
test('killed commands leave nothing, and show nothing to others', { skip: !linux }, async (t) => {
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
  for (const signal of signals) {
    const folder = folderFor({})
    const args = ['run', '--group', 'app', '--group', 'files', '--', process.execPath, '-e', SAYS]
    const child = startCli(args, envOf(folder))
    const heard: Buffer[] = []
    child.stderr.on('data', (said: Buffer) => heard.push(said))
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const pid = Number((await lines.next()).value)
    // Only the command itself has the values, in its environment.
    const others = [...processesOf(child.pid ?? 0)].filter(
      ({ bytes }) => !Buffer.from(bytes).equals(readFileSync(`/proc/${pid}/environ`)),
    )
    const token = Buffer.from(server.token)
    const visible = others.filter(({ bytes }) => !Buffer.from(bytes).includes(token))
    assert.equal(summary((await search(canaries, visible)).leaks), '')
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
    const sinks = [{ name: signal, bytes: Buffer.concat(heard) }, ...leftIn(new Set(['given']))]
    assert.equal(summary((await search(canaries, sinks)).leaks), '')
  }
  figures(t, 'canaries-cli', { 'commands killed': signals.length })
})

test('an import whose vault goes away in the middle says nothing of what is left', async (t) => {
  const other = await startServer()
  t.after(() => other.kill())
  const api = new Api(other.url, other.token)
  ;(await api.post(`${own}/groups`, { name: 'app' })).expect(200)
  const lines = Array.from({ length: 400 }, (_, n) => `N_${n}=${canaries.make(`import ${n}`)}`)
  const files = { given: lines.join('\n') }
  const folder = folderFor({ files })
  const env = { ...envOf(folder), STRONGROOM_URL: other.url, STRONGROOM_TOKEN: other.token }
  const args = ['import', join(folder, 'given'), '--group', 'app', '--apply']
  const ran = runCli(args, { env })
  for (let there = 0; there < 5;) {
    there = (await api.get(`${own}/groups/app/secrets`)).expect(200).list('data').length
  }
  await other.kill()
  const { code, out, err } = await ran
  assert.notEqual(code, 0)
  assert.match(err, /strongroom: /)
  const sinks = [{ name: 'import', bytes: Buffer.concat([out, Buffer.from(err)]) }]
  const seen = await search(canaries, [...sinks, ...leftIn(new Set(['given']))])
  assert.equal(summary(seen.leaks), '')
})

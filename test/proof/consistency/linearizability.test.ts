import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test, type TestContext } from 'node:test'
import { ownDirectory } from '#test/support/directory.ts'
import { startPostgres } from '#test/support/postgres.ts'
import { figures, sized } from '#test/support/tier.ts'
import { recordHistory, type HistorySize } from './clients.ts'
import { buildJudge, judged } from './judge.ts'
import type { Recorded, Vault } from './operation.ts'
import { Node, ServerVault } from './server-vault.ts'
import { BUGS, Shelf } from './shelf.ts'

/**
 * What many clients were told of a few names, while servers are killed under them, must be what one
 * secret at a time could have told: some order of the operations, none moved out of its own time.
 */

const SQLITE_ROUNDS = sized(5, 220)
const POSTGRES_ROUNDS = sized(2, 32)
/** To judge a history takes exponential time in how many of its operations had no answer. */
const UNKNOWN_SHARE_MAX = 0.005
/** Histories of one round: they share a server, and when it is killed. */
const HISTORIES = 8
/** Histories of each bug, of which one must show it. */
const TRIALS = 6

const SIZES: readonly HistorySize[] = [
  { clients: 10, keys: 2, operations: 200 },
  { clients: 20, keys: 3, operations: 240 },
  { clients: 30, keys: 4, operations: 300 },
]

const folder = await mkdtemp(join(tmpdir(), 'strongroom-'))
after(() => rm(folder, { recursive: true, force: true }))
const built = buildJudge(folder)
const judge = 'judge' in built ? built.judge : ''
/** Without Go this cannot be shown; where it must be shown, that is a failure. */
const skip = 'why' in built && process.env['CI'] === undefined ? built.why : false

test('the checker of histories is there', { skip }, () => {
  assert.ok('judge' in built, 'why' in built ? built.why : '')
})

const sizeOf = (n: number): HistorySize =>
  SIZES[n % SIZES.length] ?? { clients: 10, keys: 2, operations: 200 }

test('the checker finds each of ten bugs, and none where there is none', { skip }, async (t) => {
  const recorded: Recorded[] = []
  for (const bug of [null, ...BUGS]) {
    for (let n = 0; n < TRIALS; n++) {
      const name = `${bug ?? 'none'} ${n}`
      recorded.push(...(await recordHistory(name, new Shelf(bug), sizeOf(0))))
    }
  }
  const verdicts = [...(await judged(judge, recorded))]
  const wrong = (bug: string) =>
    verdicts.filter(([name, verdict]) => name.startsWith(bug) && verdict === 'violation').length
  const missed = BUGS.filter((bug) => wrong(bug) === 0)
  figures(t, 'linearizability', { bugs: BUGS.length, found: BUGS.length - missed.length })
  assert.equal(wrong('none'), 0)
  assert.deepEqual(missed, [])
})

/** Gives the vault on, and tells once so many operations were asked. */
function counted(
  vault: Vault,
  at: number,
): { readonly vault: Vault; readonly reached: Promise<void> } {
  let asked = 0
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const ask: Vault['ask'] = (key, operation) => {
    if (++asked === at) resolve(undefined)
    return vault.ask(key, operation)
  }
  return { vault: { ask }, reached: promise }
}

interface Tally {
  readonly recorded: Recorded[]
  readonly odd: string[]
  kills: number
}

/** Histories side by side; half way through a server is killed and started again. */
async function round(nodes: readonly Node[], name: string, tally: Tally): Promise<void> {
  const server = new ServerVault(nodes)
  const sizes = Array.from({ length: HISTORIES }, (_, n) => sizeOf(n))
  const operations = sizes.reduce((sum, size) => sum + size.operations, 0)
  const { vault, reached } = counted(server, operations / 2)
  const histories = sizes.map((size, n) => recordHistory(`${name}-${n}`, vault, size))
  await reached
  await nodes[tally.kills++ % nodes.length]?.restart()
  for (const one of await Promise.all(histories)) tally.recorded.push(...one)
  tally.odd.push(...server.odd)
}

async function judgeAll(t: TestContext, { recorded, odd, kills }: Tally): Promise<void> {
  const verdicts = [...(await judged(judge, recorded))]
  const of = (wanted: string) => verdicts.filter(([, verdict]) => verdict === wanted).length
  figures(t, 'linearizability', {
    ...{ histories: verdicts.length, operations: recorded.length, kills },
    'operations without an answer': recorded.filter(({ outcome }) => outcome === 'open').length,
    ...{ violations: of('violation'), unknown: of('unknown'), 'odd answers': odd.length },
  })
  assert.deepEqual(odd.slice(0, 5), [])
  assert.deepEqual(
    verdicts.filter(([, verdict]) => verdict === 'violation'),
    [],
  )
  assert.ok(of('unknown') <= verdicts.length * UNKNOWN_SHARE_MAX, 'the checker gave up on too many')
  assert.ok(kills > 0 && recorded.some(({ outcome }) => outcome === 'open'), 'no kill was noticed')
}

test(
  'one server on SQLite, killed while it is asked: histories are linearizable',
  { skip },
  async (t) => {
    const tally: Tally = { recorded: [], odd: [], kills: 0 }
    const node = await Node.start({ dataDir: join(await ownDirectory(), 'data') })
    t.after(() => node.kill())
    for (let n = 0; n < SQLITE_ROUNDS; n++) await round([node], `sqlite-${n}`, tally)
    await judgeAll(t, tally)
  },
)

test(
  'two servers on PostgreSQL, one killed at a time: histories are linearizable',
  { skip },
  async (t) => {
    const tally: Tally = { recorded: [], odd: [], kills: 0 }
    const postgres = await startPostgres()
    t.after(() => postgres.stop())
    const own = await ownDirectory()
    const database = await postgres.newDatabase()
    const start = (name: string, token?: string) =>
      Node.start({
        ...{ dataDir: join(own, name), database, args: ['--key', join(own, 'root.key')] },
        ...(token === undefined ? {} : { token }),
      })
    const first = await start('first')
    t.after(() => first.kill())
    const { token } = await first.api()
    const second = await start('second', token ?? '')
    t.after(() => second.kill())
    for (let n = 0; n < POSTGRES_ROUNDS; n++) await round([first, second], `postgres-${n}`, tally)
    await judgeAll(t, tally)
  },
)
